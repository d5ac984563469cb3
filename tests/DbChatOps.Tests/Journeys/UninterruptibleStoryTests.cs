using System.Globalization;
using DbChatOps.Access;
using DbChatOps.Targets;
using DbChatOps.Tests.Faults;
using DbChatOps.Tests.PostgreSql;
using Npgsql;
using Shouldly;
using Xunit;
using static DbChatOps.Tests.Journeys.BotUnderTest;

namespace DbChatOps.Tests.Journeys;

/// <summary>A real statement that no signal interrupts, from psql's side to the cards.</summary>
[Trait("Trap", "T-01")]
public sealed class UninterruptibleStoryTests(PostgreSqlStage stage) : IClassFixture<PostgreSqlStage>
{
    /// <summary>About 15 s on an idle machine: the time grows with the square of the length, and nothing on the way looks for signals.</summary>
    private const int Some = 30_000;

    /// <summary>Runs for an hour.</summary>
    private const int Endless = 400_000;

    private static readonly TimeSpan Bar = TimeSpan.FromSeconds(90);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_is_on_the_card_with_its_process_while_others_get_access_until_it_ends_by_itself()
    {
        await using var bot = await StartAsync(stage);
        var (login, password) = await bot.HasAccessAsync();
        var session = await stage.ConnectAsync(login, password);
        var (running, processId) = (RunAsync(session, Some), session.ProcessID);
        var since = await BegunAtAsync(processId);

        await bot.Presses(Ana, "Done");
        var stripped = await StrippedAsync(bot);

        (stripped.ProcessId, stripped.StatementSince).ShouldBe((processId, since));
        (await RightsAsync(login)).ShouldBe("");
        bot.Screen(Ana).ShouldContain("Locked and without rights (released by its holder), but a statement that was begun before still runs");
        Unfenced(bot.Screen(Ana)).ShouldContain(Told(processId, since));
        bot.Screen(Ana).ShouldNotContain("proven gone");
        await bot.Says(Cy, "/db access orders-prod read 30m checking INC-43");
        await bot.ApprovesAsync(Bo);
        bot.Screen(Cy).ShouldContain("Show credentials");
        (await GrantOfAsync(bot, login)).Ending!.Stage.ShouldBe(RevocationStage.Stripped, "the statement still runs");

        await Should.ThrowAsync<NpgsqlException>(() => running);
        await bot.EndsAllAsync(Bar, Ct);

        (await GrantOfAsync(bot, login)).State.ShouldBe(GrantState.Revoked);
        (await bot.LoginsAsync()).ShouldNotContain(login);
        bot.Screen(Ana).ShouldContain("released by its holder · *proven gone*");
        bot.Screen(Ana).ShouldNotContain("its statement has run since");
    }

    [Fact]
    public async Task It_pages_and_stops_new_grants_for_the_configured_time_only_until_PostgreSQL_is_restarted_as_the_card_says()
    {
        await using var bot = await StartAsync(stage);
        var (login, password) = await bot.HasAccessAsync();
        var session = await stage.ConnectAsync(login, password);
        var end = (await bot.GrantsAsync()).ShouldHaveSingleItem().Expiry!.Value;
        var (running, processId) = (RunAsync(session, Endless), session.ProcessID);
        var since = await BegunAtAsync(processId);
        try
        {
            await PassesUntilAsync(bot, end);
            await StrippedAsync(bot);
            await PassesUntilAsync(bot, end + TimeSpan.FromSeconds(61));
            var page = bot.Cards("overdue:").ShouldHaveSingleItem();
            Unfenced(bot.Sights.Read(page)).ShouldContain(Told(processId, since));
            bot.Sights.Read(page).ShouldContain("restart PostgreSQL on that node");
            await bot.Says(Cy, "/db access orders-prod read 30m checking INC-43");
            await bot.ApprovesAsync(Bo);
            bot.Screen(Cy).ShouldContain("still has access that should have ended");

            await PassesUntilAsync(bot, end + bot.Settings.Security.StrippedStopsGrantsFor + TimeSpan.FromSeconds(6));
            bot.Sights.Read(bot.Cards("overdue:").ShouldHaveSingleItem()).ShouldContain("New access on `orders` is granted again meanwhile");
            await bot.PassesAsync(TimeSpan.FromMinutes(1));
            bot.Screen(Cy).ShouldContain("Show credentials");
            (await GrantOfAsync(bot, login)).Ending!.Stage.ShouldBe(RevocationStage.Stripped);
        }
        finally
        {
            await stage.Pair.Writer.StopAsync();
            await stage.Pair.Writer.RestartAsync();
        }

        await Should.ThrowAsync<NpgsqlException>(() => running);
        await bot.EndsAllAsync(Bar, Ct);

        (await GrantOfAsync(bot, login)).State.ShouldBe(GrantState.Revoked);
        (await bot.LoginsAsync()).ShouldNotContain(login);
        bot.Sights.Read(bot.Cards("overdue:").ShouldHaveSingleItem()).ShouldContain("now proven gone");
        bot.Screen(Ana).ShouldContain("the window is over · *proven gone*");
    }

