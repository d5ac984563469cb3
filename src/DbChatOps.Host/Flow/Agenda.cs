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

    private const int RowsPerLane = 50;
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);
    private readonly IReadOnlyList<ILaneWorker> _workers = [.. workers];
    private readonly ConcurrentDictionary<string, Task> _underWay = new(StringComparer.Ordinal);

    /// <summary>Called whenever a lane was released; the pulse looks for more work then.</summary>
    public Action? LaneReleased { get; set; }

    /// <summary>Work that was started and has not ended.</summary>
    public IReadOnlyCollection<Task> UnderWay => [.. _underWay.Values];

    /// <summary>Starts work on every free lane that has due rows. Returns how many were started; does not wait for them.</summary>
    public async Task<int> StartDueAsync(CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var claims = await store.ClaimDueLanesAsync(now, now + ClaimFor, RowsPerLane, ct);
        foreach (var claim in claims)
        {
            _underWay[claim.Lane] = WorkAsync(claim, ct);
        }

        return claims.Count;
    }

    private async Task WorkAsync(LaneClaim claim, CancellationToken ct)
    {
        await Task.Yield();
        IReadOnlyList<RowResult> results;
        try
        {
            var worker = _workers.FirstOrDefault(candidate => claim.Lane.StartsWith(candidate.LanePrefix, StringComparison.Ordinal))
                ?? throw new InvalidOperationException($"Nobody works lane {claim.Lane}.");
            results = await worker.WorkAsync(claim, ct);
        }
        catch (Exception fault)
        {
            if (!ct.IsCancellationRequested)
            {
                log.LaneFailed(claim.Lane, claim.Rows.Count, fault);
            }

            results = [.. claim.Rows.Select(row => new RowResult(row, clock.GetUtcNow() + Backoff.After(row.Attempts, LongestPause)))];
        }

        _underWay.TryRemove(claim.Lane, out _);
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
}
