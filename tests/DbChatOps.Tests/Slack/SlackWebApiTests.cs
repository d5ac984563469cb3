using System.Text.Json.Nodes;
using DbChatOps.Chat;
using DbChatOps.Host.Slack;
using Microsoft.AspNetCore.Http;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Slack;

public sealed class SlackWebApiTests : IAsyncLifetime
{
    private FakeSlack _slack = null!;

    public async ValueTask InitializeAsync() => _slack = await FakeSlack.StartAsync();

    public ValueTask DisposeAsync() => _slack.DisposeAsync();

    public static TheoryData<string, string> Refusals
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var method in Sample.Json("webapi-errors")["by_method"]!.AsObject())
            {
                // Those about the token: DeadTokenTests.
                foreach (var error in method.Value!.AsArray().Where(error => !DeadToken.IsAbout(error!["error"]!.GetValue<string>())))
                {
                    data.Add(method.Key, error!.ToJsonString());
                }
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task Every_documented_no_becomes_a_refusal_with_its_code(string method, string body)
    {
        _slack.Says(200, body);

        var refused = await Should.ThrowAsync<ChatRefusedException>(() => _slack.CallAsync(method));

        refused.Code.ShouldBe(JsonNode.Parse(body)!["error"]!.GetValue<string>());
    }

    [Fact]
    public async Task The_token_travels_in_a_header_and_the_arguments_as_a_form()
    {
        await _slack.CallAsync("users.info", new KeyValuePair<string, string>("user", "U1 & ü"));

        var asked = _slack.Calls.ShouldHaveSingleItem();
        asked.Authorization.ShouldBe("Bearer xoxb-token-that-must-not-leak");
        asked.Form["user"].ShouldBe("U1 & ü");
        asked.Body.ShouldNotContain("xoxb");
    }

    [Fact]
    public async Task A_missing_scope_and_bad_blocks_are_explained()
    {
        _slack.Says(200, Sample.Json("webapi-errors")["missing_scope"]!.ToJsonString());
        (await Should.ThrowAsync<ChatRefusedException>(() => _slack.CallAsync("conversations.create"))).Message
            .ShouldBe("Slack refused conversations.create: missing_scope; needed channels:manage, provided chat:write,commands");

        _slack.Says(200, Sample.Json("webapi-errors")["invalid_blocks"]!.ToJsonString());
        (await Should.ThrowAsync<ChatRefusedException>(() => _slack.CallAsync("chat.postMessage"))).Message.ShouldContain("json-pointer:/blocks/0/text/text");
    }

    [Fact]
    [Trait("Trap", "T-23")]
    public async Task Too_many_calls_are_told_when_to_come_back_and_the_wish_is_respected()
    {
        _slack.Says(429, "{\"ok\":false,\"error\":\"ratelimited\"}", retryAfter: "30");
        var api = _slack.Api;
        Task Call(string channel, string method = "chat.postMessage") => api.CallAsync(method, [new("channel", channel)], TestContext.Current.CancellationToken);

        var first = await Should.ThrowAsync<ChatUnavailableException>(() => Call("C1"));
        first.RetryAfter.ShouldBe(TimeSpan.FromSeconds(30));
        first.OutcomeUnknown.ShouldBeFalse();

        _slack.Clock.Advance(TimeSpan.FromSeconds(10));
        (await Should.ThrowAsync<ChatUnavailableException>(() => Call("C1"))).RetryAfter.ShouldBe(TimeSpan.FromSeconds(20));
        _slack.Calls.Count.ShouldBe(1);

        _slack.Says(200, "{\"ok\":true}");
        await Call("C2");
        await Call("C1", "chat.update");
        _slack.Clock.Advance(TimeSpan.FromSeconds(20));
        await Call("C1");
    }

    [Fact]
    [Trait("Trap", "T-23")]
    public async Task Only_posting_is_counted_by_channel_and_no_limit_holds_up_another_method()
    {
        _slack.Says(429, "{\"ok\":false,\"error\":\"ratelimited\"}", retryAfter: "30");
        var api = _slack.Api;
        Task Call(string channel, string method) => api.CallAsync(method, [new("channel", channel)], TestContext.Current.CancellationToken);
        await Should.ThrowAsync<ChatUnavailableException>(() => Call("C1", "chat.update"));
        _slack.Says(200, "{\"ok\":true}");

        await Should.ThrowAsync<ChatUnavailableException>(() => Call("C2", "chat.update"));
        await Call("C1", "views.update");
        await Call("C1", "usergroups.users.list");

        _slack.Calls.Select(call => call.Method).ShouldBe(["chat.update", "views.update", "usergroups.users.list"]);
        _slack.Log.All.ShouldNotContain("Warning");
    }

    [Fact]
    [Trait("Trap", "T-23")]
    public async Task An_outage_is_said_once_then_ever_more_rarely_and_its_end_once()
    {
        var api = _slack.Api;
        _slack.Says(503, "<html>", "text/html");
        for (var call = 0; call < 720; call++)
        {
            await Should.ThrowAsync<ChatUnavailableException>(() => api.CallAsync("auth.test", [], TestContext.Current.CancellationToken));
            _slack.Clock.Advance(TimeSpan.FromSeconds(5));
        }

        Said("Slack auth.test failed").ShouldBe(6);
        _slack.Says(200, "{\"ok\":true}");
        await api.CallAsync("auth.test", [], TestContext.Current.CancellationToken);
        await api.CallAsync("auth.test", [], TestContext.Current.CancellationToken);

        Said("Slack answers again; 720 calls failed in 01:00:00").ShouldBe(1);
        _slack.Says(503, "<html>", "text/html");
        await Should.ThrowAsync<ChatUnavailableException>(() => api.CallAsync("auth.test", [], TestContext.Current.CancellationToken));
        Said("Slack auth.test failed").ShouldBe(6, "a line that comes and goes is one trouble");

        int Said(string words) => _slack.Log.All.Split('\n').Count(line => line.Contains(words, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(503, "<html>...</html>", "text/html")]
    [InlineData(502, "{\"ok\":true}", "application/json")]
    [InlineData(200, "<html>Sign in to the proxy</html>", "text/html")]
    [InlineData(200, "", "application/json")]
    [InlineData(200, "{\"ok\":\"yes\"}", "application/json")]
    [InlineData(200, "{\"ok\":false,\"error\":\"internal_error\"}", "application/json")]
    [InlineData(302, "", "text/plain")]
    public async Task An_error_page_says_nothing_about_the_outcome(int status, string body, string type)
    {
        _slack.Says(status, body, type);

        (await Should.ThrowAsync<ChatUnavailableException>(() => _slack.CallAsync("chat.postMessage"))).OutcomeUnknown.ShouldBeTrue();
    }

    /// <summary>Followed, the first would turn the call into a GET, and the last would send the token on.</summary>
    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(303)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task A_redirect_is_not_followed(int status)
    {
        _slack.Answer = (http, _) =>
        {
            if (_slack.Calls.Count > 1)
            {
                return Task.FromResult(false);
            }

            (http.Response.StatusCode, http.Response.Headers.Location) = (status, "/api/elsewhere");
            return Task.FromResult(true);
        };

        await Should.ThrowAsync<ChatUnavailableException>(() => _slack.CallAsync("auth.test"));

        _slack.Calls.ShouldHaveSingleItem().Method.ShouldBe("auth.test");
    }

    [Fact]
    public async Task Silence_for_ten_seconds_is_given_up_with_an_unknown_outcome()
    {
        var arrived = new TaskCompletionSource();
        _slack.Answer = async (http, _) =>
        {
            arrived.TrySetResult();
            await Task.Delay(Timeout.Infinite, http.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
            return true;
        };

        var call = _slack.CallAsync("chat.postMessage");
        await arrived.Task.WaitAsync(TestContext.Current.CancellationToken);
        _slack.Clock.Advance(TimeSpan.FromSeconds(10));

        (await Should.ThrowAsync<ChatUnavailableException>(() => call)).OutcomeUnknown.ShouldBeTrue();
    }

    [Fact]
    public async Task Cancelling_is_neither_wrapped_nor_logged()
    {
        using var stop = new CancellationTokenSource();
        _slack.Answer = async (http, _) =>
        {
            await stop.CancelAsync();
            await Task.Delay(Timeout.Infinite, http.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
            return true;
        };

        await Should.ThrowAsync<OperationCanceledException>(() => _slack.Api.CallAsync("auth.test", [], stop.Token));

        _slack.Log.All.ShouldNotContain("auth.test");
    }

    [Fact]
    public async Task Nobody_listening_means_that_nothing_happened()
    {
        _slack.Settings = SlackWorld.Settings(new Uri("http://127.0.0.1:9/api/"));

        (await Should.ThrowAsync<ChatUnavailableException>(() => _slack.CallAsync("chat.postMessage"))).OutcomeUnknown.ShouldBeFalse();
    }

    [Fact]
    public async Task A_response_url_is_posted_without_the_token_and_only_to_its_host()
    {
        var url = new Uri(_slack.Settings.ApiBaseUrl, "/commands/T1/2/secretpart");
        await _slack.Platform.ReplyAsync(new Secret(url.AbsoluteUri), new Card { Title = Phrase.Plain("done") }, TestContext.Current.CancellationToken);

        var asked = _slack.Calls.ShouldHaveSingleItem();
        asked.Authorization.ShouldBeEmpty();
        var body = JsonNode.Parse(asked.Body)!.AsObject();
        body["response_type"]!.GetValue<string>().ShouldBe("ephemeral");
        // Of what the address could do to the message, nothing: cards are changed where their place is known.
        Sample.Json("response-url-delete").Select(member => member.Key).ShouldAllBe(member => !body.ContainsKey(member));
        Sample.Json("response-url-replace").Select(member => member.Key).ShouldAllBe(member => body.ContainsKey(member));
        body["replace_original"]!.GetValue<bool>().ShouldBeFalse();
        (await Should.ThrowAsync<ChatRefusedException>(() =>
            _slack.Api.RespondAsync(new Secret("https://hooks.slack.com/x"), [], TestContext.Current.CancellationToken))).Code.ShouldBe("foreign_response_url");
        _slack.Says(404, "expired_url", "text/plain");
        await Should.ThrowAsync<ChatRefusedException>(() => _slack.Api.RespondAsync(new Secret(url.AbsoluteUri), [], TestContext.Current.CancellationToken));
        _slack.Says(500, "oops", "text/plain");
        await Should.ThrowAsync<ChatUnavailableException>(() => _slack.Api.RespondAsync(new Secret(url.AbsoluteUri), [], TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task No_token_address_or_payload_is_logged_or_thrown()
    {
        _slack.Says(503, "<html>xoxb-token-that-must-not-leak</html>", "text/html");
        var failure = await Should.ThrowAsync<ChatUnavailableException>(() =>
            _slack.CallAsync("chat.postMessage", new KeyValuePair<string, string>("text", "very private")));

        foreach (var text in (string[])[failure.ToString(), _slack.Log.All])
        {
            text.ShouldNotContain("xoxb");
            text.ShouldNotContain("very private");
        }

        _slack.Log.All.ShouldContain("chat.postMessage");
    }
}