    /// <summary>Closes the session itself: closing it from outside would wait for the statement.</summary>
    private static async Task RunAsync(NpgsqlConnection session, int length)
    {
        await using var closing = session;
        await using var command = new NpgsqlCommand(string.Create(CultureInfo.InvariantCulture, $"SELECT length(normalize(repeat(U&'\\0315\\0300', {length}), NFD))"), session);
        await command.ExecuteScalarAsync(Ct);
    }

    private async Task<DateTimeOffset> BegunAtAsync(int processId)
    {
        var begun = $"FROM pg_stat_activity WHERE pid = {processId} AND state = 'active' AND query LIKE '%normalize%'";
        await stage.Pair.WaitForAsync($"SELECT count(*) > 0 {begun}");
        var ticks = await stage.Pair.AskAsync($"SELECT (extract(epoch FROM query_start) * 1000000)::bigint {begun}");
        return DateTimeOffset.UnixEpoch.AddMicroseconds(long.Parse(ticks ?? "not running", CultureInfo.InvariantCulture));
    }

    /// <summary>Lets real time pass until the bot knows why the session does not end.</summary>
    private static async Task<UninterruptibleSession> StrippedAsync(BotUnderTest bot)
    {
        var grant = (await bot.GrantsAsync()).ShouldHaveSingleItem();
        for (var look = 0; look < 200 && grant.Ending is not { Stage: RevocationStage.Stripped }; look++)
        {
            await ServerClock.WaitPast(TimeSpan.FromMilliseconds(200), Ct);
            await bot.SettlesAsync();
            grant = (await bot.GrantsAsync()).ShouldHaveSingleItem();
        }

        grant.State.ShouldBe(GrantState.Revoking);
        return grant.Ending!.Uninterruptible.ShouldNotBeNull(string.Join("; ", grant.Ending.Blockers)).ShouldHaveSingleItem();
    }

    private async Task<string?> RightsAsync(string login) =>
        await stage.Pair.AskAsync($"SELECT coalesce(string_agg(roleid::regrole::text, ','), '') FROM pg_auth_members WHERE member = '{login}'::regrole");

    private static async Task<Grant> GrantOfAsync(BotUnderTest bot, string login) => (await bot.GrantsAsync()).Single(grant => grant.Login == login);

    /// <summary>As a DBA reads it on a card.</summary>
    private string Told(int processId, DateTimeOffset since) => string.Create(
        CultureInfo.InvariantCulture, $"Process {processId} on 127.0.0.1:{stage.Pair.WriterPort}: its statement has run since {since:yyyy-MM-dd HH:mm:ss} UTC");

    private static string Unfenced(string text) => text.Replace("\u2060", "", StringComparison.Ordinal);

    private static Task PassesUntilAsync(BotUnderTest bot, DateTimeOffset time)
    {
        var left = time - bot.Clock.GetUtcNow();
        return bot.PassesAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero);
    }
}
