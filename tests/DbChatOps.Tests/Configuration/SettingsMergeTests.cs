using DbChatOps.Targets;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Configuration;

/// <summary>Several files and the environment become one configuration.</summary>
public sealed class SettingsMergeTests : IDisposable
{
    private readonly SettingsFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Lists_of_included_files_are_put_together()
    {
        _folder.Write("conf.d/20-b.json", """{ "Groups": { "dba": ["slack:T0:U9"] } }""");
        _folder.Write("conf.d/10-a.json", """{ "Groups": { "oncall": ["slack:T0:U5"] } }""");

        var groups = (await _folder.LoadAsync()).Policies.Groups;

        groups.Single(group => group.Name == "dba").Roster.Select(person => person.User).ShouldBe(["U2", "U3", "U9"]);
        groups.Single(group => group.Name == "oncall").Roster.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_value_set_in_two_files_is_refused_with_both_places()
    {
        _folder.Write("conf.d/a.json", """{ "Slack": { "AppId": "A0OTHER" } }""");

        (await _folder.ProblemsAsync()).ShouldHaveSingleItem().ShouldBe("Slack.AppId: is set twice: in the main file and in conf.d/a.json");
    }

    [Fact]
    public async Task A_problem_in_an_included_file_names_the_file()
    {
        _folder.Write("conf.d/a.json", """{ "Policies": [{ "Naem": "x" }] }""");

        (await _folder.ProblemsAsync()).ShouldContain(problem => problem.StartsWith("Policies[1].Naem:") && problem.EndsWith("[conf.d/a.json]"));
    }

    [Fact]
    public async Task A_variable_wins_over_the_files_in_any_case()
    {
        var settings = await _folder.Variable("SLACK__APPROVALCHANNEL", "C0OTHER").Variable("Servers__0__Nodes__0__Port", "7777")
            .Variable("Security__AcceptChatOnly", "true").LoadAsync();

        settings.Slack.ApprovalChannel.ShouldBe("C0OTHER");
        settings.Targets.Servers[0].Nodes[0].Port.ShouldBe(7777);
    }

    [Fact]
    public async Task Variables_may_extend_a_list_in_any_order_but_leave_no_gap()
    {
        (await _folder.Variable("Slack__TeamIds__2", "T2").Variable("Slack__TeamIds__1", "T1").LoadAsync()).Slack.TeamIds.ShouldBe(["T0", "T1", "T2"]);

        (await _folder.Variable("Slack__TeamIds__9", "T9").ProblemsAsync()).ShouldHaveSingleItem().ShouldContain("leave no gap");
    }

    [Fact]
    public async Task An_unknown_variable_is_refused_by_name() =>
        (await _folder.Variable("Slack__BotTokn", "x").ProblemsAsync()).ShouldHaveSingleItem()
            .ShouldBe("Slack.BotTokn: is not a known key; did you mean BotToken? [DBCHATOPS__Slack__BotTokn]");

    [Fact]
    public async Task A_variable_with_an_empty_part_is_refused() =>
        (await _folder.Variable("Slack____BotToken", "x").ProblemsAsync()).ShouldHaveSingleItem().ShouldContain("empty part");

    [Fact]
    public async Task A_variable_that_puts_a_text_where_an_object_belongs_is_refused() =>
        (await _folder.Variable("Slack", "x").ProblemsAsync()).ShouldContain(problem => problem.StartsWith("Slack: must be an object"));

    [Fact]
    public async Task A_secrets_file_can_come_from_a_variable()
    {
        var file = _folder.Write("bot", "xoxb-from-file\n");

        (await _folder.Variable("Slack__BotToken__File", file).LoadAsync()).Slack.BotToken.Reveal().ShouldBe("xoxb-from-file");
    }

    [Fact]
    public async Task A_password_file_is_read_again_at_every_use()
    {
        var ct = TestContext.Current.CancellationToken;
        var file = _folder.Write("password", "first");
        var minter = (await _folder.Variable("Servers__0__Minter__Password__File", file).LoadAsync()).Targets.Server(new ServerId("pg-prod"))!.Minter;

        (await minter.Password(ct)).Reveal().ShouldBe("first");
        _folder.Write("password", "second\n");
        (await minter.Password(ct)).Reveal().ShouldBe("second");
    }

    [Fact]
    public async Task Equal_passwords_in_two_files_are_one_credential()
    {
        _folder.Write("a", "same");
        _folder.Write("b", "same\n");

        (await _folder.Variable("Servers__0__Minter__Password__File", _folder.Path("a")).Variable("Servers__1__Minter__Password__File", _folder.Path("b")).ProblemsAsync())
            .ShouldHaveSingleItem().ShouldContain("each environment needs its own password");
    }
}
