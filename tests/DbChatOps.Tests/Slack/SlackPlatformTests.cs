using System.Text.Json.Nodes;
using DbChatOps.Chat;
using DbChatOps.Host.Slack;
using Microsoft.AspNetCore.Http;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Slack;

public sealed class SlackPlatformTests : IAsyncLifetime
{
    private static readonly Card Card = new() { Title = Phrase.Plain("Ana asks") };
    private FakeSlack _slack = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _slack = await FakeSlack.StartAsync();

    public ValueTask DisposeAsync() => _slack.DisposeAsync();

    [Fact]
    public async Task A_card_is_posted_with_its_key_and_without_unfurling()
    {
        var message = await _slack.Platform.PostAsync(new Place.InChannel("C0INC00042"), Card, "request/1", Ct);

        message.ShouldBe(new MessageReference("C0INC00042", "1795335000.000200"));
        var form = _slack.Calls.ShouldHaveSingleItem().Form;
        form["channel"].ShouldBe("C0INC00042");
        form["text"].ShouldBe("Ana asks");
        JsonNode.Parse(form["blocks"])!.AsArray().ShouldNotBeEmpty();
        form["metadata"].ShouldBe("{\"event_type\":\"dbchatops_card\",\"event_payload\":{\"key\":\"request/1\"}}");
        (form["unfurl_links"], form["unfurl_media"], form["link_names"], form["parse"]).ShouldBe(("false", "false", "false", "none"));
    }

    [Fact]
    public async Task A_direct_conversation_is_opened_once()
    {
        _slack.Answer = async (http, asked) =>
        {
            if (asked.Method != "conversations.open")
            {
                return false;
            }

            await http.Response.WriteAsync("{\"ok\":true,\"channel\":{\"id\":\"D0DBBOT001\"}}");
            return true;
        };
        var platform = _slack.Platform;
        await platform.PostAsync(new Place.Direct(SlackWorld.OnCall), Card, "k", Ct);
        await platform.PostAsync(new Place.Direct(SlackWorld.OnCall), Card, "k", Ct);

        _slack.Calls.Select(call => call.Method).ShouldBe(["conversations.open", "chat.postMessage", "chat.postMessage"]);
        _slack.Calls.Last().Form["channel"].ShouldBe("D0DBBOT001");
    }

    [Fact]
    public async Task A_direct_conversation_that_is_gone_is_opened_anew()
    {
        var posts = 0;
        _slack.Answer = async (http, asked) =>
        {
            await http.Response.WriteAsync(asked.Method switch
            {
                "conversations.open" => "{\"ok\":true,\"channel\":{\"id\":\"D1\"}}",
                _ when ++posts == 2 => "{\"ok\":false,\"error\":\"channel_not_found\"}",
                _ => "{\"ok\":true,\"channel\":\"D1\",\"ts\":\"1.1\"}",
            });
            return true;
        };
        var platform = _slack.Platform;
        var direct = new Place.Direct(SlackWorld.OnCall);
        var card = new Card { Title = Phrase.Plain("ready") };

        await platform.PostAsync(direct, card, "grant:1", TestContext.Current.CancellationToken);
        await platform.PostAsync(direct, card, "grant:2", TestContext.Current.CancellationToken);

        _slack.Calls.Select(call => call.Method)
            .ShouldBe(["conversations.open", "chat.postMessage", "chat.postMessage", "conversations.open", "chat.postMessage"]);
    }

    [Fact]
    public async Task Nothing_is_sent_to_people_of_other_organisations()
    {
        await Should.ThrowAsync<ChatRefusedException>(() =>
            _slack.Platform.PostAsync(new Place.Direct(new PersonId("slack", "T0PARTNER1", "U0EXTERN01")), Card, "k", Ct));

        _slack.Calls.ShouldBeEmpty();
    }

