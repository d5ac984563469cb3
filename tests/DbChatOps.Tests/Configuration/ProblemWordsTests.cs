using DbChatOps.Host.Configuration;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Configuration;

/// <summary>Whether somebody at night can cure the configuration from what they are told.</summary>
public sealed class ProblemWordsTests : IDisposable
{
    private readonly SettingsFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("{ \"Slack\": { \"AppId\": \"A0\"\n \"BotToken\": \"xoxb-canary\" } }", "(line 2, column 2): a comma or a closing bracket is missing before this")]
    [InlineData("{ \"Slack\": { \"AppId\" \"A0\" } }", ": a colon is missing before this")]
    [InlineData("{ \"Slack\": { \"AppId\": \"A0\" }", ": a bracket is never closed")]
    [InlineData("{ \"Slack\": { \"AppId\": \"A0 } }", ": a text is not closed")]
    [InlineData("{ Slack: 1 }", ": a key in double quotes must stand here")]
    [InlineData("{ \"Slack\": tcanary }", ": texts stand in double quotes")]
    [InlineData("", ": it is empty")]
    public async Task What_is_wrong_with_broken_json_is_said(string text, string expected)
    {
        _folder.Write("appsettings.json", text);

        var problem = (await _folder.ProblemsAsync()).Single();
        problem.ShouldEndWith(expected);
        problem.ShouldNotContain("canary");
    }

    [Fact]
    public async Task A_misspelt_section_is_told_before_what_is_missed_because_of_it()
    {
        _folder.With("People", "[{ \"Name\": \"ana\", \"Identities\": [\"slack:T0:U1\"] }]").With("Groups.developers", "[\"ana\"]");
        _folder.Write("appsettings.json", (await File.ReadAllTextAsync(_folder.File, TestContext.Current.CancellationToken)).Replace("\"People\"", "\"people\"", StringComparison.Ordinal));

        var problems = await _folder.ProblemsAsync();

        problems[0].ShouldBe("people: is not a known key; did you mean People?");
        problems.Count.ShouldBeGreaterThan(1);
    }

    [Fact]
    public async Task A_misspelt_member_gets_the_name_that_was_meant()
    {
        var problems = await _folder.With("People", "[{ \"Name\": \"ana\", \"Identities\": [\"slack:T0:U1\"] }]").With("Groups.developers", "[\"anna\"]").ProblemsAsync();

        problems.ShouldContain(problem => problem.EndsWith("; did you mean ana?", StringComparison.Ordinal), string.Join('\n', problems));
    }

    [Fact]
    public async Task One_wrong_window_is_one_problem() =>
        (await _folder.With("Policies[0].MaximumWindow", "\"2\"").With("Policies[0].DefaultWindow", "\"30m\"").ProblemsAsync()).ShouldHaveSingleItem();

    [Fact]
    public async Task Without_secrets_no_file_is_opened_and_the_rest_is_checked()
    {
        _folder.With("Servers[0].Minter.Password", "{ \"File\": \"/nowhere/password\" }").With("Slack.BotToken", "{ \"File\": \"/nowhere/token\" }")
            .With("Instance.Key", "{ \"Command\": [\"/nowhere/print\"] }");

        (await _folder.Loader().LoadWithoutSecretsAsync(TestContext.Current.CancellationToken)).Targets.Targets.Count.ShouldBe(3);
        await Should.ThrowAsync<InvalidSettingsException>(
            () => _folder.With("Policies[0].MaximumWindow", "\"soon\"").Loader().LoadWithoutSecretsAsync(TestContext.Current.CancellationToken));
    }
}
