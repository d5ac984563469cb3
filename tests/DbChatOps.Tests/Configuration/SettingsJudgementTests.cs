using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Configuration;

/// <summary>What is well formed and still warned about, or refused for what it would allow.</summary>
public sealed class SettingsJudgementTests : IDisposable
{
    private readonly SettingsFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Names_one_character_apart_in_two_environments_are_warned_about()
    {
        var settings = await _folder.With("Servers[0].Databases[0].Target", "\"orders-stagex\"").LoadAsync();

        settings.Warnings.ShouldHaveSingleItem().ShouldContain("differ in one character");
    }

    [Fact]
    public async Task Somebody_whose_requests_nobody_could_approve_is_warned_about()
    {
        var settings = await _folder.With("Groups.developers", "[\"slack:T0:U1\", \"slack:T0:U4\"]").LoadAsync();

        settings.Warnings.ShouldHaveSingleItem().ShouldContain("slack:T0:U4");
    }

    /// <summary>However a policy comes to cover production, it must not approve by itself there.</summary>
    [Theory]
    [InlineData("{ \"Environments\": [\"Production\"], \"Levels\": [\"read\"] }")]
    [InlineData("{ \"Environments\": [\"Staging\", \"Production\"], \"Levels\": [\"read\"] }")]
    [InlineData("{ \"Targets\": [\"orders-prod\"], \"Levels\": [\"read\"] }")]
    [InlineData("{ \"Targets\": [\"orders-stage\", \"orders-prod\"], \"Levels\": [\"read\"] }")]
    [InlineData("{ \"Tags\": [\"payments\"], \"Levels\": [\"read\"] }")]
    [InlineData("{ \"Environments\": [\"Production\"], \"Tags\": [\"of nothing yet\"], \"Levels\": [\"read\"] }")]
    public async Task No_policy_that_reaches_production_approves_by_itself(string covers) =>
        (await _folder.With("Policies[0].AutoApprove", "true").With("Policies[0].Covers", covers).ProblemsAsync()).ShouldContain("Policies[0].AutoApprove: must be false: the policy covers production");

    [Fact]
    public async Task A_chat_group_that_adds_production_approvers_is_warned_about()
    {
        var settings = await _folder.With("Groups.dba", "{ \"People\": [], \"ChatGroup\": \"S1\", \"ChatGroupUse\": \"Widens\" }").LoadAsync();

        settings.Warnings.ShouldHaveSingleItem().ShouldContain("Widens");
    }
}
