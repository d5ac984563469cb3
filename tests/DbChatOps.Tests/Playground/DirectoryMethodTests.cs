using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using DbChatOps.Playground;
using DbChatOps.Playground.World;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Playground;

public sealed class DirectoryMethodTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_bot_learns_who_it_is()
    {
        await using var rig = await SlackRig.StartAsync(Ct);

        var answer = await rig.CallAsync("auth.test", new { }, Ct);

        answer["user_id"]!.ToString().ShouldBe(Seed.BotUserId);
        answer["team_id"]!.ToString().ShouldBe(Seed.TeamId);
    }

    [Theory]
    [InlineData(null, "not_authed")]
    [InlineData("xoxb-wrong", "invalid_auth")]
    [InlineData("xapp-1", "not_allowed_token_type")]
    public async Task A_call_without_the_right_token_is_refused(string? token, string error)
    {
        await using var rig = await SlackRig.StartAsync(Ct);
        rig.Http.DefaultRequestHeaders.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);

        (await rig.ErrorOfAsync("auth.test", new { }, Ct)).ShouldBe(error);
    }

    [Fact]
    public async Task A_missing_scope_is_named()
    {
        await using var rig = await SlackRig.StartAsync(Ct, settings => settings with { Scopes = new HashSet<string>(StringComparer.Ordinal) { "commands" } });

        var answer = await rig.CallAsync("chat.postMessage", new { channel = Seed.General.Id, text = "x" }, Ct);

        answer["error"]!.ToString().ShouldBe("missing_scope");
        answer["needed"]!.ToString().ShouldBe("chat:write");
        answer["provided"]!.ToString().ShouldBe("commands");
    }

    [Fact]
    public async Task A_method_that_reads_forms_does_not_see_a_json_body()
    {
        await using var rig = await SlackRig.StartAsync(Ct);

        (await JsonErrorAsync(rig, "users.info", """{"user":"U0ANA00001"}""")).ShouldBe("invalid_arguments");
        (await JsonErrorAsync(rig, "chat.postMessage", """{"channel":"C0GENERAL3","text":"x"}""")).ShouldBe("ok");
        (await JsonErrorAsync(rig, "chat.postMessage", "{")).ShouldBe("invalid_json");
        (await rig.ErrorOfAsync("users.info", new { user = Seed.Ana.Id }, Ct)).ShouldBe("ok");
        (await rig.ErrorOfAsync("users.nothing", new { }, Ct)).ShouldBe("unknown_method");
    }

    [Fact]
    public async Task People_who_must_not_decide_are_recognisable()
    {
        await using var rig = await SlackRig.StartAsync(Ct);

        (await PersonAsync(Seed.Guest))["is_restricted"]!.GetValue<bool>().ShouldBeTrue();
        (await PersonAsync(Seed.Stranger))["is_stranger"]!.GetValue<bool>().ShouldBeTrue();
        (await PersonAsync(Seed.Deactivated))["deleted"]!.GetValue<bool>().ShouldBeTrue();
        (await PersonAsync(Seed.OtherBot))["is_bot"]!.GetValue<bool>().ShouldBeTrue();
        (await rig.ErrorOfAsync("users.info", new { user = "U0NOBODY99" }, Ct)).ShouldBe("user_not_found");

        async Task<JsonNode> PersonAsync(SlackUser user) => (await rig.CallAsync("users.info", new { user = user.Id }, Ct))["user"]!;
    }

    [Fact]
    public async Task Members_of_groups_are_listed_and_unknown_groups_refused()
    {
        await using var rig = await SlackRig.StartAsync(Ct);

        var answer = await rig.CallAsync("usergroups.users.list", new { usergroup = Seed.DbaGroup.Id }, Ct);

        answer["users"]!.AsArray().Select(user => user!.ToString()).ShouldBe([Seed.Bo.Id, Seed.Dee.Id]);
        (await rig.ErrorOfAsync("usergroups.users.list", new { usergroup = "S0NOTHERE1" }, Ct)).ShouldBe("no_such_subteam");
        rig.Slack.Put(Seed.DbaGroup with { IsDisabled = true });
        (await rig.ErrorOfAsync("usergroups.users.list", new { usergroup = Seed.DbaGroup.Id }, Ct)).ShouldBe("no_such_subteam");
    }

    [Fact]
    public async Task Lists_come_in_pages()
    {
        await using var rig = await SlackRig.StartAsync(Ct);

        var first = await rig.CallAsync("conversations.members", new { channel = Seed.General.Id, limit = "4" }, Ct);
        var second = await rig.CallAsync("conversations.members", new { channel = Seed.General.Id, limit = "4", cursor = first["response_metadata"]!["next_cursor"]!.ToString() }, Ct);

        first["members"]!.AsArray().Concat(second["members"]!.AsArray()).Select(member => member!.ToString()).ShouldBe(Seed.General.Members, ignoreOrder: true);
        second["response_metadata"]!["next_cursor"]!.ToString().ShouldBeEmpty();
        (await rig.ErrorOfAsync("conversations.members", new { channel = Seed.General.Id, cursor = "junk" }, Ct)).ShouldBe("invalid_cursor");
    }

    [Fact]
    public async Task A_direct_conversation_opens_with_living_people()
    {
        await using var rig = await SlackRig.StartAsync(Ct);

        (await rig.CallAsync("conversations.open", new { users = Seed.Ana.Id }, Ct))["channel"]!["id"]!.ToString().ShouldStartWith("D");
        (await rig.CallAsync("conversations.open", new { users = Seed.Ana.Id }, Ct))["already_open"]!.GetValue<bool>().ShouldBeTrue();
        (await rig.ErrorOfAsync("conversations.open", new { users = Seed.Deactivated.Id }, Ct)).ShouldBe("user_disabled");
        (await rig.ErrorOfAsync("conversations.open", new { users = "U0NOBODY99" }, Ct)).ShouldBe("user_not_found");
        (await rig.ErrorOfAsync("conversations.open", new { }, Ct)).ShouldBe("users_list_not_supplied");
    }

    [Fact]
    public async Task A_channel_shared_with_another_company_says_so()
    {
        await using var rig = await SlackRig.StartAsync(Ct);

        var channel = (await rig.CallAsync("conversations.info", new { channel = Seed.Shared.Id }, Ct))["channel"]!;

        channel["is_ext_shared"]!.GetValue<bool>().ShouldBeTrue();
    }

    [Fact]
    public async Task A_file_travels_in_three_steps()
    {
        await using var rig = await SlackRig.StartAsync(Ct);
        var begun = await rig.CallAsync("files.getUploadURLExternal", new { filename = "audit.json", length = "5" }, Ct);
        using var bytes = new ByteArrayContent(Encoding.UTF8.GetBytes("hello"));

        using var uploaded = await rig.Http.PostAsync(new Uri(begun["upload_url"]!.ToString()), bytes, Ct);
        (await uploaded.Content.ReadAsStringAsync(Ct)).ShouldBe("OK - 5");
        var files = new[] { new { id = begun["file_id"]!.ToString(), title = "Audit" } };
        (await rig.ErrorOfAsync("files.completeUploadExternal", new { files, channel_id = Seed.Audit.Id, initial_comment = "The trail" }, Ct)).ShouldBe("ok");

        rig.Driver.Sights.Read(Seed.Audit).ShouldBe("@dbchatops: The trail\n📄 Audit");
        (await rig.ErrorOfAsync("files.completeUploadExternal", new { files = new[] { new { id = "F9", title = "x" } } }, Ct)).ShouldBe("file_not_found");
    }

    [Fact]
    public async Task A_reaction_is_given_once()
    {
        await using var rig = await SlackRig.StartAsync(Ct);
        var timestamp = (await rig.CallAsync("chat.postMessage", new { channel = Seed.General.Id, text = "x" }, Ct))["ts"]!.ToString();
        var reaction = new { channel = Seed.General.Id, timestamp, name = "lock" };

        (await rig.ErrorOfAsync("reactions.add", reaction, Ct)).ShouldBe("ok");
        (await rig.ErrorOfAsync("reactions.add", reaction, Ct)).ShouldBe("already_reacted");
    }

    private static async Task<string> JsonErrorAsync(SlackRig rig, string method, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await rig.Http.PostAsync(new Uri(method, UriKind.Relative), content, Ct);
        return (await response.Content.ReadFromJsonAsync<JsonNode>(Ct))!["error"]?.ToString() ?? "ok";
    }
}
