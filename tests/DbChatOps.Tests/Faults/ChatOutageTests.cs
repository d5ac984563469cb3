using System.Net;
using DbChatOps.Access;
using DbChatOps.Host.Flow;
using DbChatOps.Host.Operations.Alerts;
using DbChatOps.Host.Slack;
using DbChatOps.Playground;
using DbChatOps.Playground.Faults;
using DbChatOps.Playground.World;
using DbChatOps.Tests.Journeys;
using DbChatOps.Tests.PostgreSql;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;
using static DbChatOps.Tests.Journeys.BotUnderTest;

namespace DbChatOps.Tests.Faults;

/// <summary>Slack is down, limits the bot, or no longer takes its token: the state is right, access ends on time, and messages catch up.</summary>
[Trait("Trap", "T-23")]
public sealed class ChatOutageTests(PostgreSqlStage stage) : IClassFixture<PostgreSqlStage>
{
    private const string Read = "/db access orders-prod read 30m checking INC-42";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Thirty_minutes_without_Slack_cost_no_state_no_second_card_and_few_lines_of_log(bool refused)
    {
        var line = new Line();
        await using var bot = await StartAsync(stage, compose: services => services.AddSingleton(line.Api));
        await bot.HasAccessAsync();
        await bot.Says(Bo, "/db access orders-prod read 30m checking INC-43");
        line.IsDown = refused;
        if (!refused)
        {
            bot.Slack.Faults.On(FaultPlan.AnyMethod, new Fault.HtmlError(503), times: int.MaxValue);
        }

        var calls = line.Calls;
        for (var minute = 0; minute < 31; minute++)
        {
            await bot.PassesAsync(TimeSpan.FromMinutes(1));
        }

        var grant = (await bot.GrantsAsync()).ShouldHaveSingleItem();
        grant.State.ShouldBe(GrantState.Revoked);
        (grant.Proof!.ProvenAt - grant.Expiry!.Value).ShouldBeLessThan(TimeSpan.FromMinutes(2));
        (await bot.LoginsAsync()).ShouldBe("");
        (line.Calls - calls).ShouldBeLessThan(200);
        bot.Log.All.Count(entry => entry.Contains("failed: Slack", StringComparison.Ordinal)).ShouldBeInRange(1, 6);
        bot.Approvals.ShouldNotContain("proven gone");

        line.IsDown = false;
        bot.Slack.Faults.Clear();
        await bot.PassesAsync(TimeSpan.FromMinutes(2));

        bot.Approvals.ShouldContain("proven gone");
        bot.Screen(Ana).ShouldContain("proven gone");
        bot.Sights.Messages(Seed.Approvals).Count.ShouldBe(2);
        bot.ShowsEachCardOnce();
        bot.Log.All.Count(entry => entry.Contains("Slack answers again", StringComparison.Ordinal)).ShouldBe(1);
        await bot.ApprovesAsync(Dee);
        (await bot.RequestsAsync()).ShouldAllBe(request => request.State == RequestState.Approved);
    }

    [Fact]
    public async Task Thirty_grants_that_change_while_chat_is_limited_end_right_with_few_calls()
    {
        await using var bot = await StartAsync(stage);
        bot.Slack.Faults.On("chat.postMessage", new Fault.RateLimited(TimeSpan.FromSeconds(30)), times: 5);
        (await bot.OpensAsync(30)).ShouldAllBe(opened => opened.Refused == null);
        await PassAsync(bot, 6);
        bot.Slack.Faults.On("chat.update", new Fault.RateLimited(TimeSpan.FromSeconds(30)), times: 5);
        var before = bot.Slack.Journal.Entries.Count;

        await bot.RevealsAllAsync();
        await bot.ReleasesAllAsync();
        (await bot.LoginsAsync()).ShouldBe("", "what is limited is chat");
        await PassAsync(bot, 8);

        var updates = bot.Slack.Journal.Entries.Skip(before).Where(call => call.Method == "chat.update").ToList();
        bot.Slack.Journal.Of("chat.postMessage").Count(call => call.Status == 429).ShouldBe(5);
        updates.Count(call => call.Status == 429).ShouldBe(5);
        updates.Count(call => call.IsOk).ShouldBeInRange(60, 120, "cards that changed several times meanwhile are drawn once");
        bot.ShowsEachCardOnce();
        var cards = bot.Sights.Messages(Seed.Approvals).Concat(bot.Sights.Direct(Ana)).Select(bot.Sights.Read).Where(card => card.Contains("orders-prod", StringComparison.Ordinal)).ToList();
        cards.Count.ShouldBeGreaterThanOrEqualTo(60);
        cards.ShouldAllBe(card => card.Contains("proven gone", StringComparison.Ordinal));

        static async Task PassAsync(BotUnderTest bot, int times)
        {
            for (var pause = 0; pause < times; pause++)
            {
                await bot.PassesAsync(TimeSpan.FromSeconds(31));
            }
        }
    }

