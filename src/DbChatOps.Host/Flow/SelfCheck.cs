using DbChatOps.Access;
using DbChatOps.Ledger;

namespace DbChatOps.Host.Flow;

/// <summary>
/// Every 30 s: open aggregates that are past their time and have no agenda row get it back, and a wall clock that jumped is reported.
/// Nothing should ever be found; if something is, the log says which event forgot its consequence.
/// </summary>
public sealed class SelfCheck(ILedger ledger, IAgendaStore agenda, TimeProvider clock, ILogger<SelfCheck> log) : BackgroundService
{
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan TolerableJump = TimeSpan.FromSeconds(5);

    /// <summary>Returns what was put back.</summary>
    public async Task<int> LookAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
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

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var (wall, ticks) = (clock.GetUtcNow(), clock.GetTimestamp());
            try
            {
                await LookAsync(stoppingToken);
            }
            catch (LedgerUnavailableException fault)
            {
                log.AgendaUnreadable(fault);
            }

            await Task.Delay(Between, clock, stoppingToken);
            var jump = clock.GetUtcNow() - wall - clock.GetElapsedTime(ticks);
            if (jump.Duration() > TolerableJump)
            {
                log.ClockJumped(jump);
            }
        }
    }

    private static SnapshotQuery Late(string kind, DateTimeOffset now) => new() { Kind = kind, Open = true, DueBefore = now - Between };
}
