using DbChatOps.Access;
using DbChatOps.Tests.Slack;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Access;

public sealed class AccessGrammarTests
{
    public static TheoryData<string, AccessIntent> Understood => new()
    {
        { "", new AccessIntent.Help(null) },
        { "   ", new AccessIntent.Help(null) },
        { "help extend", new AccessIntent.Help("extend") },
        { "access orders-prod read 30m checking INC-42", new AccessIntent.Access("orders-prod", AccessLevel.Read, TimeSpan.FromMinutes(30), "checking INC-42", false) },
        { "ACCESS orders-prod WRITE 1h30m fix", new AccessIntent.Access("orders-prod", AccessLevel.Write, TimeSpan.FromMinutes(90), "fix", false) },
        { "access", new AccessIntent.FillIn("access") },
        { "approve", new AccessIntent.FillIn("approve") },
        { "deny", new AccessIntent.FillIn("deny") },
        { "extend", new AccessIntent.FillIn("extend") },
        { "revoke", new AccessIntent.FillIn("revoke") },
        { "who", new AccessIntent.FillIn("who") },
        { "access orders-prod ddl", new AccessIntent.Access("orders-prod", AccessLevel.Ddl, null, "", false) },
        { "access\u00a0orders-prod\u2003read\t2h  look   closer", new AccessIntent.Access("orders-prod", AccessLevel.Read, TimeSpan.FromHours(2), "look   closer", false) },
        { "access orders-prod read 30m —dry-run why", new AccessIntent.Access("orders-prod", AccessLevel.Read, TimeSpan.FromMinutes(30), "why", true) },
        { "access --dry-run orders-prod read 30m why", new AccessIntent.Access("orders-prod", AccessLevel.Read, TimeSpan.FromMinutes(30), "why", true) },
        { "access orders-prod read “stuck payments”", new AccessIntent.Access("orders-prod", AccessLevel.Read, null, "\"stuck payments\"", false) },
        { "requests", new AccessIntent.ListRequests() },
        { "approve r-7k2m9qx4", new AccessIntent.Approve("r-7k2m9qx4", null, null) },
        { "approve r-7k2m9qx4 orders prod", new AccessIntent.Approve("r-7k2m9qx4", null, "orders prod") },
        { "approve r-7k2m9qx4 1A2b3c4d", new AccessIntent.Approve("r-7k2m9qx4", "1a2b3c4d", null) },
        { "approve r-7k2m9qx4 1a2b3c4d orders prod", new AccessIntent.Approve("r-7k2m9qx4", "1a2b3c4d", "orders prod") },
        { "deny r-7k2m9qx4 not during the freeze", new AccessIntent.Deny("r-7k2m9qx4", "not during the freeze") },
        { "deny r-7k2m9qx4", new AccessIntent.Deny("r-7k2m9qx4", "") },
        { "withdraw", new AccessIntent.Withdraw(null) },
        { "withdraw r-7k2m9qx4", new AccessIntent.Withdraw("r-7k2m9qx4") },
        { "grants", new AccessIntent.ListGrants(false) },
        { "status all", new AccessIntent.ListGrants(true) },
        { "extend 30m", new AccessIntent.Extend(null, TimeSpan.FromMinutes(30), "") },
        { "extend g-7k2m9qx4 1h still running", new AccessIntent.Extend("g-7k2m9qx4", TimeSpan.FromHours(1), "still running") },
        { "release", new AccessIntent.Release(null) },
        { "done g-7k2m9qx4", new AccessIntent.Release("g-7k2m9qx4") },
        { "revoke g-7k2m9qx4 suspicious", new AccessIntent.Revoke("g-7k2m9qx4", "suspicious") },
        { "revoke <@U123ABC> left the company", new AccessIntent.RevokePerson("U123ABC", "left the company") },
        { "revoke <@U123ABC|ana> left", new AccessIntent.RevokePerson("U123ABC", "left") },
        { "revoke <@U123ABC|Ana de la Cruz> left", new AccessIntent.RevokePerson("U123ABC", "left") },
        { "revoke <@U123ABC> --yes left", new AccessIntent.RevokePerson("U123ABC", "left", true) },
        { "revoke <@U123ABC|ana> left — yes", new AccessIntent.RevokePerson("U123ABC", "left — yes") },
        { "revoke <@U123ABC>", new AccessIntent.RevokePerson("U123ABC", "") },
        { "who dbco_ana_7k2m9qx4", new AccessIntent.Who("dbco_ana_7k2m9qx4") },
        { "targets", new AccessIntent.ListTargets(null) },
        { "targets orders prod", new AccessIntent.ListTargets("orders prod") },
        { "whoami", new AccessIntent.WhoAmI() },
    };

    [Theory, MemberData(nameof(Understood), DisableDiscoveryEnumeration = true)]
    public void A_line_is_understood(string line, AccessIntent expected)
    {
        var read = AccessGrammar.Read(line);

        (read.TryGet(out var intent, out var refusal) ? intent : new AccessIntent.Help("refused: " + refusal.Code)).ShouldBe(expected);
    }

    [Theory]
    [InlineData("acces orders-prod read", "unknown_command", "Did you mean `/db access`?")]
    [InlineData("relaese", "unknown_command", "Did you mean `/db release`?")]
    [InlineData("drop table", "unknown_command", "`/db help`")]
    [InlineData("access orders-prod raed 30m x", "unknown_level", "Did you mean read?")]
    [InlineData("access orders-prod admin 30m x", "unknown_level", "Levels are read, write and ddl.")]
    [InlineData("access orders-prod read 30 x", "unit_missing", "30m for minutes or 30h for hours")]
    [InlineData("access orders-prod read 0m x", "window_too_short", "longer than nothing")]
    [InlineData("access orders-prod", "usage", "access <target> <level> [30m] <reason>")]
    [InlineData("extend g-7k2m9qx4 soon", "usage", "extend [grant] <30m>")]
    public void What_is_not_understood_is_refused_with_what_would_help(string line, string code, string says)
    {
        var refusal = AccessGrammar.Read(line).Refused;

        refusal.ShouldNotBeNull().Code.ShouldBe(code);
        refusal.Message.ShouldContain(says);
    }

    [Fact]
    public void Every_command_word_has_a_line_of_help() => AccessGrammar.CommandWords.Except(["status", "done"], StringComparer.Ordinal).Order(StringComparer.Ordinal)
        .ShouldBe(AccessHelp.All.Select(topic => topic.Command).Order(StringComparer.Ordinal));

    [Fact]
    public void Nothing_typed_is_too_much() => Prop.ForAll(Lines.ToArbitrary(), line =>
    {
        var read = AccessGrammar.Read(line);
        return read.TryGet(out _, out var refusal) || refusal.Message.Length < 300;
    }).QuickCheckThrowOnFailure();

    private static Gen<string> Lines => Gen.OneOf(
        HostileText.Texts,
        Gen.Elements(AccessGrammar.CommandWords.ToArray()).SelectMany(command => HostileText.Texts.Select(rest => command + " " + rest)),
        Gen.Elements("access orders-prod read ", "access x ", "extend ", "extend g-1 ", "revoke <@U1", "approve ").SelectMany(command => HostileText.Texts.Select(rest => command + rest)));
}
