using System.Globalization;
using DbChatOps.Access;
using DbChatOps.Playground.World;
using DbChatOps.Tests.Journeys;
using DbChatOps.Tests.PostgreSql;
using Npgsql;
using Shouldly;
using Xunit;
using static DbChatOps.Tests.Journeys.BotUnderTest;

namespace DbChatOps.Tests.Faults;

public enum Outage
{
    Stopped = 0,
    Paused = 1,
    RefusesTheBot = 2,
    ReadOnly = 3,
}

/// <summary>A server that is not there when access ends: people are paged once, nothing new begins, and when it is back the access is gone at once.</summary>
[Trait("Trap", "T-09")]
public sealed class ServerOutageTests(PostgreSqlStage stage) : IClassFixture<PostgreSqlStage>
{
    private static readonly TimeSpan Bar = TimeSpan.FromSeconds(30);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Outage.Stopped, 1)]
    [InlineData(Outage.Stopped, 20)]
    [InlineData(Outage.Stopped, 60)]
    [InlineData(Outage.Paused, 2)]
    [InlineData(Outage.RefusesTheBot, 20)]
    [InlineData(Outage.ReadOnly, 2)]
    public async Task A_writer_that_is_away_at_the_end_pages_once_and_ends_when_it_is_back(Outage outage, int minutes)
    {
        stage.Pair.Require();
        await using var alerts = await AlertReceiver.StartAsync(Ct);
        await using var bot = await StartAsync(stage, settings => settings with { AlertWebhookUrl = alerts.Address });
        var (login, password) = await bot.HasAccessAsync();
        await using var session = await stage.ConnectAsync(login, password);
        var end = (await bot.GrantsAsync()).ShouldHaveSingleItem().Expiry!.Value;
        await BreakAsync(outage);
        try
        {
            await PassesUntilAsync(bot, end + TimeSpan.FromSeconds(1));
            bot.Cards("overdue:").ShouldBeEmpty();
            await PassesUntilAsync(bot, end + TimeSpan.FromSeconds(61));
            bot.Cards("overdue:").ShouldHaveSingleItem();

            await bot.Says(Cy, "/db access orders-prod read 30m checking INC-43");
            bot.LastAnswer(Cy).ShouldContain("Nothing new is granted there until it is gone");
            await bot.Presses(Bo, "Approve…", Seed.Approvals);
            await bot.Submits(Bo);
            bot.Screen(Cy).ShouldContain("still has access that should have ended");
            (await bot.GrantsAsync()).ShouldHaveSingleItem();

            for (var part = 1; part <= 4; part++)
            {
                await PassesUntilAsync(bot, end + (TimeSpan.FromMinutes(minutes) * part / 4));
            }

            bot.Cards("overdue:").ShouldHaveSingleItem();
            alerts.Events.ShouldBe(["firing"]);
        }
        finally
        {
            await MendAsync(outage);
        }

        var took = await bot.EndsAllAsync(Bar, Ct);

        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{outage} for {minutes} min: gone {took.TotalSeconds:F1} s after it was back"));
        took.ShouldBeLessThan(Bar);
        (await bot.LoginsAsync()).ShouldNotContain(login);
        (await bot.LoginsAsync(stage.Pair.Standby)).ShouldNotContain(login);
        await Should.ThrowAsync<NpgsqlException>(() => AskAsync(session));
        bot.Sights.Read(bot.Cards("overdue:").ShouldHaveSingleItem()).ShouldContain("now proven gone");
        alerts.Events.ShouldBe(["firing", "resolved"]);

        await bot.PassesAsync(TimeSpan.FromSeconds(15));
        (await bot.GrantsAsync(open: true)).ShouldHaveSingleItem().State.ShouldBe(GrantState.Ready);
        await bot.LedgerHoldsAsync();
    }

    [Theory]
    [InlineData(Outage.Stopped)]
    [InlineData(Outage.Paused)]
    public async Task A_standby_that_is_away_is_named_and_keeps_the_grant_open_until_it_is_back(Outage outage)
    {
        stage.Pair.Require();
        await using var bot = await StartAsync(stage);
        await bot.HasAccessAsync();
        await (outage == Outage.Stopped ? stage.Pair.Standby.StopAsync() : stage.Pair.Standby.PauseAsync());
        try
        {
            await bot.PassesAsync(TimeSpan.FromMinutes(31));

            var grant = (await bot.GrantsAsync()).ShouldHaveSingleItem();
            grant.State.ShouldBe(GrantState.Revoking);
            grant.Ending!.Blockers.ShouldContain(blocker => blocker.Contains($":{stage.Pair.StandbyPort}", StringComparison.Ordinal));
        }
        finally
        {
            await (outage == Outage.Stopped ? stage.Pair.Standby.RestartAsync() : stage.Pair.Standby.ResumeAsync());
        }

        (await bot.EndsAllAsync(Bar, Ct)).ShouldBeLessThan(Bar);
        await bot.LeavesNothingBehindAsync();
    }

    private static Task PassesUntilAsync(BotUnderTest bot, DateTimeOffset time)
    {
        var left = time - bot.Clock.GetUtcNow();
        return bot.PassesAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero);
    }

    private static async Task<object?> AskAsync(NpgsqlConnection session)
    {
        await using var one = new NpgsqlCommand("SELECT 1", session);
        return await one.ExecuteScalarAsync(Ct);
    }

    private Task BreakAsync(Outage outage) => outage switch
    {
        Outage.Stopped => stage.Pair.Writer.StopAsync(),
        Outage.Paused => stage.Pair.Writer.PauseAsync(),
        Outage.ReadOnly => stage.Pair.Writer.RestartReadOnlyAsync(),
        _ => stage.Pair.PsqlAsync("ALTER ROLE dbchatops_bot NOLOGIN"),
    };

    private Task MendAsync(Outage outage) => outage switch
    {
        Outage.Stopped => stage.Pair.Writer.RestartAsync(),
        Outage.Paused => stage.Pair.Writer.ResumeAsync(),
        Outage.ReadOnly => stage.Pair.Writer.RestartWritableAsync(),
        _ => stage.Pair.PsqlAsync("ALTER ROLE dbchatops_bot LOGIN"),
    };
}
