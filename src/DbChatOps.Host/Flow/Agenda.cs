using System.Collections.Concurrent;
using DbChatOps.Ledger;

namespace DbChatOps.Host.Flow;

/// <summary>
/// Claims lanes with due rows and hands each to its worker; lanes run side by side, so that a dead server or a slow channel holds up nobody else.
/// </summary>
public sealed class Agenda(IAgendaStore store, IEnumerable<ILaneWorker> workers, TimeProvider clock, ILogger<Agenda> log)
{
    /// <summary>A lane that was not released within this time may be taken by another process.</summary>
    public static readonly TimeSpan ClaimFor = TimeSpan.FromSeconds(60);

    /// <summary>What ends access is taken by the hundreds: it shares connections, catalog transactions and one wait for each standby.</summary>
    private static readonly ClaimSize Size = new(Rows: 50, Endings: 500);

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);
    private readonly IReadOnlyList<ILaneWorker> _workers = [.. workers];
    private readonly ConcurrentDictionary<LaneClaim, Task> _underWay = new(ReferenceEqualityComparer.Instance);

    /// <summary>Called whenever a lane was released; the pulse looks for more work then.</summary>
    public Action? LaneReleased { get; set; }

    /// <summary>Work that was started and has not ended, the release of its lane included.</summary>
    public IReadOnlyCollection<Task> UnderWay => [.. _underWay.Values.Where(work => !work.IsCompletedSuccessfully)];

    /// <summary>Starts work on every free lane that has due rows. Returns how many were started; does not wait for them.</summary>
    public async Task<int> StartDueAsync(CancellationToken ct)
    {
        foreach (var ended in _underWay.Where(pair => pair.Value.IsCompleted))
        {
            _underWay.TryRemove(ended);
        }

        var now = clock.GetUtcNow();
        var claims = await store.ClaimDueLanesAsync(now, now + ClaimFor, Size, ct);
        foreach (var claim in claims)
        {
            _underWay[claim] = WorkAsync(claim, ct);
        }

        return claims.Count;
    }

    private async Task WorkAsync(LaneClaim claim, CancellationToken ct)
    {
        await Task.Yield();
        foreach (var key in claim.Unreadable)
        {
            log.RowUnreadable(key, claim.Lane);
        }

        var results = await TryAsync(claim, ct);
        try
        {
            await store.ReleaseAsync(claim, results, CancellationToken.None);
        }
        catch (LedgerUnavailableException fault)
        {
            // The claim runs out by itself, and every row can be worked again.
            log.ReleaseFailed(claim.Lane, fault);
        }

        LaneReleased?.Invoke();
    }

    private async Task<IReadOnlyList<RowResult>> TryAsync(LaneClaim claim, CancellationToken ct)
    {
        if (claim.Rows.Count == 0)
        {
            return [];
        }

        try
        {
            var worker = _workers.FirstOrDefault(candidate => claim.Lane.StartsWith(candidate.LanePrefix, StringComparison.Ordinal))
                ?? throw new InvalidOperationException($"Nobody works lane {claim.Lane}.");
            return await worker.WorkAsync(claim, ct);
        }
        catch (Exception fault) when (claim.Rows.Count > 1 && fault is not (LedgerUnavailableException or OperationCanceledException) && clock.GetUtcNow() < claim.Until)
        {
            // One row that cannot be worked must not hold up its neighbours, least of all the end of somebody's access.
            var results = new List<RowResult>();
            foreach (var row in claim.Rows)
            {
                results.AddRange(await TryAsync(claim with { Rows = [row] }, ct));
            }

            return results;
        }
        catch (Exception fault)
        {
            if (!ct.IsCancellationRequested)
            {
                log.LaneFailed(claim.Lane, claim.Rows.Count, fault);
            }

            return [.. claim.Rows.Select(row => new RowResult(row, clock.GetUtcNow() + Backoff.After(row.Attempts, LongestPause)))];
        }
    }
}
