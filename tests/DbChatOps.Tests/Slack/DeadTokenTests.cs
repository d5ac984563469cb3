using DbChatOps.Chat;
using DbChatOps.Host.Slack;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Slack;

/// <summary>A token that Slack no longer takes: said once, not asked with again, and over with the next one.</summary>
[Trait("Trap", "T-23")]
public sealed class DeadTokenTests : IAsyncLifetime
{
    private FakeSlack _slack = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _slack = await FakeSlack.StartAsync();

    public ValueTask DisposeAsync() => _slack.DisposeAsync();

    [Theory]
    [InlineData("token_revoked")]
    [InlineData("token_expired")]
    [InlineData("invalid_auth")]
    [InlineData("not_authed")]
    [InlineData("account_inactive")]
    [InlineData("team_disabled")]
    [InlineData("user_removed_from_team")]
    public async Task After_the_first_no_about_the_token_Slack_is_not_asked_again(string code)
    {
        _slack.Says(200, $"{{\"ok\":false,\"error\":\"{code}\"}}");
        var api = _slack.Api;

        (await Should.ThrowAsync<ChatUnavailableException>(() => api.CallAsync("chat.update", [], Ct))).Message.ShouldContain(code);
        foreach (var method in (string[])["chat.update", "users.info", "auth.test"])
        {
            (await Should.ThrowAsync<ChatUnavailableException>(() => api.CallAsync(method, [], Ct))).RetryAfter.ShouldNotBeNull();
        }

        _slack.Calls.Count.ShouldBe(1);
        _slack.Log.All.Split('\n').Count(line => line.Contains(code, StringComparison.Ordinal)).ShouldBe(1);
        _slack.Log.All.ShouldNotContain("xoxb");
    }

    [Fact]
    public async Task Another_token_is_tried_at_once()
    {
        _slack.Says(200, "{\"ok\":false,\"error\":\"token_revoked\"}");
        var (api, news) = (_slack.Api, 0);
        api.Dead.Changed = () => news++;
        await Should.ThrowAsync<ChatUnavailableException>(() => api.CallAsync("chat.update", [], Ct));
        _slack.Says(200, "{\"ok\":true}");

        await Should.ThrowAsync<ChatUnavailableException>(() => api.CallAsync("chat.update", [], Ct));
        _slack.Token = new Secret("xoxb-another");
        await api.CallAsync("chat.update", [], Ct);

        _slack.Calls.Select(call => call.Authorization).ShouldBe(["Bearer xoxb-token-that-must-not-leak", "Bearer xoxb-another"]);
        news.ShouldBe(2);
    }

    [Fact]
    public async Task A_look_finds_out_that_the_same_token_lives_again()
    {
        _slack.Says(200, "{\"ok\":false,\"error\":\"account_inactive\"}");
        var api = _slack.Api;
        await Should.ThrowAsync<ChatUnavailableException>(() => api.CallAsync("chat.update", [], Ct));
        _slack.Says(200, Us("T0DBOPS001"));

        await api.ProbeAsync(Ct);

        await api.CallAsync("chat.update", [], Ct);
    }

    [Fact]
    public async Task A_token_of_another_workspace_is_none()
    {
        _slack.Says(200, Us("T0ELSEWHERE"));
        var api = _slack.Api;

        await Should.ThrowAsync<ChatUnavailableException>(() => api.ProbeAsync(Ct));

        (await Should.ThrowAsync<ChatUnavailableException>(() => api.CallAsync("users.info", [], Ct))).Message.ShouldContain("another_workspace");
        _slack.Calls.Count.ShouldBe(1, "nobody of ours seems unknown by it");
    }

    private static string Us(string team) => $"{{\"ok\":true,\"bot_id\":\"B1\",\"user_id\":\"U1\",\"team_id\":\"{team}\"}}";

    [Fact]
    public async Task A_no_about_the_app_level_token_says_nothing_about_the_bots()
    {
        _slack.Says(200, "{\"ok\":false,\"error\":\"invalid_auth\"}");
        var api = _slack.Api;

        await Should.ThrowAsync<ChatRefusedException>(() => api.CallAsync("apps.connections.open", new Secret("xapp-1"), [], Ct));
        _slack.Says(200, "{\"ok\":true}");

        await api.CallAsync("chat.update", [], Ct);
    }

    [Fact]
    public async Task Who_we_are_is_asked_again_with_another_token()
    {
        var platform = _slack.Platform;
        await platform.ConnectAsync(Ct);
        await platform.ConnectAsync(Ct);
        _slack.Token = new Secret("xoxb-another");

        await platform.ConnectAsync(Ct);

        _slack.Calls.Count(call => call.Method == "auth.test").ShouldBe(2);
    }
}
