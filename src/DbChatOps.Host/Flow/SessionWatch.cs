using DbChatOps.Access;
using DbChatOps.Ledger;
using DbChatOps.Targets;

namespace DbChatOps.Host.Flow;

/// <summary>
/// Looks at the sessions of live logins every few seconds, for the receipt. What is new is written down; the rest is remembered in
/// <see cref="Sightings"/> until the end. Servers are looked at side by side, so that one that does not answer leaves no gap in another's receipts.
/// </summary>
public sealed class SessionWatch(
    ILedger ledger, ILoginEngine engine, Decider decider, Sightings sightings, Func<Rules> rules, TimeProvider clock, ILogger<SessionWatch> log)
    : Recurring(clock, log)
{
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(5);

    public Task LookAsync(CancellationToken ct) => Task.WhenAll(rules().Targets.Servers.Select(server => LookAsync(server, ct)));

    protected override async Task<TimeSpan> TurnAsync(CancellationToken ct)
    {
        await LookAsync(ct);
        return Between;
    }

    private async Task LookAsync(Server server, CancellationToken ct)
    {
        var query = new SnapshotQuery
        {
            Kind = "grant", Open = true, Server = server.Id.Value, States = [nameof(GrantState.Active), nameof(GrantState.Revoking)], Limit = 5000,
        };
        var grants = (await ledger.FindAsync<Grant>(query, ct)).Select(stored => stored.State).Where(grant => grant.ClaimedAt is not null)
            .ToDictionary(grant => grant.Login, StringComparer.Ordinal);
        var sight = grants.Count == 0 ? new SessionSight { Sessions = [] } : await engine.ObserveAsync(server, [.. grants.Keys], ct);
        foreach (var node in sightings.Looked(server, grants.Values, sight))
        {
            log.ServerUnreachable(server.Id.Value, sight.Silent[node]);
        }

        foreach (var seen in sight.Sessions.GroupBy(session => session.Login, StringComparer.Ordinal))
        {
            await decider.DecideAsync(new RecordSessions(grants[seen.Key].Id, [.. seen]), Principal.Bot, null, ct);
        }
    }
}
