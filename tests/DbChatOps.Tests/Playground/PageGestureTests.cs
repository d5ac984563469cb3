using System.Text.Json.Nodes;
using DbChatOps.Playground;
using DbChatOps.Playground.World;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Playground;

/// <summary>What a person does on the page reaches the bot as what the driver does, and what they cannot do is said in a sentence.</summary>
public sealed class PageGestureTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_command_is_delivered_as_the_driver_delivers_it()
    {
        await using var rig = await SlackRig.StartAsync(Ct);
        using var page = new PageRig(rig, Ct);
        await rig.Driver.Says(Seed.Ana, "/db revoke @bo now");
        var driven = rig.Bot.Last;

        await page.DoAsync("say", new { @as = Seed.Ana.Id, @in = Seed.General.Id, text = "/db revoke @bo now" });

        Comparable(rig.Bot.Last.Form).ShouldBe(Comparable(driven.Form));
        rig.Bot.Last.Headers["X-Slack-Signature"].ShouldStartWith("v0=");
    }

    [Fact]
    public async Task A_press_is_delivered_as_the_driver_delivers_it()
    {
        await using var rig = await SlackRig.StartAsync(Ct);
        using var page = new PageRig(rig, Ct);
        var ts = await PostButtonAsync(rig, Seed.Approvals);
        await rig.Driver.Presses(Seed.Bo, "Approve");
        var driven = rig.Bot.Last.Json;

        await page.DoAsync("press", new { @as = Seed.Bo.Id, ts, block = "act", action = "approve" });

        WithoutTheUnique(rig.Bot.Last.Json).ShouldBe(WithoutTheUnique(driven));
    }

    [Fact]
    public async Task A_submission_takes_the_fields_along_and_shows_the_errors_of_the_answer()
    {
        await using var rig = await SlackRig.StartAsync(Ct);
        using var page = new PageRig(rig, Ct);
        var view = await OpenDialogAsync(rig);
        rig.Bot.Answers("""{"response_action":"errors","errors":{"reason":"Too short."}}""");

        await page.DoAsync("submit", new { @as = Seed.Ana.Id, view, fields = new[] { new { block = "reason", action = "reason", choices = new[] { "x" } } } });

        rig.Bot.Last.Json["view"]!["state"]!["values"]!["reason"]!["reason"]!["value"]!.ToString().ShouldBe("x");
        rig.Bot.Last.Json["view"]!["private_metadata"]!.ToString().ShouldBe("m");
        (await page.ScreenAsync(Seed.Ana))["dialogs"]![0]!["errors"]!["reason"]!.ToString().ShouldBe("Too short.");
    }

    [Fact]
    public async Task A_reaction_is_an_event_for_a_bot_that_is_in_the_channel()
    {
        await using var rig = await SlackRig.StartAsync(Ct);
        using var page = new PageRig(rig, Ct);
        var ts = await PostButtonAsync(rig, Seed.Approvals);

        await page.DoAsync("react", new { @as = Seed.Bo.Id, ts, name = "eyes" });

        var told = rig.Bot.Last.Json["event"]!;
        (told["type"]!.ToString(), told["reaction"]!.ToString(), told["item"]!["ts"]!.ToString(), told["item_user"]!.ToString())
            .ShouldBe(("reaction_added", "eyes", ts, Seed.BotUserId));
        await page.DoAsync("react", new { @as = Seed.Bo.Id, ts, name = "eyes" });
        rig.Bot.Last.Json["event"]!["type"]!.ToString().ShouldBe("reaction_removed");

        await page.DoAsync("say", new { @as = Seed.Bo.Id, @in = Seed.Elsewhere.Id, text = "among us" });
        var elsewhere = (await page.ScreenAsync(Seed.Bo, Seed.Elsewhere.Id))["conversation"]!["messages"]!.AsArray()[^1]!["ts"]!.ToString();
        var known = rig.Bot.Received.Count;
        await page.DoAsync("react", new { @as = Seed.Ana.Id, ts = elsewhere, name = "eyes" });
        rig.Bot.Received.Count.ShouldBe(known);
    }

    [Fact]
    public async Task With_Socket_Mode_gestures_need_no_address()
    {
        await using var rig = await SlackRig.StartAsync(Ct, settings => settings with { SocketMode = true });
        using var page = new PageRig(rig, Ct);
        rig.Slack.Bot.Address = null;

        (await page.DoAsync("say", new { @as = Seed.Ana.Id, @in = Seed.General.Id, text = "/db help" }))["trouble"]!.ToString().ShouldBe("dispatch_failed");
    }

    [Fact]
    public async Task What_cannot_be_done_is_said_in_one_sentence()
    {
        await using var rig = await SlackRig.StartAsync(Ct);
        using var page = new PageRig(rig, Ct);
        var ts = await PostButtonAsync(rig, Seed.Audit);
        var view = await OpenDialogAsync(rig);

        (await page.RefusalOfAsync("say", new { @as = Seed.Ana.Id, @in = Seed.Audit.Id, text = "x" })).ShouldBe("You are not in this conversation.");
        (await page.RefusalOfAsync("say", new { @as = Seed.Ana.Id, @in = Seed.General.Id, text = " " })).ShouldBe("There is nothing to send.");
        (await page.RefusalOfAsync("press", new { @as = Seed.Ana.Id, ts, block = "act", action = "approve" })).ShouldBe("This message is gone.");
        (await page.RefusalOfAsync("press", new { @as = Seed.Bo.Id, ts, block = "act", action = "other" })).ShouldBe("This is not on the screen any more.");
        (await page.RefusalOfAsync("submit", new { @as = Seed.Bo.Id, view })).ShouldBe("This dialog is gone.");
        (await page.RefusalOfAsync("submit", new { @as = Seed.Ana.Id, view })).ShouldBe("\"Reason\" must be filled in");
        (await page.RefusalOfAsync("say", new { @as = Seed.Deactivated.Id, @in = Seed.General.Id, text = "x" })).ShouldBe("Nobody here has that id.");
        (await page.RefusalOfAsync("sing", new { @as = Seed.Ana.Id })).ShouldBe("Nobody knows how to sing.");
        rig.Bot.Received.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_command_in_a_thread_is_not_possible()
    {
        await using var rig = await SlackRig.StartAsync(Ct);
        using var page = new PageRig(rig, Ct);
        await page.DoAsync("say", new { @as = Seed.Ana.Id, @in = Seed.General.Id, text = "question" });
        var thread = rig.Driver.Sights.Messages(Seed.General)[0].Ts;

        (await page.RefusalOfAsync("say", new { @as = Seed.Ana.Id, @in = Seed.General.Id, thread, text = "/db grants" })).ShouldBe("Slash commands cannot be used in threads.");
    }

    [Fact]
    public async Task A_bot_that_answers_badly_is_told_to_the_person()
    {
        await using var rig = await SlackRig.StartAsync(Ct);
        using var page = new PageRig(rig, Ct);
        var ts = await PostButtonAsync(rig, Seed.Approvals);
        rig.Bot.Answers("", status: 500);

        (await page.DoAsync("press", new { @as = Seed.Bo.Id, ts, block = "act", action = "approve" }))["trouble"].ShouldNotBeNull();
    }

    [Fact]
    public async Task A_shortcut_of_the_settings_sends_the_message_along_and_no_other_is_possible()
    {
        var listing = new AppListing { MessageShortcuts = [new("request_access", "Request access")] };
        await using var rig = await SlackRig.StartAsync(Ct, settings => settings with { App = listing });
        using var page = new PageRig(rig, Ct);
        await rig.Driver.Says(Seed.Ana, "orders are stuck");
        var ts = rig.Driver.Sights.Messages(Seed.General)[0].Ts;

        await page.DoAsync("shortcut", new { @as = Seed.Bo.Id, ts, shortcut = "request_access" });

        var payload = rig.Bot.Last.Json;
        payload["type"]!.ToString().ShouldBe("message_action");
        payload["callback_id"]!.ToString().ShouldBe("request_access");
        payload["message"]!["text"]!.ToString().ShouldBe("orders are stuck");
        payload["trigger_id"]!.ToString().ShouldNotBeEmpty();
        (await page.RefusalOfAsync("shortcut", new { @as = Seed.Bo.Id, ts, shortcut = "other" })).ShouldBe("The app has no shortcut \"other\".");
    }

    [Fact]
    public async Task Only_what_nobody_else_sees_can_be_put_away()
    {
        await using var rig = await SlackRig.StartAsync(Ct);
        using var page = new PageRig(rig, Ct);
        await rig.CallAsync("chat.postEphemeral", new { channel = Seed.General.Id, user = Seed.Ana.Id, text = "whisper" }, Ct);
        var whisper = rig.Driver.Sights.Ephemerals(Seed.Ana)[0].Ts;
        var card = await PostButtonAsync(rig, Seed.Approvals);

        (await page.RefusalOfAsync("dismiss", new { @as = Seed.Bo.Id, ts = whisper })).ShouldBe("This message is gone.");
        (await page.RefusalOfAsync("dismiss", new { @as = Seed.Ana.Id, ts = card })).ShouldBe("Only what nobody else sees can be put away.");
        await page.DoAsync("dismiss", new { @as = Seed.Ana.Id, ts = whisper });

        rig.Driver.Sights.Ephemerals(Seed.Ana).ShouldBeEmpty();
    }

    private static async Task<string> PostButtonAsync(SlackRig rig, SlackChannel channel)
    {
        var blocks = System.Text.Json.JsonSerializer.Serialize(new[] { Kit.Actions(Kit.Button("Approve", "approve")) });
        return (await rig.CallAsync("chat.postMessage", new { channel = channel.Id, text = "x", blocks }, Ct))["ts"]!.ToString();
    }

    private static async Task<string> OpenDialogAsync(SlackRig rig)
    {
        var trigger = rig.Slack.World.Change(() => rig.Slack.World.IssueTrigger(Seed.Ana.Id, viewId: null));
        var view = System.Text.Json.JsonSerializer.Serialize(Kit.Modal("Form", Kit.Input("reason", "Reason")));
        return (await rig.CallAsync("views.open", new { trigger_id = trigger.Id, view }, Ct))["view"]!["id"]!.ToString();
    }

    private static string Comparable(IReadOnlyDictionary<string, string> form) =>
        string.Join('\n', form.Where(field => field.Key is not ("trigger_id" or "response_url")).Select(field => $"{field.Key}={field.Value}"));

    private static string WithoutTheUnique(JsonObject payload)
    {
        payload.Remove("trigger_id");
        payload.Remove("response_url");
        return payload.ToJsonString();
    }
}
