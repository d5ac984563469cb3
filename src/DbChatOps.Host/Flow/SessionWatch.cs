using DbChatOps.Access;
using DbChatOps.Ledger;
using DbChatOps.Targets;

namespace DbChatOps.Host.Flow;

/// <summary>Samples the sessions of live logins for the receipt, every few seconds; only what is new is written down.</summary>
public sealed class SessionWatch(ILedger ledger, ILoginEngine engine, Decider decider, Func<Rules> rules, TimeProvider clock, ILogger<SessionWatch> log)
    : Recurring(clock, log)
{
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(5);

    public async Task LookAsync(CancellationToken ct)
    {
        foreach (var server in rules().Targets.Servers)
        {
            var query = new SnapshotQuery { Kind = "grant", Open = true, Server = server.Id.Value, States = [nameof(GrantState.Active)], Limit = 5000 };
            var grants = (await ledger.FindAsync<Grant>(query, ct)).Select(stored => stored.State).ToDictionary(grant => grant.Login, StringComparer.Ordinal);
            if (grants.Count == 0)
            {
                continue;
            }

            foreach (var seen in (await SessionsAsync(server, grants.Keys, ct)).GroupBy(session => session.Login, StringComparer.Ordinal))
            {
                await decider.DecideAsync(new RecordSessions(grants[seen.Key].Id, [.. seen]), Principal.Bot, null, ct);
            }
        }
    }

    protected override async Task<TimeSpan> TurnAsync(CancellationToken ct)
    {
        await LookAsync(ct);
        return Between;
    }

    /// <summary>A server that is down hides its own sessions only.</summary>
    private async Task<IReadOnlyList<LoginSession>> SessionsAsync(Server server, IEnumerable<string> logins, CancellationToken ct)
    {
        try
        {
            return await engine.ObserveAsync(server, [.. logins], ct);
        }
        catch (TargetUnavailableException fault)
        {
            log.ServerUnreachable(server.Id.Value, fault.Message);
            return [];
        }
    }
}
