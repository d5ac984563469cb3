using DbChatOps.Access;
using DbChatOps.Host.Flow;
using DbChatOps.Ledger;

namespace DbChatOps.Host.Operations.CommandLine;

/// <summary>
/// Ends grants without a running bot: whoever holds the store's lock works the engine lanes of their servers until each grant is proven gone or
/// time is up. The agenda is left alone; what is not finished here, the bot finishes at its next start.
/// </summary>
public sealed class DirectEnding(ILedger ledger, EngineLane lane, TimeProvider clock)
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    /// <summary>The grants as they stand when all are proven gone or <paramref name="patience"/> is over.</summary>
    public async Task<IReadOnlyList<Grant>> RunAsync(IReadOnlyList<GrantId> grants, TimeSpan patience, Action<Grant> progress, CancellationToken ct)
    {
        var deadline = clock.GetUtcNow() + patience;
        var attempts = 0;
        while (true)
        {
            var now = await LoadAsync(grants, ct);
            var open = now.Where(grant => grant.State == GrantState.Revoking).ToList();
            if (open.Count == 0 || clock.GetUtcNow() >= deadline)
            {
                return now;
            }

            var next = await WorkAsync(open, attempts++, ct);
            foreach (var grant in await LoadAsync([.. open.Select(grant => grant.Id)], ct))
            {
                progress(grant);
            }

            var pause = next - clock.GetUtcNow();
            if (pause > TimeSpan.Zero)
            {
                await Task.Delay(pause < LongestPause ? pause : LongestPause, clock, ct);
            }
        }
    }

    /// <summary>One step on every server, side by side. Returns when the next is worth trying.</summary>
    private async Task<DateTimeOffset> WorkAsync(IEnumerable<Grant> open, int attempts, CancellationToken ct)
    {
        var until = clock.GetUtcNow() + Agenda.ClaimFor;
        var results = await Task.WhenAll(open.GroupBy(grant => grant.Server).SelectMany(server => server.Chunk(50)).Select(grants =>
        {
            var rows = grants.Select(grant => new ClaimedRow(AccessConsequences.Converge(grant, clock.GetUtcNow()), 0, attempts));
            return lane.WorkAsync(new LaneClaim(Lanes.Engine(grants[0].Server), until, [.. rows]), ct);
        }));
        return results.SelectMany(result => result).Min(result => result.RetryAt) ?? clock.GetUtcNow();
    }

    private async Task<List<Grant>> LoadAsync(IReadOnlyList<GrantId> ids, CancellationToken ct)
    {
        List<Grant> grants = [];
        foreach (var id in ids)
        {
            if ((await ledger.LoadAsync<Grant>(id.ToString(), ct))?.State is { } grant)
            {
                grants.Add(grant);
            }
        }

        return grants;
    }
}