    [Fact]
    [Trait("Trap", "T-23")]
    public async Task A_lost_card_is_found_by_its_key_and_only_if_we_wrote_it()
    {
        JsonObject Message(string ts, string bot, string key) => new()
        {
            ["ts"] = ts,
            ["bot_id"] = bot,
            ["user"] = bot == "B0DBCHAT01" ? "U0DBBOT001" : "U0OTHERBOT",
            ["metadata"] = new JsonObject { ["event_type"] = "dbchatops_card", ["event_payload"] = new JsonObject { ["key"] = key } },
        };
        JsonObject[] pages =
        [
            new() { ["ok"] = true, ["messages"] = new JsonArray(Message("5.0", "B0FORGER01", "mine"), Message("4.0", "B0DBCHAT01", "other")), ["response_metadata"] = new JsonObject { ["next_cursor"] = "more" } },
            new() { ["ok"] = true, ["messages"] = new JsonArray(new JsonObject { ["ts"] = "3.5", ["user"] = "U1" }, Message("3.0", "B0DBCHAT01", "mine"), Message("2.0", "B0DBCHAT01", "mine")) },
        ];
        _slack.Answer = async (http, asked) =>
        {
            if (asked.Method != "conversations.history")
            {
                return false;
            }

            await http.Response.WriteAsync(pages[asked.Form.ContainsKey("cursor") ? 1 : 0].ToJsonString());
            return true;
        };

        var platform = _slack.Platform;
        (await platform.FindAsync(new Place.InChannel("C1"), "mine", SlackWorld.Now, Ct)).ShouldBe(new MessageReference("C1", "3.0"));
        (await platform.FindAsync(new Place.InChannel("C1"), "absent", SlackWorld.Now, Ct)).ShouldBeNull();
        var asked = _slack.Calls.First(call => call.Method == "conversations.history").Form;
        asked["include_all_metadata"].ShouldBe("true");
        asked["oldest"].ShouldBe((SlackWorld.Now.ToUnixTimeSeconds() - 60).ToString());
    }

    [Theory]
    [Trait("Trap", "T-24")]
    [InlineData("expired_trigger_id")]
    [InlineData("exchanged_trigger_id")]
    [InlineData("invalid_trigger_id")]
    public async Task A_trigger_that_is_over_means_press_again(string code)
    {
        _slack.Says(200, $$"""{"ok":false,"error":"{{code}}"}""");

        await Should.ThrowAsync<TriggerExpiredException>(() => _slack.Platform.OpenAsync("1.2.3", new Dialog { Action = "a", Title = "t" }, "x", Ct));
    }

    [Fact]
    public async Task A_dialog_is_opened_findable_and_updated_while_it_is_there()
    {
        (await _slack.Platform.OpenAsync("1.2.3", new Dialog { Action = "a", Title = "t" }, "delivery-1", Ct)).ShouldBe("V0REQ00001");
        JsonNode.Parse(_slack.Calls.Single().Form["view"])!["external_id"]!.GetValue<string>().ShouldBe("delivery-1");
        (await _slack.Platform.UpdateDialogAsync("V0REQ00001", new Dialog { Action = "a", Title = "t" }, Ct)).ShouldBeTrue();

        _slack.Says(200, "{\"ok\":false,\"error\":\"not_found\"}");
        (await _slack.Platform.UpdateDialogAsync("V0REQ00001", new Dialog { Action = "a", Title = "t" }, Ct)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_token_of_another_organisation_is_not_served()
    {
        (await _slack.Platform.ConnectAsync(Ct)).BotUser.ShouldBe("U0DBBOT001");

        _slack.Says(200, "{\"ok\":true,\"user_id\":\"U1\",\"bot_id\":\"B1\",\"team_id\":\"T0OTHER001\"}");
        await Should.ThrowAsync<SlackAccountException>(() => _slack.Platform.ConnectAsync(Ct));
        _slack.Says(200, "{\"ok\":true,\"user_id\":\"U1\",\"bot_id\":\"B1\",\"team_id\":\"T0DBOPS001\",\"enterprise_id\":\"E0ANOTHER1\"}");
        await Should.ThrowAsync<SlackAccountException>(() => _slack.Platform.ConnectAsync(Ct));
        _slack.Says(200, "{\"ok\":true,\"user_id\":\"U1\",\"team_id\":\"T0DBOPS001\"}");
        await Should.ThrowAsync<SlackAccountException>(() => _slack.Platform.ConnectAsync(Ct));
    }
}
