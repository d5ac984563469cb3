using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using DbChatOps.Chat;
using DbChatOps.Host.Flow;
using DbChatOps.Ledger;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Slack;

public sealed class SlackDoorwayTests : IAsyncLifetime
{
    private DoorwayHost _bot = null!;

    public async ValueTask InitializeAsync() => _bot = await DoorwayHost.StartAsync();

    public ValueTask DisposeAsync() => _bot.DisposeAsync();

    [Theory]
    [InlineData("slash-command", "access request orders-db \"read only\" 2h & a<b")]
    [InlineData("slash-command-minimal", "")]
    public async Task A_slash_command_arrives_with_its_text(string sample, string text)
    {
        var response = await _bot.CommandAsync(Form(sample));

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await BodyAsync(response)).ShouldBeEmpty();
        var delivery = _bot.Handler.Deliveries.ShouldHaveSingleItem();
        delivery.Kind.ShouldBe(DeliveryKind.SlashCommand);
        delivery.Action.ShouldBe("/db");
        delivery.Text.ShouldBe(text);
        delivery.Person.ShouldBe(SlackWorld.OnCall);
        delivery.FromOutside.ShouldBeFalse();
        delivery.Channel.ShouldBe("C0INC00042");
        delivery.ReceivedAt.ShouldBe(SlackWorld.Now);
        delivery.ResponseUrl!.Reveal().ShouldStartWith("https://hooks.slack.com/commands/");
    }

    [Theory]
    [InlineData("block-actions-message-button", "inc_ack", "inc-42", false)]
    [InlineData("block-actions-ephemeral-button", "inc_ack", "inc-42", true)]
    [InlineData("block-actions-message-select", "inc_sev", "p2", false)]
    public async Task A_press_names_its_verb_value_and_message(string sample, string action, string value, bool ephemeral)
    {
        (await _bot.InteractionAsync(Sample.Text(sample))).StatusCode.ShouldBe(HttpStatusCode.OK);

        var delivery = _bot.Handler.Deliveries.ShouldHaveSingleItem();
        delivery.Kind.ShouldBe(DeliveryKind.ButtonPressed);
        (delivery.Action, delivery.Value, delivery.IsEphemeral).ShouldBe((action, value, ephemeral));
        delivery.Person.ShouldBe(SlackWorld.OnCall);
        delivery.FromOutside.ShouldBeFalse();
        delivery.Channel.ShouldBe("C0INC00042");
        delivery.MessageId.ShouldNotBeNull().ShouldStartWith("17953350");
    }

    [Fact]
    public async Task A_press_in_a_dialog_names_the_dialog()
    {
        await _bot.InteractionAsync(Sample.Text("block-actions-modal"));

        var delivery = _bot.Handler.Deliveries.ShouldHaveSingleItem();
        (delivery.Kind, delivery.Action, delivery.Value, delivery.ViewId).ShouldBe((DeliveryKind.ButtonPressed, "sev", "p1", "V0REQ00001"));
        delivery.MessageId.ShouldBeNull();
        delivery.ResponseUrl.ShouldBeNull();
    }

    [Fact]
    public async Task The_second_button_of_a_verb_is_still_that_verb()
    {
        var press = Sample.Json("block-actions-message-button");
        press["actions"]![0]!["action_id"] = "release#1";

        await _bot.InteractionAsync(press.ToJsonString());

        _bot.Handler.Deliveries.ShouldHaveSingleItem().Action.ShouldBe("release");
    }

    [Fact]
    public async Task Every_kind_of_answer_in_a_dialog_becomes_text()
    {
        (await _bot.InteractionAsync(Sample.Text("view-submission-all-inputs"))).StatusCode.ShouldBe(HttpStatusCode.OK);

        var delivery = _bot.Handler.Deliveries.ShouldHaveSingleItem();
        delivery.Kind.ShouldBe(DeliveryKind.DialogSubmitted);
        (delivery.Action, delivery.Value).ShouldBe(("access_request", "{\"req\":\"r-17\"}"));
        delivery.Answers.ShouldBe(
            new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["reason"] = "INC-42: need to read stuck orders",
                ["empty"] = "",
                ["rows"] = "500",
                ["mail"] = "oncall@acme.example",
                ["ticket"] = "https://tickets.acme.example/INC-42",
                ["db"] = "db-17",
                ["role"] = "ro",
                ["sev"] = "p1",
                ["none"] = "",
                ["schemas"] = "dbo,sales",
                ["extm"] = "",
                ["flags"] = "audit",
                ["who"] = "U0DBA00001",
                ["approvers"] = "U0ONCALL01,U0DBA00001",
                ["chan"] = "C0INC00042",
                ["chans"] = "C0INC00042",
                ["conv"] = "C0INC00042",
                ["convs"] = "C0INC00042,D0DBBOT001",
                ["day"] = "2026-11-23",
                ["time"] = "09:30",
                ["until"] = "1795340000",
                ["note"] = "ask <@U0DBA00001> first",
                ["plan"] = "F0PLAN0001",
            },
            ignoreOrder: true);
    }

    [Fact]
    public async Task A_dialog_submitted_twice_on_purpose_is_two_deliveries()
    {
        var submission = Sample.Json("view-submission-all-inputs");
        await _bot.InteractionAsync(submission.ToJsonString());
        submission["trigger_id"] = "1795335999.1.another";
        await _bot.InteractionAsync(submission.ToJsonString());

        _bot.Handler.Deliveries.Select(delivery => delivery.Key).Distinct(StringComparer.Ordinal).Count().ShouldBe(2);
    }

    [Fact]
    public async Task A_wish_for_suggestions_arrives()
    {
        _bot.Handler.Answer = delivery => delivery.Kind == DeliveryKind.Suggestion
            ? new Acknowledgement.Suggestions([new Option("db-17", "orders-db (prod)"), new Option("db-18", "orders-db (test)")])
            : new Acknowledgement.Nothing();
        var response = await _bot.InteractionAsync(Sample.Text("block-suggestion"));

        var wish = _bot.Handler.Deliveries.ShouldHaveSingleItem();
        (wish.Kind, wish.Action, wish.Text).ShouldBe((DeliveryKind.Suggestion, "db", "orde"));
        var options = JsonNode.Parse(await BodyAsync(response))!["options"]!.AsArray();
        var recorded = Sample.Json("block-suggestion-response")["options"]!.AsArray();
        options.Select(option => option!["value"]!.GetValue<string>()).ShouldBe(recorded.Select(option => option!["value"]!.GetValue<string>()));
        options.Select(option => option!["text"]!["text"]!.GetValue<string>()).ShouldBe(recorded.Select(option => option!["text"]!["text"]!.GetValue<string>()));
        options.ShouldAllBe(option => option!["text"]!["type"]!.GetValue<string>() == "plain_text");
    }

    [Fact]
    public async Task A_closed_dialog_is_acknowledged_and_not_kept()
    {
        (await _bot.InteractionAsync(Sample.Text("view-closed"))).StatusCode.ShouldBe(HttpStatusCode.OK);

        _bot.Handler.Deliveries.ShouldBeEmpty();
    }

    [Fact]
    public async Task Response_addresses_that_a_dialog_offers_are_not_kept()
    {
        await _bot.InteractionAsync(Sample.Text("view-submission-response-urls"));

        var delivery = _bot.Handler.Deliveries.ShouldHaveSingleItem();
        (delivery.Kind, delivery.Answers["chan"]).ShouldBe((DeliveryKind.DialogSubmitted, "C0INC00042"));
        delivery.ResponseUrl.ShouldBeNull();
    }

    [Theory]
    [InlineData("event-app-mention", DeliveryKind.Addressed, "app_mention", "status")]
    [InlineData("event-message-im", DeliveryKind.Addressed, "message", "help")]
    [InlineData("event-app-home-opened", DeliveryKind.HomeOpened, "app_home_opened", "")]
    public async Task What_people_say_to_the_bot_arrives(string sample, DeliveryKind kind, string action, string text)
    {
        (await _bot.EventAsync(Sample.Text(sample))).StatusCode.ShouldBe(HttpStatusCode.OK);

        var delivery = _bot.Handler.Deliveries.ShouldHaveSingleItem();
        (delivery.Kind, delivery.Action, delivery.Text).ShouldBe((kind, action, text));
        delivery.Person.ShouldBe(SlackWorld.OnCall);
        delivery.FromOutside.ShouldBeFalse();
    }

    [Fact]
    public async Task The_end_of_our_token_arrives_without_a_person()
    {
        await _bot.EventAsync(Sample.Text("event-tokens-revoked"));

        _bot.Handler.Deliveries.ShouldHaveSingleItem().Person.ShouldBe(PersonId.Bot);
    }

    [Theory]
    [InlineData("event-message-channel")]
    [InlineData("event-message-bot-own")]
    [InlineData("event-message-changed")]
    [InlineData("event-message-deleted")]
    [InlineData("event-reaction-added")]
    [InlineData("event-reaction-removed")]
    [InlineData("event-pin-added")]
    [InlineData("event-member-joined-channel")]
    [InlineData("event-channel-rename")]
    [InlineData("event-channel-archive")]
    [InlineData("event-app-rate-limited")]
    public async Task Other_events_are_acknowledged_and_not_kept(string sample)
    {
        (await _bot.EventAsync(Sample.Text(sample))).StatusCode.ShouldBe(HttpStatusCode.OK);

        _bot.Handler.Deliveries.ShouldBeEmpty();
    }

    [Fact]
    public async Task Global_shortcuts_are_acknowledged_and_not_kept()
    {
        (await _bot.InteractionAsync(Sample.Text("global-shortcut"))).StatusCode.ShouldBe(HttpStatusCode.OK);

        _bot.Handler.Deliveries.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_message_shortcut_names_the_message_and_nothing_that_it_says()
    {
        var sample = Sample.Json("message-shortcut");
        (await _bot.InteractionAsync(Sample.Text("message-shortcut"))).StatusCode.ShouldBe(HttpStatusCode.OK);

        var delivery = _bot.Handler.Deliveries.ShouldHaveSingleItem();
        delivery.Kind.ShouldBe(DeliveryKind.MessageShortcut);
        delivery.Action.ShouldBe(sample["callback_id"]!.GetValue<string>());
        delivery.MessageId.ShouldBe(sample["message_ts"]!.GetValue<string>());
        delivery.Text.ShouldBe("");
    }

    [Fact]
    public async Task The_certificate_probe_and_the_address_check_are_answered()
    {
        (await _bot.CommandAsync(Form("ssl-check"))).StatusCode.ShouldBe(HttpStatusCode.OK);
        var response = await _bot.EventAsync(Sample.Text("url-verification"));

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await BodyAsync(response)).ShouldBe(Sample.Json("url-verification")["challenge"]!.GetValue<string>());
        _bot.Handler.Deliveries.ShouldBeEmpty();
    }

    [Fact]
    public async Task Every_sample_survives_every_door()
    {
        foreach (var name in Sample.Names(""))
        {
            ((int)(await _bot.EventAsync(Sample.Text(name))).StatusCode).ShouldBeLessThan(500, name);
            ((int)(await _bot.InteractionAsync(Sample.Text(name))).StatusCode).ShouldBeLessThan(500, name);
            ((int)(await _bot.CommandAsync(Sample.Text(name))).StatusCode).ShouldBeLessThan(500, name);
        }
    }

    [Fact]
    public async Task A_redelivery_and_a_replay_carry_the_same_key()
    {
        await _bot.EventAsync(Sample.Text("event-app-mention"));
        await _bot.PostAsync(
            "/slack/events",
            Encoding.UTF8.GetBytes(Sample.Text("event-app-mention") + " "),
            "application/json",
            change: request => request.Headers.Add("X-Slack-Retry-Num", "1"));
        await _bot.CommandAsync(Form("slash-command"));
        await _bot.CommandAsync(Form("slash-command"));

        var keys = _bot.Handler.Deliveries.Select(delivery => delivery.Key).ToList();
        keys.Count.ShouldBe(4);
        keys[0].ShouldBe(keys[1]);
        keys[2].ShouldBe(keys[3]);
        (keys[0] == keys[2]).ShouldBeFalse();
        keys.ShouldAllBe(key => key.Length == 64);
    }

    [Theory]
    [InlineData("/slack/commands")]
    [InlineData("/slack/interactions")]
    [InlineData("/slack/events")]
    public async Task Unsigned_stale_and_spoiled_requests_get_an_empty_401(string path)
    {
        var body = Encoding.UTF8.GetBytes(Form("slash-command"));
        HttpResponseMessage[] responses =
        [
            await _bot.PostAsync(path, body, change: request => request.Headers.Remove("X-Slack-Signature")),
            await _bot.PostAsync(path, body, change: request => request.Headers.Remove("X-Slack-Request-Timestamp")),
            await _bot.PostAsync(path, body, at: SlackWorld.Now.AddSeconds(-301)),
            await _bot.PostAsync(path, body, at: SlackWorld.Now.AddSeconds(301)),
            await _bot.PostAsync(path, body, change: request => request.Content = new ByteArrayContent([.. body, (byte)'x'])),
        ];

        foreach (var response in responses)
        {
            response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
            (await BodyAsync(response)).ShouldBeEmpty();
        }

        _bot.Handler.Deliveries.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_body_beyond_a_megabyte_is_refused_before_it_is_hashed()
    {
        var large = new byte[1024 * 1024 + 1];

        (await _bot.PostAsync("/slack/events", large)).StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        (await _bot.PostAsync("/slack/events", large, change: request => request.Headers.TransferEncodingChunked = true))
            .StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task Payloads_that_Slack_would_not_send_are_refused_with_400()
    {
        string[] payloads =
        [
            "", "x", "[]", "null", "{\"type\":", new string('[', 5000), string.Concat(Enumerable.Repeat("{\"a\":", 200)) + "1" + new string('}', 200),
            Sample.Text("block-actions-message-button").Replace("U0ONCALL01", "U1:evil"),
            Sample.Text("block-actions-message-button").Replace("\"inc-42\"", "\"\\ud800\""),
            Sample.Text("block-actions-message-button").Replace("\"type\": \"block_actions\",", "\"type\": \"block_actions\", \"type\": \"block_actions\","),
            Sample.Text("block-actions-message-button").Replace("\"trigger_id\"", "\"no_trigger\""),
        ];
        foreach (var payload in payloads)
        {
            (await _bot.InteractionAsync(payload)).StatusCode.ShouldBe(HttpStatusCode.BadRequest, payload[..Math.Min(80, payload.Length)]);
        }

        (await _bot.PostAsync("/slack/commands", [.. Encoding.ASCII.GetBytes(Form("slash-command") + "&x="), 0xff, 0xfe])).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await _bot.CommandAsync(Form("slash-command") + "&x=%ff%fe")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await _bot.CommandAsync(Form("slash-command") + "&user_id=U0DBA00001")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await _bot.PostAsync("/slack/events", [0xff, 0xfe, (byte)'{'])).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        _bot.Handler.Deliveries.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_unknown_type_is_acknowledged()
    {
        (await _bot.InteractionAsync("{\"type\":\"workflow_step_edit\"}")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await _bot.EventAsync("{\"type\":\"of_next_year\"}")).StatusCode.ShouldBe(HttpStatusCode.OK);
        _bot.Handler.Deliveries.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_long_command_arrives_whole()
    {
        var text = string.Concat(Enumerable.Repeat("🙂 abc ", 20_000));

        await _bot.CommandAsync(Form("slash-command-minimal").Replace("&text=", "&text=" + Uri.EscapeDataString(text)));

        _bot.Handler.Deliveries.ShouldHaveSingleItem().Text.ShouldBe(text);
    }

    [Fact]
    public async Task A_response_url_of_another_host_is_dropped()
    {
        await _bot.CommandAsync(Form("slash-command").Replace("hooks.slack.com", "hooks.slack.com.evil.example"));

        _bot.Handler.Deliveries.ShouldHaveSingleItem().ResponseUrl.ShouldBeNull();
    }

    [Fact]
    public async Task A_reply_to_a_command_is_its_answer_and_private()
    {
        _bot.Handler.Answer = _ => new Acknowledgement.Reply(new Card { Title = Phrase.Of($"Working on {"<!channel>"}") });

        var body = JsonNode.Parse(await BodyAsync(await _bot.CommandAsync(Form("slash-command"))))!;

        body["response_type"]!.GetValue<string>().ShouldBe("ephemeral");
        body["text"]!.GetValue<string>().ShouldBe("Working on &lt;!channel&gt;");
    }

    [Fact]
    public async Task A_reply_to_a_press_goes_out_through_its_response_url()
    {
        var replies = new RecordingReplies();
        await using var bot = await DoorwayHost.StartAsync(platform: replies);
        var card = new Card { Title = Phrase.Plain("Somebody was faster") };
        bot.Handler.Answer = _ => new Acknowledgement.Reply(card);

        var response = await bot.InteractionAsync(Sample.Text("block-actions-message-button"));

        (await BodyAsync(response)).ShouldBeEmpty();
        (await replies.Reply.WaitAsync(TestContext.Current.CancellationToken)).ShouldBe(card);
    }

    [Fact]
    public async Task A_submitted_dialog_shows_errors_another_dialog_or_closes()
    {
        async Task<JsonNode> Submitted(Acknowledgement acknowledgement)
        {
            _bot.Handler.Answer = _ => acknowledgement;
            return JsonNode.Parse(await BodyAsync(await _bot.InteractionAsync(Sample.Text("view-submission-all-inputs"))))!;
        }

        var errors = await Submitted(new Acknowledgement.FieldErrors(new Dictionary<string, string>(StringComparer.Ordinal) { ["reason"] = "Name the ticket.", ["until"] = "At most 8 hours." }));
        JsonNode.DeepEquals(errors, Sample.Json("view-response-errors")).ShouldBeTrue();

        var update = await Submitted(new Acknowledgement.ShowDialog(new Dialog { Action = "access_request_done", Title = "Sent" }));
        var recorded = Sample.Json("view-response-update");
        update["response_action"]!.GetValue<string>().ShouldBe(recorded["response_action"]!.GetValue<string>());
        foreach (var member in (string[])["type", "callback_id"])
        {
            update["view"]![member]!.GetValue<string>().ShouldBe(recorded["view"]![member]!.GetValue<string>());
        }

        update["view"]!["title"]!["text"]!.GetValue<string>().ShouldBe(recorded["view"]!["title"]!["text"]!.GetValue<string>());

        (await Submitted(new Acknowledgement.CloseAll())).ToJsonString().ShouldBe("{\"response_action\":\"clear\"}");
    }

    [Fact]
    public async Task What_could_not_be_stored_is_not_acknowledged()
    {
        _bot.Handler.Answer = _ => throw new LedgerUnavailableException("disk full");

        (await _bot.EventAsync(Sample.Text("event-app-mention"))).StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await _bot.InteractionAsync(Sample.Text("view-submission-all-inputs"))).StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await BodyAsync(await _bot.CommandAsync(Form("slash-command")))).ShouldContain("Nothing was done");
    }

    [Fact]
    [Trait("Trap", "T-25")]
    public async Task Nothing_secret_is_logged()
    {
        foreach (var name in Sample.Names(""))
        {
            await _bot.InteractionAsync(Sample.Text(name));
            await _bot.EventAsync(Sample.Text(name));
        }

        await _bot.CommandAsync(Form("slash-command"));
        foreach (var secret in (string[])["verification-token", "hooks.slack.com", "4f0029c07d5b4e3f", "stuck orders", "restarted the job"])
        {
            _bot.Log.All.ShouldNotContain(secret);
        }
    }

    private static string Form(string sample) => Sample.Json(sample)["raw_body"]!.GetValue<string>();

    private static Task<string> BodyAsync(HttpResponseMessage response) => response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
}
