using DbChatOps.Access;
using DbChatOps.Host.Configuration;
using DbChatOps.Targets;
using DbChatOps.Tests.Journeys;
using DbChatOps.Tests.PostgreSql;
using Shouldly;
using Xunit;
using static DbChatOps.Tests.Journeys.BotUnderTest;

namespace DbChatOps.Tests.Faults;

/// <summary>A standby with a declared delay: the end waits for it, says so, and pages only when the delay is over.</summary>
public sealed class DelayedStandbyTests(PostgreSqlStage stage) : IClassFixture<PostgreSqlStage>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task During_a_declared_delay_nobody_is_paged_and_access_is_granted_and_after_it_people_are_paged()
    {
        stage.Pair.Require();
        await using var alerts = await AlertReceiver.StartAsync(Ct);
        await using var bot = await StartAsync(stage, settings => Declares(settings) with { AlertWebhookUrl = alerts.Address });
        var (login, _) = await bot.HasAccessAsync();
        var end = (await bot.GrantsAsync()).ShouldHaveSingleItem().Expiry!.Value;
        await stage.Pair.WaitForAsync($"SELECT count(*) > 0 FROM pg_roles WHERE rolname = '{login}' AND rolcanlogin", node: stage.Pair.Standby);
        await stage.Pair.SetAsync("recovery_min_apply_delay", "1h", stage.Pair.Standby);
        try
        {
            await PassesUntilAsync(bot, end + TimeSpan.FromSeconds(5));
            var until = (await bot.GrantsAsync()).ShouldHaveSingleItem().Ending!.Waits.ShouldNotBeNull().Until;
            until.ShouldBe(end + TimeSpan.FromHours(1), TimeSpan.FromSeconds(30));
            (await bot.LoginsAsync()).ShouldNotContain(login);
            (await bot.LoginsAsync(stage.Pair.Standby)).ShouldContain(login);
            bot.Screen(Ana).ShouldContain("applies changes 1 h late");

            await PassesUntilAsync(bot, end + TimeSpan.FromMinutes(30));
            await PassesUntilAsync(bot, end + TimeSpan.FromMinutes(59));
            bot.Cards("overdue:").ShouldBeEmpty();
            await bot.Says(Cy, "/db access orders-prod read 30m checking INC-43");
            bot.LastAnswer(Cy).ShouldContain("Understood");

            await PassesUntilAsync(bot, until + TimeSpan.FromSeconds(1));
            bot.Cards("overdue:").ShouldBeEmpty();
            await PassesUntilAsync(bot, until + TimeSpan.FromSeconds(70));
            bot.Cards("overdue:").ShouldHaveSingleItem();
            alerts.Events.ShouldBe(["firing"]);
        }
        finally
        {
            await stage.Pair.SetAsync("recovery_min_apply_delay", "0", stage.Pair.Standby);
        }

        await bot.EndsAllAsync(TimeSpan.FromSeconds(30), Ct);
        (await bot.LoginsAsync(stage.Pair.Standby)).ShouldNotContain(login);
        alerts.Events.ShouldBe(["firing", "resolved"]);
        await bot.LedgerHoldsAsync();
    }

    private static Settings Declares(Settings settings) => settings with
    {
        Targets = new TargetBook(
            [.. settings.Targets.Servers.Select(static server => server with { Nodes = [server.Nodes[0], server.Nodes[1] with { Delay = TimeSpan.FromHours(1) }] })],
            settings.Targets.Targets),
    };

    private static Task PassesUntilAsync(BotUnderTest bot, DateTimeOffset moment) => bot.PassesAsync(moment - bot.Clock.GetUtcNow());
}
