using DbChatOps.Access;
using DbChatOps.Ledger;
using DbChatOps.Targets;

namespace DbChatOps.Host.Flow;

/// <summary>
/// Compares the logins on each server with the grants in the ledger. The server is listed first and the ledger read after, so that a login made
/// in between is never mistaken for a stray. Only logins whose MAC verifies are touched.
/// </summary>
public sealed class Reconciler(
    ILedger ledger, ILoginEngine engine, Decider decider, CatalogTurns turns, Func<Rules> rules, TimeProvider clock, ILogger<Reconciler> log) : BackgroundService
{
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(60);

    /// <summary>A login younger than this may still be on its way into the ledger's next step.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(15);

    /// <summary>One comparison of every server. Never throws for a server that cannot be reached; it is named in the findings.</summary>
    public async Task<IReadOnlyList<ReconcileFinding>> LookAsync(CancellationToken ct)
    {
        var findings = new List<ReconcileFinding>();
        foreach (var server in rules().Targets.Servers)
        {
            try
            {
                findings.AddRange(await LookAsync(server, ct));
            }
            catch (TargetUnavailableException fault)
            {
                findings.Add(new ReconcileFinding(server.Id, null, ReconcileKind.ServerUnreachable, fault.Message));
            }
        }

        foreach (var finding in findings)
        {
            log.Reconciled(finding.Server.Value, finding.Message);
        }

        return findings;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await LookAsync(stoppingToken);
            }
            catch (LedgerUnavailableException fault)
            {
                log.AgendaUnreadable(fault);
            }

            await Task.Delay(Between, clock, stoppingToken);
        }
    }

    private async Task<IReadOnlyList<ReconcileFinding>> LookAsync(Server server, CancellationToken ct)
    {
        var found = await engine.ListAsync(server, ct);
        var query = new SnapshotQuery { Kind = "grant", Open = true, Server = server.Id.Value, Limit = 5000 };
        var owed = (await ledger.FindAsync<Grant>(query, ct)).Select(stored => stored.State).ToDictionary(grant => grant.Login, StringComparer.Ordinal);

        var findings = new List<ReconcileFinding>();
        var strays = new List<ManagedLogin>();
        foreach (var login in found)
        {
            if (!login.MacVerifies)
            {
                findings.Add(new ReconcileFinding(server.Id, login.Name, ReconcileKind.LooksLikeOurs, $"{login.Name} looks like ours but is not: its mark does not verify. It was not touched."));
            }
            else if (!owed.ContainsKey(login.Name))
            {
                strays.Add(login);
            }
        }

        findings.AddRange(await EndStraysAsync(server, strays, ct));
        findings.AddRange(await EndLostAsync(server, owed.Values, found, ct));
        return findings;
    }

    /// <summary>Ours by its mark, but no live grant owes it: a restored backup, a lost ledger, or a crash that nothing else found.</summary>
    private async Task<IReadOnlyList<ReconcileFinding>> EndStraysAsync(Server server, List<ManagedLogin> strays, CancellationToken ct)
    {
        if (strays.Count == 0)
        {
            return [];
        }

        var request = new EndLogins { Server = server, Logins = [.. strays.Select(stray => new EndingLogin(stray.Name, stray.Oid))] };
        var reports = await turns.TakeAsync(server.Id, () => engine.EndAsync(request, ct), ct);
        return [.. reports.Select(report => new ReconcileFinding(
            server.Id,
            report.Login,
            ReconcileKind.Stray,
            report.Stage == RevocationStage.ProvenGone
                ? $"{report.Login} was ours and owed to no grant: ended, proven gone."
                : $"{report.Login} is ours and owed to no grant: ending it ({report.Stage}; {string.Join("; ", report.Blockers)})."))];
    }

    /// <summary>Live grants whose login is gone: removed by hand, or the server was restored to an earlier time.</summary>
    private async Task<IReadOnlyList<ReconcileFinding>> EndLostAsync(
        Server server, IEnumerable<Grant> owed, IReadOnlyList<ManagedLogin> found, CancellationToken ct)
    {
        var names = found.Select(login => login.Name).ToHashSet(StringComparer.Ordinal);
        var findings = new List<ReconcileFinding>();
        foreach (var grant in owed.Where(grant => grant.State is GrantState.Ready or GrantState.Active && !names.Contains(grant.Login)))
        {
            if (clock.GetUtcNow() - grant.OpenedAt < Settling)
            {
                continue;
            }

            var why = $"its login {grant.Login} is no longer on {server.Id}";
            await decider.DecideAsync(new EndGrant(grant.Id, EndReason.Failed, why), Principal.Bot, null, ct);
            findings.Add(new ReconcileFinding(server.Id, grant.Login, ReconcileKind.LoginLost, $"{grant.Id.Handle} was live, but {why}: ended."));
        }

        return findings;
    }
}

public enum ReconcileKind
{
    Stray = 0,
    LoginLost = 1,
    LooksLikeOurs = 2,
    ServerUnreachable = 3,
}

/// <summary>One difference between a server and the ledger, and what was done about it.</summary>
public sealed record ReconcileFinding(ServerId Server, string? Login, ReconcileKind Kind, string Message);
