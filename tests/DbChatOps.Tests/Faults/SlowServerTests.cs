using DbChatOps.Access;
using DbChatOps.Host.Configuration;
using DbChatOps.Host.Flow;
using DbChatOps.Targets;
using DbChatOps.Tests.Journeys;
using DbChatOps.Tests.PostgreSql;
using Shouldly;
using Xunit;
using static DbChatOps.Tests.Journeys.BotUnderTest;

namespace DbChatOps.Tests.Faults;

/// <summary>Two servers; on the way to one of them every answer takes its time, so that a step of ending takes seconds.</summary>
[Trait("Trap", "T-09")]
public sealed class SlowServerTests(PostgreSqlStage slow, SecondPostgreSqlStage fast) : IClassFixture<PostgreSqlStage>, IClassFixture<SecondPostgreSqlStage>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_slow_server_ends_access_late_and_holds_up_no_other()
    {
        slow.Pair.Require();
        await using var relay = new SlowRelay(slow.Pair.WriterPort);
        await using var bot = await StartAsync(slow, settings => WithSecond(settings, relay.Port));
        await bot.HasAccessAsync();
        await bot.Driver.Closes(Ana);
        await bot.HasAccessAsync("/db access warehouse-prod read 30m checking INC-42");
        (await bot.GrantsAsync()).ShouldAllBe(grant => grant.State == GrantState.Active);

        relay.Delay = TimeSpan.FromMilliseconds(250);
        bot.Clock.Advance(TimeSpan.FromMinutes(31));
        var due = bot.Clock.GetUtcNow();
        await bot.Get<Pulse>().StartAsync(Ct);
        try
        {
            await EndsAsync(bot);
        }
        finally
        {
            await bot.Get<Pulse>().StopAsync(Ct);
        }

        var grants = await bot.GrantsAsync();
        var (late, onTime) = (grants.Single(grant => grant.Server.Value == "orders"), grants.Single(grant => grant.Server.Value == "warehouse"));
        relay.Held.ShouldBeGreaterThan(10);
        (late.RevokedAt!.Value - due).ShouldBeGreaterThan(TimeSpan.FromSeconds(2));
        onTime.RevokedAt!.Value.ShouldBeLessThan(late.RevokedAt.Value);
        (onTime.RevokedAt.Value - due).ShouldBeLessThan((late.RevokedAt.Value - due) / 2);
        (await bot.LoginsAsync()).ShouldBe("");
        bot.Cards("overdue:").ShouldBeEmpty();
        await bot.LedgerHoldsAsync();
    }

    private static async Task EndsAsync(BotUnderTest bot)
    {
        var patience = System.Diagnostics.Stopwatch.StartNew();
        while ((await bot.GrantsAsync(open: true)).Count > 0 && patience.Elapsed < Patience)
        {
            await ServerClock.WaitPast(TimeSpan.FromMilliseconds(50), Ct);
        }
    }

    private Settings WithSecond(Settings settings, int relayed)
    {
        var server = settings.Targets.Servers[0];
        var away = server with { Nodes = [server.Nodes[0] with { Port = relayed }, .. server.Nodes.Skip(1)] };
        var second = fast.Pair.ToServer("warehouse") with { ServerTimeOffset = server.ServerTimeOffset };
        var target = settings.Targets.Targets[0];
        return settings with { Targets = new TargetBook([away, second], [target, target with { Id = new TargetId("warehouse-prod"), Server = second.Id }]) };
    }
}
