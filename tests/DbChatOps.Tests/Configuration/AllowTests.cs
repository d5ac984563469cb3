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
    [InlineData("{ \"Allow\": [{ \"Role\": \"a\", \"Parameter\": \"b\", \"Reason\": \"x\" }] }", "must name exactly one of Role, AdminOf")]
    [InlineData("{ \"Allow\": [{ \"Role\": \"a\", \"Reason\": \"x\" }, { \"Role\": \"a\", \"Reason\": \"y\" }] }", "\"a\" is allowed twice")]
    [InlineData("{ \"Allow\": [{ \"Attribute\": \"SUPERUSER\", \"Reason\": \"x\" }] }", "can never be allowed")]
    [InlineData("{ \"Allow\": [{ \"Attribute\": \"createrole\", \"Reason\": \"x\" }] }", "can never be allowed")]
    [InlineData("{ \"Allow\": [{ \"Attribute\": \"REPLICATION\", \"Reason\": \"x\" }] }", "can never be allowed")]
    [InlineData("{ \"Allow\": [{ \"Attribute\": \"BYPASSRLS\", \"Reason\": \"x\" }] }", "can never be allowed")]
    [InlineData("{ \"Allow\": [{ \"Attribute\": \"INHERIT\", \"Reason\": \"x\" }] }", "known are CREATEDB, LOGIN")]
    [InlineData("{ \"Allow\": [{ \"Role\": \"pg_execute_server_program\", \"Reason\": \"x\" }] }", "can never be allowed")]
    [InlineData("{ \"Allow\": [{ \"Role\": \"pg_write_server_files\", \"Reason\": \"x\" }] }", "can never be allowed")]
    [InlineData("{ \"Allow\": [{ \"AdminOf\": \"pg_read_server_files\", \"Reason\": \"x\" }] }", "can never be allowed")]
    [InlineData("{ \"Allow\": \"pg_monitor\" }", "must be a list of objects")]
    public async Task What_cannot_be_allowed_is_told_with_its_path(string json, string words) =>
        (await _folder.With("Servers[0].Levels.read", json).ProblemsAsync()).ShouldContain(problem => problem.Contains(words, StringComparison.Ordinal));
}