    [Fact]
    public async Task Approving_revealing_and_revoking_go_on_while_cards_are_limited()
    {
        await using var bot = await StartAsync(stage);
        await bot.Says(Ana, Read);
        await bot.ApprovesAsync(Bo);
        await bot.Says(Bo, "/db access orders-prod read 30m checking INC-43");
        bot.Slack.Faults.On("chat.update", new Fault.RateLimited(TimeSpan.FromMinutes(10)), times: int.MaxValue);
        bot.Slack.Faults.On("chat.postMessage", new Fault.RateLimited(TimeSpan.FromMinutes(10)), times: int.MaxValue);

        await bot.Says(Dee, ApprovalLine((await bot.RequestsAsync()).Single(request => request.State == RequestState.Pending)));
        var (login, password) = await bot.RevealsAsync(Ana);
        await using (await stage.ConnectAsync(login, password))
        {
            await bot.Says(Ana, "/db release");
        }

        (await bot.LoginsAsync()).ShouldNotContain(login);
        (await bot.RequestsAsync()).ShouldAllBe(request => request.State == RequestState.Approved);
        (await bot.GrantsAsync()).Single(grant => grant.Login == login).State.ShouldBe(GrantState.Revoked);
    }

    [Fact]
    public async Task Groups_that_cannot_be_asked_for_the_limit_mean_press_again_and_the_comment_is_not_lost()
    {
        await using var bot = await StartAsync(stage);
        await bot.Says(Ana, Read);
        await bot.Presses(Bo, "Deny…", Seed.Approvals);
        bot.Slack.Faults.On("usergroups.users.list", new Fault.RateLimited(TimeSpan.FromSeconds(5)));

        await bot.Submits(Bo, ("comment", "not before the release"));

        bot.Dialog(Bo).ShouldContain("press again");
        bot.Dialog(Bo).ShouldContain("not before the release");
        (await bot.RequestsAsync()).Single().State.ShouldBe(RequestState.Pending);
        await bot.Driver.Closes(Bo);
        bot.Clock.Advance(TimeSpan.FromSeconds(6));
        await bot.ApprovesAsync(Bo);
        (await bot.RequestsAsync()).Single().State.ShouldBe(RequestState.Approved);
    }

    [Fact]
    public async Task A_token_that_was_revoked_pages_outside_chat_and_everything_follows_with_the_next()
    {
        await using var receiver = await Operations.AlertReceiver.StartAsync();
        using var http = AlertPost.CreateClient();
        var line = new Line();
        await using var bot = await StartAsync(stage, compose: services =>
        {
            services.AddSingleton(line.Api);
            services.AddSingleton(new AlertPost(http, () => receiver.Address));
        });
        await bot.HasAccessAsync();
        line.Token = new Secret("xoxb-revoked");

        await bot.Slack.TellAsync(new System.Text.Json.Nodes.JsonObject { ["type"] = "tokens_revoked", ["tokens"] = new System.Text.Json.Nodes.JsonObject { ["bot"] = new System.Text.Json.Nodes.JsonArray(Seed.BotUserId) } }, Ct);
        (await bot.Get<TokenWatch>().LookAsync(Ct)).ShouldBeFalse();
        await bot.SettlesAsync();

        receiver.Taken.ShouldHaveSingleItem()["summary"]!.GetValue<string>().ShouldContain("does not take the bot's token any more (invalid_auth)");
        bot.Get<Health>().Reasons.ShouldContain(reason => reason.Contains("token", StringComparison.Ordinal));
        var calls = line.Calls;
        for (var minute = 0; minute < 35; minute++)
        {
            await bot.PassesAsync(TimeSpan.FromMinutes(1));
        }

        line.Calls.ShouldBe(calls, "a dead token is not asked with again");
        (await bot.GrantsAsync()).Single().State.ShouldBe(GrantState.Revoked);
        (await bot.LoginsAsync()).ShouldBe("");

        line.Token = null;
        await bot.PassesAsync(TimeSpan.FromMinutes(1));
        (await bot.Get<TokenWatch>().LookAsync(Ct)).ShouldBeTrue();
        await bot.SettlesAsync();

        bot.Approvals.ShouldContain("proven gone");
        bot.Screen(Ana).ShouldContain("proven gone");
        bot.Sights.Messages(Seed.Approvals).Count.ShouldBe(1);
        receiver.Taken.Count.ShouldBe(2);
        bot.Get<Health>().Reasons.ShouldBeEmpty();
    }

    /// <summary>The way to Slack, which can be cut, with another token where one is given.</summary>
    private sealed class Line : DelegatingHandler
    {
        public Line()
            : base(new SocketsHttpHandler())
        {
        }

        public bool IsDown { get; set; }

        public int Calls { get; private set; }

        public Secret? Token { get; set; }

        public SlackWebApi Api(IServiceProvider services)
        {
            var settings = services.GetRequiredService<SlackSettings>();
            return new SlackWebApi(
                new HttpClient(this), settings, () => Token ?? settings.BotToken, services.GetRequiredService<TimeProvider>(), services.GetRequiredService<ILogger<SlackWebApi>>());
        }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Calls++;
            return IsDown
                ? throw new HttpRequestException(HttpRequestError.ConnectionError, "refused", statusCode: HttpStatusCode.ServiceUnavailable)
                : base.SendAsync(request, cancellationToken);
        }
    }
}
