using DbChatOps.Access;
using DbChatOps.Ledger;
using DbChatOps.Targets;

namespace DbChatOps.Host.Flow;

/// <summary>Samples the sessions of live logins for the receipt, every few seconds; only what is new is written down.</summary>
public sealed class SessionWatch(ILedger ledger, ILoginEngine engine, Decider decider, Func<Rules> rules, TimeProvider clock, ILogger<SessionWatch> log) : BackgroundService
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

            var sessions = await engine.ObserveAsync(server, [.. grants.Keys], ct);
            foreach (var seen in sessions.GroupBy(session => session.Login, StringComparer.Ordinal))
            {
                await decider.DecideAsync(new RecordSessions(grants[seen.Key].Id, [.. seen]), Principal.Bot, null, ct);
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await LookAsync(stoppingToken);
            }
            catch (Exception fault) when (fault is TargetUnavailableException or LedgerUnavailableException)
            {
                log.ServerUnreachable("any", fault.Message);
            }

            await Task.Delay(Between, clock, stoppingToken);
        }
    }
}
