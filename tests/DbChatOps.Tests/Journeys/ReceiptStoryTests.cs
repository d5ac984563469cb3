using DbChatOps.Chat;
using DbChatOps.Host.Flow;
using DbChatOps.Playground.World;
using DbChatOps.Tests.PostgreSql;
using Shouldly;
using Xunit;
using static DbChatOps.Tests.Journeys.BotUnderTest;

namespace DbChatOps.Tests.Journeys;

/// <summary>What a grant's card says at the end about how it was used, and what a warning says about what is open.</summary>
public sealed class ReceiptStoryTests(PostgreSqlStage stage) : IClassFixture<PostgreSqlStage>
{
    private static readonly TimeSpan Seconds = TimeSpan.FromSeconds(20);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_session_that_was_left_open_is_seen_until_it_is_ended()
    {
        await using var bot = await StartAsync(stage);
        var (login, password) = await bot.HasAccessAsync();
        var connected = bot.Clock.GetUtcNow();
        await using var one = await stage.ConnectAsync(login, password);
        await using var other = await stage.ConnectAsync(login, password);
        await LooksAsync(bot, times: 3);
        (await EntriesAsync(bot)).ShouldBe(1);
        await bot.Says(Bo, $"/db who {login}");
        bot.LastAnswer(Bo).ShouldContain("First seen");

        await bot.Says(Ana, "/db done");

        var grant = (await bot.GrantsAsync()).ShouldHaveSingleItem();
        grant.Receipt.FirstSeen!.Value.ShouldBe(connected + Seconds, TimeSpan.FromSeconds(5));
        grant.Receipt.LastSeen!.Value.ShouldBe(grant.RevokedAt!.Value, TimeSpan.FromSeconds(5));
        grant.Receipt.Gaps.ShouldBeNull();
        Card(bot).ShouldContain("from 127.0.0.1; 2 sessions were ended. Looked at every few seconds: shorter sessions can be missed.");
        (await EntriesAsync(bot)).ShouldBe(1);
        await bot.Says(Bo, $"/db who {login}");
        bot.LastAnswer(Bo).ShouldContain("2 sessions were ended");
    }

    [Fact]
    public async Task A_session_that_was_closed_before_the_end_was_last_seen_when_it_was()
    {
        await using var bot = await StartAsync(stage);
        var (login, password) = await bot.HasAccessAsync();
        await using (await stage.ConnectAsync(login, password))
        {
            await LooksAsync(bot, times: 3);
        }

        var closed = bot.Clock.GetUtcNow();
        await bot.Servers.WaitForAsync($"SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE usename = '{login}')");
        await LooksAsync(bot, times: 3);
        await bot.Says(Ana, "/db done");

        var grant = (await bot.GrantsAsync()).ShouldHaveSingleItem();
        grant.Receipt.LastSeen!.Value.ShouldBe(closed, TimeSpan.FromSeconds(10));
        (grant.Receipt.LastSeen - grant.Receipt.FirstSeen).ShouldNotBeNull().ShouldBeGreaterThan(2 * Seconds);
        Card(bot).ShouldContain($"last seen {PlainText.Utc(grant.Receipt.LastSeen.Value)}");
        Card(bot).ShouldContain("no session had to be ended");
    }

    [Fact]
    public async Task Access_that_nobody_used_says_so()
    {
        await using var bot = await StartAsync(stage);
        await bot.HasAccessAsync();
        await LooksAsync(bot, times: 2);

        await bot.Says(Ana, "/db done");

        Card(bot).ShouldContain("No session was observed");
    }

    [Fact]
    public async Task When_the_bot_or_a_node_was_away_the_card_names_it_and_the_time()
    {
        await using var bot = await StartAsync(stage);
        var (login, password) = await bot.HasAccessAsync();
        await LooksAsync(bot, times: 1);
        await bot.StopAsync();
        bot.Clock.Advance(TimeSpan.FromMinutes(4));
        await bot.StartAsync();
        await LooksAsync(bot, times: 1);
        await stage.Pair.Standby.StopAsync();
        try
        {
            await LooksAsync(bot, times: 3);
        }
        finally
        {
            await stage.Pair.Standby.RestartAsync();
        }

        await LooksAsync(bot, times: 2);
        await bot.Says(Ana, "/db done");

        var gaps = (await bot.GrantsAsync()).ShouldHaveSingleItem().Receipt.Gaps.ShouldNotBeNull();
        gaps.Longest.Select(gap => gap.What).ShouldBe(["the bot was not running", $"127.0.0.1:{stage.Pair.StandbyPort} did not answer"]);
        gaps.Longest[0].Until.ShouldBe(gaps.Longest[0].From + TimeSpan.FromMinutes(4), TimeSpan.FromSeconds(40));
        Card(bot).ShouldContain("No session was seen");
        Card(bot).ShouldContain($"the bot was not running from {PlainText.Utc(gaps.Longest[0].From)}");
        Card(bot).ShouldNotContain("No session was observed");
        await bot.LedgerHoldsAsync();
    }

    [Fact]
    public async Task A_warning_says_what_is_open_and_not_what_it_does()
    {
        await using var bot = await StartAsync(stage);
        var (login, password) = await bot.HasAccessAsync();
        await bot.Driver.Closes(Ana);
        await using var session = await stage.ConnectAsync(login, password);
        await using var query = new Npgsql.NpgsqlCommand("SELECT 'a secret'", session);
        await query.ExecuteScalarAsync(Ct);
        await bot.PassesAsync(TimeSpan.FromMinutes(19.8));
        await LooksAsync(bot, times: 1);

        await bot.SettlesAsync();
        Warning(bot).ShouldContain("*1 session is open*, since");
        Warning(bot).ShouldNotContain("secret");

        await using var other = await stage.ConnectAsync(login, password);
        await bot.PassesAsync(TimeSpan.FromMinutes(7.5));
        await LooksAsync(bot, times: 2);
        await bot.SettlesAsync();
        Warning(bot).ShouldContain("*2 sessions are open*, the oldest since");
    }

    [Fact]
    public async Task A_warning_comes_also_when_nobody_could_look()
    {
        await using var bot = await StartAsync(stage);
        await bot.HasAccessAsync();
        await bot.Driver.Closes(Ana);
        await LooksAsync(bot, times: 1);

        await bot.PassesAsync(TimeSpan.FromMinutes(21));

        Warning(bot).ShouldContain("could not be seen just now");
        Warning(bot).ShouldContain("[Extend…]");
    }

    private static async Task LooksAsync(BotUnderTest bot, int times)
    {
        for (var look = 0; look < times; look++)
        {
            bot.Clock.Advance(Seconds);
            await bot.Get<SessionWatch>().LookAsync(Ct);
        }
    }

    private static async Task<int> EntriesAsync(BotUnderTest bot) => (await bot.StoryAsync()).Count(kind => kind == "grant.sessions_seen/1");

    private static string Card(BotUnderTest bot) => Read(bot, "has ended");

    private static string Warning(BotUnderTest bot) => Read(bot, "⏰");

    private static string Read(BotUnderTest bot, string title) => bot.Sights.Direct(Ana).Select(bot.Sights.Read)
        .Last(text => text.Contains(title, StringComparison.Ordinal)).Replace("\u2060", "", StringComparison.Ordinal);
}
