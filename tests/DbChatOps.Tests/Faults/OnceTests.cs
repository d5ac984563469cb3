using DbChatOps.Access;
using DbChatOps.Playground.Deliveries;
using DbChatOps.Playground.World;
using DbChatOps.Tests.Journeys;
using DbChatOps.Tests.PostgreSql;
using DbChatOps.Tests.Storage;
using Shouldly;
using Xunit;
using static DbChatOps.Tests.Journeys.BotUnderTest;

namespace DbChatOps.Tests.Faults;

/// <summary>Clicks, redeliveries and people at one moment: one decision, one effect, one card.</summary>
[Trait("Trap", "T-13")]
public sealed class OnceTests(PostgreSqlStage stage) : IClassFixture<PostgreSqlStage>
{
    private static readonly Uri Nowhere = new("http://127.0.0.1:9/");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_approvers_with_five_clicks_each_delivered_thrice_make_one_grant()
    {
        var engine = new EngineRecord();
        await using var bot = await StartAsync(stage, compose: services => services.Decorate<DbChatOps.Targets.ILoginEngine>(engine.Watch));
        await bot.Says(Ana, "/db access orders-prod read 30m checking INC-42");
        var line = ApprovalLine((await bot.RequestsAsync()).ShouldHaveSingleItem());
        await bot.Presses(Bo, "Approve…", Seed.Approvals);
        await bot.Presses(Dee, "Approve…", Seed.Approvals);
        var gestures = await LostOnTheWayAsync(bot, async () =>
        {
            foreach (var approver in new[] { Bo, Dee })
            {
                for (var click = 0; click < 5; click++)
                {
                    await bot.Driver.Submits(approver);
                    await bot.Driver.Says(approver, line);
                }
            }
        });

        await DeliverAsync(bot, gestures, times: 3);
        await bot.SettlesAsync();

        (await bot.RequestsAsync()).ShouldHaveSingleItem().State.ShouldBe(RequestState.Approved);
        (await bot.GrantsAsync()).ShouldHaveSingleItem().State.ShouldBe(GrantState.Ready);
        engine.Made.ShouldHaveSingleItem();
        (await EventsAsync(bot, "request.approved/1")).ShouldBe(1);
        (await EventsAsync(bot, "grant.opened/1")).ShouldBe(1);
        bot.ShowsEachCardOnce();
        await bot.LedgerHoldsAsync();
    }

    [Fact]
    public async Task Reveals_at_one_moment_leave_one_live_password()
    {
        var engine = new EngineRecord();
        await using var bot = await StartAsync(stage, compose: services => services.Decorate<DbChatOps.Targets.ILoginEngine>(engine.Watch));
        await bot.Says(Ana, "/db access orders-prod read 30m checking INC-42");
        await bot.Presses(Bo, "Approve…", Seed.Approvals);
        await bot.Submits(Bo);
        var presses = await LostOnTheWayAsync(bot, async () =>
        {
            for (var press = 0; press < 4; press++)
            {
                await bot.Driver.Presses(Ana, "Show credentials");
            }
        });

        await DeliverAsync(bot, presses, times: 3);
        await bot.SettlesAsync();

        (await bot.LivePasswordsAsync(stage)).ShouldBe(1);
        engine.ShouldBeOnceEach();
        engine.Set.ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_delivery_that_a_crash_interrupted_is_decided_once(bool committed)
    {
        var isArmed = false;
        var plan = new CrashPlan
        {
            Before = committed ? null : 1,
            After = committed ? 1 : null,
            Counts = call => isArmed && call == "ILedger.CommitAsync",
        };
        await using var bot = await StartAsync(stage, crash: plan);
        await bot.Get<DbChatOps.Host.Slack.SlackPlatform>().ConnectAsync(Ct);
        await bot.Get<DbChatOps.Host.Flow.Surveys>().LookAsync(Ct);
        isArmed = true;
        await bot.Driver.Says(Ana, "/db access orders-prod read 30m checking INC-42");
        plan.Died.ShouldBeTrue();
        isArmed = false;

        await bot.RestartAsync();
        var first = (await bot.RequestsAsync()).ShouldHaveSingleItem().Id;
        await bot.Slack.Bot.RepeatLastAsync(Ct);
        await bot.RestartAsync();

        (await bot.RequestsAsync()).ShouldHaveSingleItem().Id.ShouldBe(first);
        bot.ShowsEachCardOnce();
        await bot.LedgerHoldsAsync();
    }

    /// <summary>The gestures as deliveries that did not arrive yet.</summary>
    private static async Task<IReadOnlyList<SentDelivery>> LostOnTheWayAsync(BotUnderTest bot, Func<Task> gestures)
    {
        var (address, sent) = (bot.Slack.Bot.Address, bot.Slack.Bot.Sent.Count);
        bot.Slack.Bot.Address = Nowhere;
        await gestures();
        bot.Slack.Bot.Address = address;
        return [.. bot.Slack.Bot.Sent.Skip(sent)];
    }

    private static Task<BotAnswer[]> DeliverAsync(BotUnderTest bot, IReadOnlyList<SentDelivery> deliveries, int times) =>
        Task.WhenAll(Enumerable.Range(0, times).SelectMany(_ => deliveries).Select(delivery => bot.Slack.Bot.RepeatAsync(delivery, Ct)));

    private static async Task<int> EventsAsync(BotUnderTest bot, string kind)
    {
        await using var reader = DbChatOps.Host.Storage.SqliteLedgerReader.Open(bot.StorePath);
        return await reader.ReadEntriesAsync(DbChatOps.Ledger.EntryFilter.Everything, Ct).CountAsync(entry => entry.Kind == kind, Ct);
    }
}
