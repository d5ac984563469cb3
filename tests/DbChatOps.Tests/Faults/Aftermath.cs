using DbChatOps.Access;
using DbChatOps.Playground.World;
using DbChatOps.Tests.Journeys;
using DbChatOps.Tests.PostgreSql;
using Npgsql;
using Shouldly;

namespace DbChatOps.Tests.Faults;

/// <summary>What must be true however a story was interrupted.</summary>
internal static class Aftermath
{
    /// <summary>No login on any node, nothing open, and a ledger that holds and tells how each grant ended.</summary>
    public static async Task LeavesNothingBehindAsync(this BotUnderTest bot)
    {
        (await bot.LoginsAsync()).ShouldBe("");
        (await bot.LoginsAsync(bot.Servers.Standby)).ShouldBe("");
        (await bot.GrantsAsync(open: true)).ShouldBeEmpty();
        (await bot.GrantsAsync()).ShouldAllBe(grant => grant.Proof != null);
        (await bot.RequestsAsync()).ShouldAllBe(request => request.State != RequestState.Pending);
        await bot.LedgerHoldsAsync();
    }

    /// <summary>Every login was made once and every password set once.</summary>
    public static void ShouldBeOnceEach(this EngineRecord record)
    {
        record.Made.ShouldBeUnique(StringComparer.Ordinal);
        record.Set.ShouldBeUnique(StringComparer.Ordinal);
    }

    /// <summary>No card was posted twice.</summary>
    public static void ShowsEachCardOnce(this BotUnderTest bot) => bot.Slack.World
        .Read(() => bot.Slack.World.Messages.Values.Select(message => (string?)message.Metadata?["event_payload"]?["key"]).OfType<string>().ToList())
        .ShouldBeUnique(StringComparer.Ordinal);

    /// <summary>Every login and password that any dialog ever showed.</summary>
    public static IReadOnlyList<(string Login, Secret Password)> Shown(this BotUnderTest bot) =>
    [
        .. bot.Slack.Journal.Of("views.update")
            .Select(call => Credentials.Texts(call.Arguments))
            .Where(texts => texts.Count >= 2)
            .Select(texts => (texts[0], new Secret(texts[1]))),
    ];

    /// <summary>How many of them the server accepts at this moment.</summary>
    public static async Task<int> LivePasswordsAsync(this BotUnderTest bot, PostgreSqlStage stage)
    {
        var live = 0;
        foreach (var (login, password) in bot.Shown())
        {
            try
            {
                await using var session = await stage.ConnectAsync(login, password);
                live++;
            }
            catch (PostgresException)
            {
                // Not this one.
            }
        }

        return live;
    }

    /// <summary>Lets real time pass, in which servers come back, until the bot has nothing open; returns how long it took.</summary>
    public static async Task<TimeSpan> EndsAllAsync(this BotUnderTest bot, TimeSpan patience, CancellationToken ct)
    {
        var started = System.Diagnostics.Stopwatch.StartNew();
        await bot.SettlesAsync();
        while ((await bot.GrantsAsync(open: true)).Any(grant => grant.State == GrantState.Revoking) && started.Elapsed < patience)
        {
            await ServerClock.WaitPast(TimeSpan.FromMilliseconds(200), ct);
            await bot.SettlesAsync();
        }

        return started.Elapsed;
    }

    /// <summary>The messages in the approval channel that show this card.</summary>
    public static IReadOnlyList<SlackMessage> Cards(this BotUnderTest bot, string keyPrefix) =>
    [
        .. bot.Sights.Messages(Seed.Approvals).Where(message =>
            ((string?)message.Metadata?["event_payload"]?["key"])?.StartsWith(keyPrefix, StringComparison.Ordinal) == true),
    ];
}
