using System.Text.Json.Nodes;
using DbChatOps.Playground.Driving;
using DbChatOps.Playground.World;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Playground;

public sealed class InteractionDeliveryTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_click_echoes_the_message_and_the_button_as_posted()
    {
        await using var rig = await SlackRig.StartAsync(Ct);
        await PostButtonAsync(rig, Seed.Approvals, value: "r-17");

        await rig.Driver.Presses(Seed.Bo, "Approve");

        var payload = rig.Bot.Last.Json;
        payload["type"]!.ToString().ShouldBe("block_actions");
        payload["user"]!["id"]!.ToString().ShouldBe(Seed.Bo.Id);
        payload["user"]!["team_id"]!.ToString().ShouldBe(Seed.TeamId);
        payload["actions"]![0]!["value"]!.ToString().ShouldBe("r-17");
        payload["actions"]![0]!["block_id"]!.ToString().ShouldBe("act");
        payload["container"]!["is_ephemeral"]!.GetValue<bool>().ShouldBeFalse();
        payload["message"]!["ts"]!.ToString().ShouldBe(payload["container"]!["message_ts"]!.ToString());
        payload["response_url"]!.ToString().ShouldStartWith(rig.Slack.Address.AbsoluteUri);
    }

    [Fact]
    public async Task A_click_in_an_ephemeral_message_does_not_echo_it()
    {
        await using var rig = await SlackRig.StartAsync(Ct);
        await rig.CallAsync("chat.postEphemeral", new { channel = Seed.General.Id, user = Seed.Ana.Id, text = "x", blocks = new[] { Kit.Actions(Kit.Button("Approve", "approve")) } }, Ct);

        await rig.Driver.Presses(Seed.Ana, "approve");

        rig.Bot.Last.Json["message"].ShouldBeNull();
        rig.Bot.Last.Json["container"]!["is_ephemeral"]!.GetValue<bool>().ShouldBeTrue();
    }

    [Fact]
    public async Task Nobody_presses_what_they_do_not_see()
    {
        await using var rig = await SlackRig.StartAsync(Ct);
        await PostButtonAsync(rig, Seed.Audit);

        await Should.ThrowAsync<ImpossibleGestureException>(() => rig.Driver.Presses(Seed.Ana, "Approve"));
        await rig.Driver.Presses(Seed.Bo, "Approve");
    }

    [Fact]
    public async Task A_strangers_click_names_their_own_team()
    {
        await using var rig = await SlackRig.StartAsync(Ct);
        await PostButtonAsync(rig, Seed.Shared);

        await rig.Driver.Presses(Seed.Stranger, "Approve");

        rig.Bot.Last.Json["team"]!["id"]!.ToString().ShouldBe(Seed.PartnerTeamId);
        rig.Bot.Last.Json["user"]!["team_id"]!.ToString().ShouldBe(Seed.PartnerTeamId);
    }

    [Fact]
    public async Task A_submission_echoes_the_whole_view_with_what_was_typed()
    {
        await using var rig = await SlackRig.StartAsync(Ct);
        var opened = await OpenFormAsync(rig);

        await rig.Driver.Submits(Seed.Ana, ("Reason", "INC-42"), ("sev", "P2"));

        var view = rig.Bot.Last.Json["view"]!;
        view["id"]!.ToString().ShouldBe(opened["id"]!.ToString());
        view["hash"]!.ToString().ShouldBe(opened["hash"]!.ToString());
        view["private_metadata"]!.ToString().ShouldBe("m");
        view["callback_id"]!.ToString().ShouldBe("form");
        view["app_installed_team_id"]!.ToString().ShouldBe(Seed.TeamId);
        view["blocks"]!.AsArray().Count.ShouldBe(3);
        var values = view["state"]!["values"]!;
        values["reason"]!["reason"]!["value"]!.ToString().ShouldBe("INC-42");
        values["sev"]!["sev"]!["selected_option"]!["value"]!.ToString().ShouldBe("p2");
        values["note"]!["note"]!.AsObject().ContainsKey("value").ShouldBeTrue();
        values["note"]!["note"]!["value"].ShouldBeNull();
        rig.Driver.Sights.TopModal(Seed.Ana).ShouldBeNull();
    }

    [Fact]
    public async Task A_form_with_an_empty_required_field_is_not_sent()
    {
        await using var rig = await SlackRig.StartAsync(Ct);
        await OpenFormAsync(rig);

        await Should.ThrowAsync<ImpossibleGestureException>(() => rig.Driver.Submits(Seed.Ana));
        await Should.ThrowAsync<ImpossibleGestureException>(() => rig.Driver.Submits(Seed.Ana, ("Reason", "x"), ("sev", "P9")));
    }

    [Fact]
    public async Task Field_errors_keep_the_form_open_beside_their_fields()
    {
        await using var rig = await SlackRig.StartAsync(Ct);
        await OpenFormAsync(rig);
        rig.Bot.Answers("""{"response_action":"errors","errors":{"reason":"Name the ticket."}}""");

        await rig.Driver.Submits(Seed.Ana, ("Reason", "because"), ("sev", "P2"));

        rig.Driver.Sights.Read(rig.Driver.Sights.TopModal(Seed.Ana)!).ShouldContain("Reason: ‹because›\n  ✗ Name the ticket.");
    }

    [Theory]
    [InlineData("""{"response_action":"errors","errors":{"nowhere":"x"}}""", 200)]
    [InlineData("""{"response_action":"update","view":{"type":"modal"}}""", 200)]
    [InlineData("", 500)]
    public async Task An_answer_Slack_cannot_follow_shows_its_own_trouble(string body, int status)
    {
        await using var rig = await SlackRig.StartAsync(Ct);
        await OpenFormAsync(rig);
        rig.Bot.Answers(body, status: status);

        await rig.Driver.Submits(Seed.Ana, ("Reason", "because"), ("sev", "P2"));

        rig.Driver.Sights.Screen(Seed.Ana).ShouldContain("We had some trouble connecting");
    }

    [Theory]
    [InlineData("update", "── Sent ──", 1)]
    [InlineData("push", "── Sent ──", 2)]
    public async Task An_answer_may_replace_the_view_or_put_one_on_top(string action, string title, int depth)
    {
        await using var rig = await SlackRig.StartAsync(Ct);
        await OpenFormAsync(rig);
        rig.Bot.Answers($$$"""{"response_action":"{{{action}}}","view":{"type":"modal","title":{"type":"plain_text","text":"Sent"},"blocks":[]}}""");

        await rig.Driver.Submits(Seed.Ana, ("Reason", "because"), ("sev", "P2"));

        rig.Driver.Sights.Read(rig.Driver.Sights.TopModal(Seed.Ana)!).ShouldStartWith(title);
        rig.Slack.World.Stacks[Seed.Ana.Id].Count.ShouldBe(depth);
    }

    [Fact]
    public async Task Closing_is_told_only_to_apps_that_asked()
    {
        await using var rig = await SlackRig.StartAsync(Ct);
        await OpenFormAsync(rig);
        (await rig.Driver.Closes(Seed.Ana)).ShouldBeNull();

        await OpenAsync(rig, new { type = "modal", notify_on_close = true, title = Kit.Plain("Told"), blocks = Array.Empty<object>() });
        await rig.Driver.Closes(Seed.Ana);

        rig.Bot.Last.Json["type"]!.ToString().ShouldBe("view_closed");
        rig.Bot.Last.Json["trigger_id"].ShouldBeNull();
    }

    [Fact]
    public async Task Type_ahead_asks_the_bot_and_the_chosen_option_is_submitted()
    {
        await using var rig = await SlackRig.StartAsync(Ct);
        var select = new { type = "external_select", action_id = "db", min_query_length = 1 };
        await OpenAsync(rig, Kit.Modal("Pick", new { type = "input", block_id = "db", label = Kit.Plain("Database"), element = select }));
        rig.Bot.Answer = (received, http) => received.Json["type"]!.ToString() is "block_suggestion"
            ? Microsoft.AspNetCore.Http.HttpResponseWritingExtensions.WriteAsync(http.Response, """{"options":[{"text":{"type":"plain_text","text":"orders-prod"},"value":"db-17"}]}""")
            : Task.CompletedTask;

        await rig.Driver.Submits(Seed.Ana, ("Database", "orders-prod"));

        rig.Bot.Last.Json["view"]!["state"]!["values"]!["db"]!["db"]!["selected_option"]!["value"]!.ToString().ShouldBe("db-17");
    }

    [Fact]
    public async Task A_view_updated_over_the_api_wakes_those_who_wait()
    {
        await using var rig = await SlackRig.StartAsync(Ct);
        var opened = await OpenFormAsync(rig);
        var seen = rig.Driver.WaitsToSee(Seed.Ana, "── Ready ──");

        await rig.CallAsync("views.update", new { view_id = opened["id"]!.ToString(), view = Kit.Modal("Ready") }, Ct);

        await seen;
    }

    [Fact]
    public async Task Waiting_in_vain_says_what_was_on_the_screens()
    {
        await using var rig = await SlackRig.StartAsync(Ct);
        await PostButtonAsync(rig, Seed.Approvals);

        var vain = await Should.ThrowAsync<TimeoutException>(() => rig.Driver.WaitsToSee(Seed.Bo, "never", within: TimeSpan.FromMilliseconds(20)));

        vain.Message.ShouldContain("[Approve]");
    }

    private static Task<JsonObject> PostButtonAsync(SlackRig rig, SlackChannel channel, string value = "v") =>
        rig.CallAsync("chat.postMessage", new { channel = channel.Id, text = "card", blocks = new[] { Kit.Actions(Kit.Button("Approve", "approve", value)) } }, Ct);

    private static Task<JsonNode> OpenFormAsync(SlackRig rig)
    {
        var options = new[] { "P1", "P2" }.Select(name => new { text = Kit.Plain(name), value = name.ToLowerInvariant() });
        var severity = new { type = "input", block_id = "sev", label = Kit.Plain("Severity"), element = new { type = "static_select", action_id = "sev", options } };
        var note = new { type = "input", block_id = "note", optional = true, label = Kit.Plain("Note"), element = new { type = "plain_text_input", action_id = "note" } };
        return OpenAsync(rig, Kit.Modal("Request", Kit.Input("reason", "Reason"), severity, note));
    }

    private static async Task<JsonNode> OpenAsync(SlackRig rig, object view)
    {
        await rig.Driver.Says(Seed.Ana, "/db");
        return (await rig.CallAsync("views.open", new { trigger_id = rig.Bot.Last.Form["trigger_id"], view }, Ct))["view"]!;
    }
}
