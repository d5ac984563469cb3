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
        { "`access` *orders-prod* _read_ (2h), fix it", new AccessIntent.Access("orders-prod", AccessLevel.Read, TimeSpan.FromHours(2), "fix it", false) },
        { "access orders-prod read for 2h fix 5m outage", new AccessIntent.Access("orders-prod", AccessLevel.Read, TimeSpan.FromHours(2), "fix 5m outage", false) },
        { "access orders-prod read 1h 30m first\nsecond", new AccessIntent.Access("orders-prod", AccessLevel.Read, TimeSpan.FromMinutes(90), "first\nsecond", false) },
        { "access orders-prod read 30m —dry—run —— why", new AccessIntent.Access("orders-prod", AccessLevel.Read, TimeSpan.FromMinutes(30), "—— why", true) },
        { "access orders\u2060-prod\u200b read 30m why", new AccessIntent.Access("orders-prod", AccessLevel.Read, TimeSpan.FromMinutes(30), "why", false) },
        { "revoke `g-7k2m9qx4` suspicious", new AccessIntent.Revoke("g-7k2m9qx4", "suspicious") },
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
    [InlineData("access orders-prod read 30m --dryrun x", "unknown_flag", "Did you mean --dry-run?")]
    [InlineData("access orders-prod read 30m –dry–run2 x", "unknown_flag", "Did you mean --dry-run?")]
    [InlineData("access orders-prod read 30m --for 2h x", "unknown_flag", "The one flag here is --dry-run")]
    [InlineData("access orders-prod read 30m dry-run x", "unknown_flag", "Write --dry-run")]
    [InlineData("access orders-prod read 30m -- dry-run", "unknown_flag", "Write --dry-run")]
    [InlineData("access orders-prod read 30m \"--dry-run\" x", "unknown_flag", "Write --dry-run")]
    [InlineData("deny r-7k2m9qx4 --because of the freeze", "unknown_flag", "has no flags")]
    [InlineData("revoke <@U123ABC> --yess left", "unknown_flag", "Did you mean --yes?")]
    [InlineData("access orders-prod read forever x", "window_endless", "always ends")]
    [InlineData("access orders-prod read -5m x", "not_a_time", "'-5m'")]
    [InlineData("access orders-prod read stuck, need 2h", "not_a_time", "`/db access orders-prod read 30m <reason>`")]
    [InlineData("access orders-prod read max 30 min please", "not_a_time", "'30 min'")]
    [InlineData("grants al", "too_many_words", "'al'")]
    [InlineData("whoami please", "too_many_words", "`/db help whoami`")]
    [InlineData("release g-7k2m9qx4 thanks", "too_many_words", "'thanks'")]
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
    public void A_line_that_is_too_long_is_refused_and_not_cut() =>
        AccessGrammar.Read("access orders-prod read 30m " + new string('x', 4000)).Refused.ShouldNotBeNull().Code.ShouldBe("too_long");

    /// <summary>Each typed word is the command, a name, the level, a part of the time, a flag, or stands in the reason as typed.</summary>
    [Fact]
    public void No_word_of_a_request_silently_changes_its_meaning() => Prop.ForAll(Asked.ToArbitrary(), typed =>
    {
        if (!AccessGrammar.Read(string.Join(' ', typed)).TryGet(out var intent, out _))
        {
            return true;
        }

        if (intent is not AccessIntent.Access access)
        {
            return false;
        }

        var flags = typed.Count(IsDryRun);
        var words = typed.Where(word => !IsDryRun(word)).ToList();
        var reason = access.Reason.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var time = words.Skip(3).Take(words.Count - 3 - reason.Length).ToList();
        return access.DryRun == flags > 0
            && access.Target == "orders-prod" && access.Level == AccessLevel.Read
            && words.TakeLast(reason.Length).SequenceEqual(reason, StringComparer.Ordinal)
            && access.Window == (time.Count == 0 ? null : Meant(time))
            && (access.Window is not null || !reason.Any(IsTimeLike))
            && !reason.Any(word => IsFlagLike(word));
    }).QuickCheckThrowOnFailure();

    private static readonly string[] DryRuns = ["--dry-run", "—dry-run", "−−dry‑run", "`--dry-run`"];

    /// <summary>What is understood as a time, and what it means: told apart from the parser by hand.</summary>
    private static readonly Dictionary<string, double> Minutes = new(StringComparer.Ordinal)
    {
        ["30m"] = 30, ["2h"] = 120, ["(2h)"] = 120, ["2h,"] = 120, ["*30m*"] = 30, ["1h30m"] = 90, ["1.5h"] = 90, ["45s"] = 0.75, ["for"] = 0,
    };

    private static readonly string[] TimeLike = ["-5m", "1h30", "3w", "2h-ish", "+2h", "1:30", "½h", "1-2h", "30m1h"];

    private static readonly string[] FlagLike = ["--dryrun", "--no", "–x", "—urgent", "-f", "dry-run", "dryrun", "\"--dry-run\""];

    private static readonly string[] Plain = ["stuck", "payments", "INC-42", "500", "5xx", "—", "--", "30", "forever", "until", "an", "hour", "3rd", "#7", "a-b", "min"];

    private static Gen<string[]> Asked =>
        from words in Gen.Elements([.. DryRuns, .. Minutes.Keys, .. TimeLike, .. FlagLike, .. Plain]).ListOf()
        from name in Gen.Elements("orders-prod", "`orders-prod`", "*orders-prod*", "orders\u2060-prod", "“orders-prod”")
        from level in Gen.Elements("read", "READ", "`read`", "read,")
        from flag in Gen.Elements<string[]>([], [], ["--dry-run"])
        select (string[])["access", .. flag, name, level, .. words.Take(7)];

    private static bool IsDryRun(string word) => DryRuns.Contains(word, StringComparer.Ordinal);

    private static bool IsTimeLike(string word) => word != "for" && (Minutes.ContainsKey(word) || TimeLike.Contains(word, StringComparer.Ordinal));

    private static bool IsFlagLike(string word) => FlagLike.Contains(word, StringComparer.Ordinal);

    private static TimeSpan? Meant(IReadOnlyList<string> time)
    {
        // "30 min" and "30 hour" in two words; everything else is a word with its unit.
        var total = 0.0;
        for (var index = 0; index < time.Count; index++)
        {
            if (time[index] is "30" or "500" && index + 1 < time.Count && time[index + 1] is "min" or "hour")
            {
                total += double.Parse(time[index], System.Globalization.CultureInfo.InvariantCulture) * (time[++index] == "min" ? 1 : 60);
            }
            else if (Minutes.TryGetValue(time[index], out var minutes))
            {
                total += minutes;
            }
            else
            {
                return TimeSpan.MinValue;
            }
        }

        return TimeSpan.FromMinutes(total);
    }

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
