using System.Net;
using System.Text.Json.Nodes;
using DbChatOps.Playground;
using DbChatOps.Playground.World;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Playground;

/// <summary>What each person's screen holds, and what it must not hold.</summary>
public sealed class PageScreenTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Everybody_who_can_be_played_is_offered_with_their_role()
    {
        await using var rig = await SlackRig.StartAsync(Ct);
        using var page = new PageRig(rig, Ct);

        var people = (await page.ScreenAsync(Seed.Ana))["people"]!.AsArray();

        people.Select(one => $"{one!["handle"]} {one["role"]}")
            .ShouldBe(["ana member", "bo member", "cy member", "dee member", "gus guest", "pat stranger"]);
        people.ShouldAllBe(one => one!["title"]!.ToString().Length > 0);
    }

    /// <summary>Enter takes the first that is suggested: which one that is must not change from start to start.</summary>
    [Fact]
    public async Task People_are_suggested_by_name_and_bots_after_them()
    {
        await using var rig = await SlackRig.StartAsync(Ct);
        using var page = new PageRig(rig, Ct);

        var users = (await page.ScreenAsync(Seed.Ana))["names"]!["users"]!.AsObject();

        users.Select(one => one.Value!["handle"]!.ToString()).ShouldBe(["ana", "bo", "cy", "dee", "gus", "pat", "dbchatops"]);
    }

    [Fact]
    public async Task A_conversation_is_seen_by_its_members_alone()
    {
        await using var rig = await SlackRig.StartAsync(Ct);
        using var page = new PageRig(rig, Ct);
        await rig.CallAsync("chat.postMessage", new { channel = Seed.Audit.Id, text = "canary-audit" }, Ct);
        await rig.CallAsync("chat.postMessage", new { channel = Seed.Bo.Id, text = "canary-direct" }, Ct);

        (await page.TextsAsync(Seed.Bo, Seed.Audit.Id)).ShouldBe(["canary-audit"]);
        (await page.TextsAsync(Seed.Bo, SlackWorld.DirectIdOf(Seed.Bo.Id))).ShouldBe(["canary-direct"]);
        foreach (var other in new[] { Seed.Ana, Seed.Guest, Seed.Stranger })
        {
            foreach (var place in new[] { Seed.Audit.Id, SlackWorld.DirectIdOf(Seed.Bo.Id) })
                (await page.ScreenAsync(other, place)).ToJsonString().ShouldNotContain("canary");
        }
    }

    [Fact]
    public async Task An_ephemeral_message_and_a_dialog_are_on_one_screen_alone()
    {
        await using var rig = await SlackRig.StartAsync(Ct);
        using var page = new PageRig(rig, Ct);
        await rig.CallAsync("chat.postEphemeral", new { channel = Seed.General.Id, user = Seed.Ana.Id, text = "canary-whisper" }, Ct);
        await OpenDialogAsync(rig);

        var hers = await page.ScreenAsync(Seed.Ana, Seed.General.Id);
        var his = await page.ScreenAsync(Seed.Bo, Seed.General.Id);

        hers["conversation"]!["messages"]![0]!["onlyYou"]!.GetValue<bool>().ShouldBeTrue();
        hers["dialogs"]!.AsArray().ShouldHaveSingleItem()!["title"]!["text"]!.ToString().ShouldBe("Form");
        his.ToJsonString().ShouldNotContain("canary-whisper");
        his["dialogs"]!.AsArray().ShouldBeEmpty();
    }

    /// <summary>As Slack counts them: what one person alone sees is no reply to the others.</summary>
    [Fact]
    public async Task An_ephemeral_message_in_a_thread_is_shown_there_and_not_counted()
    {
        await using var rig = await SlackRig.StartAsync(Ct);
        using var page = new PageRig(rig, Ct);
        var first = await rig.CallAsync("chat.postMessage", new { channel = Seed.General.Id, text = "first" }, Ct);
        var thread = first["ts"]!.ToString();
        await rig.CallAsync("chat.postMessage", new { channel = Seed.General.Id, text = "reply", thread_ts = thread }, Ct);
        await rig.CallAsync("chat.postEphemeral", new { channel = Seed.General.Id, user = Seed.Ana.Id, text = "whisper", thread_ts = thread }, Ct);

        var screen = await page.ScreenAsync(Seed.Ana, Seed.General.Id, thread);

        screen["conversation"]!["messages"]!.AsArray().ShouldHaveSingleItem()!["replies"]!["count"]!.GetValue<int>().ShouldBe(1);
        screen["conversation"]!["thread"]!["messages"]!.AsArray().Select(message => message!["text"]!.ToString()).ShouldBe(["first", "reply", "whisper"]);
    }

    [Fact]
    public async Task The_address_of_a_message_leads_to_its_conversation()
    {
        await using var rig = await SlackRig.StartAsync(Ct);
        var posted = await rig.CallAsync("chat.postMessage", new { channel = Seed.General.Id, text = "here" }, Ct);
        var link = await rig.CallAsync("chat.getPermalink", new { channel = Seed.General.Id, message_ts = posted["ts"]!.ToString() }, Ct);
        using var http = new HttpClient();

        using var response = await http.GetAsync(link["permalink"]!.ToString(), Ct);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.RequestMessage!.RequestUri!.Fragment.ShouldBe($"#in={Seed.General.Id}");
    }

    [Fact]
    public async Task The_private_metadata_of_a_dialog_stays_off_the_screen()
    {
        await using var rig = await SlackRig.StartAsync(Ct);
        using var page = new PageRig(rig, Ct);
        await OpenDialogAsync(rig);

        (await page.ScreenAsync(Seed.Ana))["dialogs"]![0]!["private_metadata"].ShouldBeNull();
    }

    [Fact]
    public async Task Nobody_learns_names_of_channels_and_people_they_do_not_meet()
    {
        await using var rig = await SlackRig.StartAsync(Ct);
        using var page = new PageRig(rig, Ct);

        var names = (await page.ScreenAsync(Seed.Stranger))["names"]!;

        names["channels"]!.AsObject().Select(one => one.Key).ShouldBe([Seed.Shared.Id]);
        names["users"]!.AsObject().ContainsKey(Seed.Ana.Id).ShouldBeTrue();
        names["users"]!.AsObject().ContainsKey(Seed.Dee.Id).ShouldBeFalse();
    }

    [Fact]
    public async Task Hostile_texts_arrive_as_texts_and_never_as_a_page()
    {
        const string Hostile = "</script><img src=x onerror=alert(1)>&lt;b&gt;";
        await using var rig = await SlackRig.StartAsync(Ct);
        using var page = new PageRig(rig, Ct);
        await rig.CallAsync("chat.postMessage", new { channel = Seed.General.Id, text = Hostile }, Ct);

        using var response = await page.Http.GetAsync($"/playground/screen?as={Seed.Ana.Id}&in={Seed.General.Id}", Ct);

        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/json");
        response.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        JsonNode.Parse(await response.Content.ReadAsStringAsync(Ct))!["conversation"]!["messages"]![0]!["text"]!.ToString().ShouldBe(Hostile);
    }

    [Fact]
    public async Task Unread_marks_stay_until_the_conversation_was_read()
    {
        await using var rig = await SlackRig.StartAsync(Ct);
        using var page = new PageRig(rig, Ct);
        await rig.Driver.Says(Seed.Ana, "good morning @bo");
        (await MarksAsync(page, Seed.Bo)).ShouldBe((1, 1));
        (await MarksAsync(page, Seed.Cy)).ShouldBe((1, 0));
        (await MarksAsync(page, Seed.Ana)).ShouldBe((0, 0));

        var latest = (await page.ScreenAsync(Seed.Bo, Seed.General.Id))["conversation"]!["latest"]!.ToString();
        await page.PostAsync("read", new { @as = Seed.Bo.Id, @in = Seed.General.Id, ts = latest });

        (await MarksAsync(page, Seed.Bo)).ShouldBe((0, 0));
        (await MarksAsync(page, Seed.Cy)).ShouldBe((1, 0));
    }

    [Fact]
    public async Task Replies_are_counted_on_the_message_and_shown_in_the_thread()
    {
        await using var rig = await SlackRig.StartAsync(Ct);
        using var page = new PageRig(rig, Ct);
        await page.DoAsync("say", new { @as = Seed.Ana.Id, @in = Seed.General.Id, text = "question" });
        var parent = rig.Driver.Sights.Messages(Seed.General).ShouldHaveSingleItem();
        await page.DoAsync("say", new { @as = Seed.Bo.Id, @in = Seed.General.Id, thread = parent.Ts, text = "answer" });

        var screen = (await page.ScreenAsync(Seed.Ana, Seed.General.Id, parent.Ts))["conversation"]!;

        screen["messages"]!.AsArray().ShouldHaveSingleItem()!["replies"]!["count"]!.GetValue<int>().ShouldBe(1);
        screen["thread"]!["messages"]!.AsArray().Select(message => message!["text"]!.ToString()).ShouldBe(["question", "answer"]);
    }

    [Fact]
    public async Task A_file_is_handed_to_those_who_see_its_message()
    {
        await using var rig = await SlackRig.StartAsync(Ct);
        using var page = new PageRig(rig, Ct);
        var upload = await rig.CallAsync("files.getUploadURLExternal", new { filename = "a.html", length = 4 }, Ct);
        using var bytes = new ByteArrayContent("<b/>"u8.ToArray());
        using var uploaded = await page.Http.PostAsync(upload["upload_url"]!.ToString(), bytes, Ct);
        await rig.CallAsync("files.completeUploadExternal", new { files = $$"""[{"id":"{{upload["file_id"]}}"}]""", channel_id = Seed.Audit.Id }, Ct);

        using var his = await page.Http.GetAsync($"/playground/files/{upload["file_id"]}?as={Seed.Bo.Id}", Ct);
        using var hers = await page.Http.GetAsync($"/playground/files/{upload["file_id"]}?as={Seed.Ana.Id}", Ct);

        his.Content.Headers.ContentDisposition!.DispositionType.ShouldBe("attachment");
        his.Content.Headers.ContentType!.MediaType.ShouldBe("application/octet-stream");
        hers.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    private static async Task<(int Unread, int Calls)> MarksAsync(PageRig page, SlackUser who)
    {
        var row = (await page.ScreenAsync(who))["conversations"]!.AsArray().Single(one => one!["id"]!.ToString() == Seed.General.Id)!;
        return (row["unread"]!.GetValue<int>(), row["calls"]!.GetValue<int>());
    }

    private static async Task OpenDialogAsync(SlackRig rig)
    {
        var trigger = rig.Slack.World.Change(() => rig.Slack.World.IssueTrigger(Seed.Ana.Id, viewId: null));
        var view = System.Text.Json.JsonSerializer.Serialize(Kit.Modal("Form", Kit.Input("reason", "Reason")));
        (await rig.ErrorOfAsync("views.open", new { trigger_id = trigger.Id, view }, Ct)).ShouldBe("ok");
    }
}
