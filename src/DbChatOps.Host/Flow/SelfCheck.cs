using System.Globalization;
using DbChatOps.Access;
using DbChatOps.Ledger;

namespace DbChatOps.Host.Flow;

/// <summary>
/// Every 30 s: open aggregates that are past their time and have no agenda row get it back, and a wall clock that jumped is reported.
/// Nothing should ever be found; if something is, the log says which event forgot its consequence.
/// </summary>
public sealed class SelfCheck(ILedger ledger, IAgendaStore agenda, Alarms alarms, SteadyClock clock, ILogger<SelfCheck> log) : Recurring(clock, log)
{
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan TolerableJump = TimeSpan.FromSeconds(5);
    private readonly SteadyClock _clock = clock;
    private (DateTimeOffset Wall, long Ticks)? _before;

    /// <summary>Returns what was put back.</summary>
    public async Task<int> LookAsync(CancellationToken ct)
    {
        var now = _clock.GetUtcNow();
        List<IAggregate> late =
        [
            .. (await ledger.FindAsync<AccessRequest>(Late("request", now), ct)).Select(stored => stored.State),
            .. (await ledger.FindAsync<Grant>(Late("grant", now), ct)).Select(stored => stored.State),
        ];
        var owed = late.SelectMany(state => Consequences.Owed(state, now).Select(row => (state, row))).ToList();
        var there = await agenda.ExistingKeysAsync([.. owed.Select(pair => pair.row.Key)], ct);
        var missing = owed.Where(pair => !there.Contains(pair.row.Key)).ToList();
        foreach (var (state, row) in missing)
        {
            log.RowPutBack(state.Subject.ToString());
            await ledger.CommitAsync(new Change { Agenda = [row] }, ct);
        }

        return missing.Count;
    }

    /// <summary>Compares the wall clock with the monotonic one since the last call; a jump pages.</summary>
    public async Task<TimeSpan> CompareClocksAsync(CancellationToken ct)
    {
        var (wall, ticks) = (_clock.Wall.GetUtcNow(), _clock.Wall.GetTimestamp());
        var jump = _before is { } before ? wall - before.Wall - _clock.Wall.GetElapsedTime(before.Ticks, ticks) : TimeSpan.Zero;
        _before = (wall, ticks);
        if (jump.Duration() > TolerableJump)
        {
            log.ClockJumped(jump);
            var key = string.Create(CultureInfo.InvariantCulture, $"clock_jump:{wall.ToUnixTimeSeconds()}");
            await alarms.TellAsync(key, "clock", $"The bot's clock jumped by {jump.TotalSeconds.ToString("+0.0;-0.0", CultureInfo.InvariantCulture)} s. {Meaning(jump)} Look at time synchronisation.", ct);
        }

        return jump;
    }

    protected override async Task<TimeSpan> TurnAsync(CancellationToken ct)
    {
        await CompareClocksAsync(ct);
        await LookAsync(ct);
        return Between;
    }

    private static string Meaning(TimeSpan jump) => jump < TimeSpan.Zero
        ? "Windows are not longer by it until the bot restarts."
        : "Windows end earlier by it; once the clock is right, restart the bot.";

    private static SnapshotQuery Late(string kind, DateTimeOffset now) => new() { Kind = kind, Open = true, DueBefore = now - Between };
}
