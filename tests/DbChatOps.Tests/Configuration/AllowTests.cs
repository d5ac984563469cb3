using System.Text.RegularExpressions;
using DbChatOps.Host.Configuration.Reading;
using DbChatOps.Host.Engines.PostgreSql;
using DbChatOps.Targets;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Configuration;

/// <summary>What a level allows its roles to hold: by name, with a reason, and never what reaches the whole server.</summary>
public sealed class AllowTests : IDisposable
{
    private readonly SettingsFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_a_level_may_hold_is_read_with_its_reason()
    {
        var settings = await _folder.With(
            "Servers[1].Levels.read",
            """{ "Allow": [{ "Role": "pg_read_all_stats", "Reason": "reads pg_stat_statements" }, { "ForeignServer": "archive", "Reason": "old orders" }] }""").LoadAsync();

        settings.Targets.Target(new TargetId("billing-eu-stage"))!.Levels[AccessLevel.Read].Allow.ShouldBe(
            [new AllowedPower(PowerKind.Role, "pg_read_all_stats", "reads pg_stat_statements"), new AllowedPower(PowerKind.ForeignServer, "archive", "old orders")]);
    }

    [Theory]
    [InlineData("{ \"Allow\": [{ \"Role\": \"pg_monitor\" }] }", "Servers[0].Levels.read.Allow[0].Reason: is missing")]
    [InlineData("{ \"Allow\": [{ \"Role\": \"pg_monitor\", \"Reason\": \" \" }] }", "Allow[0].Reason: is empty")]
    [InlineData("{ \"Allow\": [{ \"Roles\": \"pg_monitor\", \"Reason\": \"x\" }] }", "did you mean Role?")]
    [InlineData("{ \"Allow\": [{ \"Role\": \"a\", \"Parameter\": \"b\", \"Reason\": \"x\" }] }", "must name exactly one of Role, Parameter")]
    [InlineData("{ \"Allow\": [{ \"Role\": \"a\", \"Reason\": \"x\" }, { \"Role\": \"a\", \"Reason\": \"y\" }] }", "\"a\" is allowed twice")]
    [InlineData("{ \"Allow\": [{ \"Attribute\": \"LOGIN\", \"Reason\": \"x\" }] }", "Allow[0].Attribute: can never be allowed")]
    [InlineData("{ \"Allow\": [{ \"AdminOf\": \"a\", \"Reason\": \"x\" }] }", "Allow[0].AdminOf: can never be allowed")]
    [InlineData("{ \"Allow\": [{ \"Role\": \"a\", \"AdminOf\": \"a\", \"Reason\": \"x\" }] }", "Allow[0].AdminOf: can never be allowed")]
    [InlineData("{ \"Allow\": [{ \"Role\": \"pg_read_all_data\", \"Reason\": \"x\" }] }", "\"pg_read_all_data\" can never be allowed")]
    [InlineData("{ \"Allow\": [{ \"Role\": \"pg_role_of_a_later_version\", \"Reason\": \"x\" }] }", "can never be allowed")]
    [InlineData("{ \"Allow\": \"pg_monitor\" }", "must be a list of objects")]
    public async Task What_cannot_be_allowed_is_told_with_its_path(string json, string words) =>
        (await _folder.With("Servers[0].Levels.read", json).ProblemsAsync()).ShouldContain(problem => problem.Contains(words, StringComparison.Ordinal));

    /// <summary>What the configuration may allow and what the script lends are one list, or a note of <c>check</c> would promise what no login gets.</summary>
    [Fact]
    public void Of_the_servers_roles_those_can_be_allowed_that_the_set_up_script_lends()
    {
        var spared = Regex.Match(
            PostgreSqlSetUp.Facade(), @"rolname LIKE 'pg\\_%' AND r\.rolname NOT IN \((?<names>[^)]+)\)", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1));

        spared.Groups["names"].Value.Split(',').Select(static name => name.Trim(' ', '\n', '\'')).Order(StringComparer.Ordinal).ShouldBe(AllowReading.LendableServerRoles);
    }
}
