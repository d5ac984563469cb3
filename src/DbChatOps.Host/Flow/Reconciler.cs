using System.Globalization;
using DbChatOps.Access;
using DbChatOps.Ledger;
using DbChatOps.Targets;

namespace DbChatOps.Host.Flow;

/// <summary>
/// Compares the logins on each server with the grants in the ledger. The server is listed first and the ledger read after, so that a login made
/// in between is never mistaken for a stray. Only logins whose MAC verifies are touched.
/// </summary>
public sealed class Reconciler(
    ILedger ledger, ILoginEngine engine, Decider decider, CatalogTurns turns, Alarms alarms, Func<Rules> rules, TimeProvider clock, ILogger<Reconciler> log)
    : Recurring(clock, log)
{
    private const string LooksLikeOurs = "lookalike:";
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(60);

    /// <summary>A login younger than this may still be on its way into the ledger's next step.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(15);

    private readonly TimeProvider _clock = clock;

    /// <summary>One comparison of every server, and what it asks for done. Never throws for a server that cannot be reached; it is named in the findings.</summary>
    public async Task<IReadOnlyList<ReconcileFinding>> LookAsync(CancellationToken ct)
    {
        var findings = await CompareAsync(dryRun: false, ct);
        foreach (var finding in findings)
        {
            log.Reconciled(finding.Server.Value, finding.Message);
        }

        await PageAsync(findings, ct);
        return findings;
    }

    /// <summary>The same comparison; with <paramref name="dryRun"/> nothing is ended and nobody is paged.</summary>
    public async Task<IReadOnlyList<ReconcileFinding>> CompareAsync(bool dryRun, CancellationToken ct)
    {
        var findings = new List<ReconcileFinding>();
        foreach (var server in rules().Targets.Servers)
        {
            try
            {
                findings.AddRange(await CompareAsync(server, dryRun, ct));
            }
            catch (TargetUnavailableException fault)
            {
                findings.Add(new ReconcileFinding(server.Id, null, ReconcileKind.ServerUnreachable, fault.Message));
            }
        }

        return findings;
    }

    protected override async Task<TimeSpan> TurnAsync(CancellationToken ct)
    {
        await LookAsync(ct);
        return Between;
    }

    private async Task PageAsync(IReadOnlyList<ReconcileFinding> findings, CancellationToken ct)
    {
        foreach (var finding in findings)
        {
            if (PageOf(finding) is { } key)
            {
                await alarms.TellAsync(key, finding.Server.Value, finding.Message, ct);
            }
        }

        var lookalikes = findings.Where(finding => finding.Kind == ReconcileKind.LooksLikeOurs)
            .ToDictionary(finding => $"{LooksLikeOurs}{finding.Server}:{finding.Login}", StringComparer.Ordinal);
        foreach (var (key, finding) in lookalikes)
        {
            await alarms.RaiseAsync(key, finding.Server.Value, finding.Message, ct);
        }

        if (findings.All(finding => finding.Kind != ReconcileKind.ServerUnreachable))
        {
            await alarms.ResolveOthersAsync(LooksLikeOurs, lookalikes.Keys.ToHashSet(StringComparer.Ordinal), ct);
        }
    }

    /// <summary>What is told once for each login or dropped role; null for what is not.</summary>
    private static string? PageOf(ReconcileFinding finding) => finding.Kind switch
    {
        ReconcileKind.Stray => $"stray:{finding.Login}",
        ReconcileKind.LoginLost => $"login_lost:{finding.Login}",
        ReconcileKind.LockedElsewhere => $"locked_elsewhere:{finding.Login}",
        ReconcileKind.Ghost => $"ghost:{finding.Server}:{finding.Oid}",
        _ => null,
    };

    private async Task<IReadOnlyList<ReconcileFinding>> CompareAsync(Server server, bool dryRun, CancellationToken ct)
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

        findings.AddRange(await EndStraysAsync(server, strays, dryRun, ct));
        findings.AddRange(await EndLostAsync(server, owed.Values, found, dryRun, ct));
        findings.AddRange(LockedElsewhere(server, owed, found));
        findings.AddRange(await EndGhostsAsync(server, owed.Values, dryRun, ct));
        return findings;
    }

    /// <summary>Sessions whose role is gone and that no open grant answers for: what came to light after a proof, or a role that a DBA dropped under its sessions.</summary>
    private async Task<IEnumerable<ReconcileFinding>> EndGhostsAsync(Server server, IEnumerable<Grant> owed, bool dryRun, CancellationToken ct)
    {
        var request = new EndGhosts { Server = server, Except = [.. owed.Select(grant => grant.Oid).OfType<uint>()], OnlyLook = dryRun };
        return (await engine.EndGhostsAsync(request, ct)).GroupBy(ghost => ghost.Oid).Select(ghosts => new ReconcileFinding(
            server.Id,
            null,
            ReconcileKind.Ghost,
            $"A role that is gone (OID {ghosts.Key}) still had {Sessions(ghosts)} on {string.Join(", ", ghosts.Select(ghost => ghost.Node).Distinct(StringComparer.Ordinal))}: {(dryRun ? "they would be" : "they were")} ended.")
        { Oid = ghosts.Key });
    }

    private static string Sessions(IEnumerable<GhostSession> ghosts) =>
        string.Join(", ", ghosts.Select(ghost => string.Create(CultureInfo.InvariantCulture, $"session {ghost.ProcessId} from {ghost.ClientAddress ?? "the local socket"} since {ghost.StartedAt.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC")));

    /// <summary>
    /// Live grants whose login somebody locked by hand. It is left alone: whoever did that had a reason, and the window goes on to its end.
    /// The bot locks only what the ledger already calls ending, so what was locked when it was listed and is live in the ledger after, it did not lock.
    /// </summary>
    private IEnumerable<ReconcileFinding> LockedElsewhere(Server server, Dictionary<string, Grant> owed, IReadOnlyList<ManagedLogin> found)
    {
        foreach (var login in found.Where(static login => login.MacVerifies && (login.IsLocked || (!login.CanLogin && login.Generation > 0))))
        {
            if (owed.GetValueOrDefault(login.Name) is { State: GrantState.Ready or GrantState.Active } grant
                && (grant.LatestPossibleEnd ?? grant.ClaimBy) > _clock.GetUtcNow())
            {
                yield return new ReconcileFinding(
                    server.Id, login.Name, ReconcileKind.LockedElsewhere, $"{grant.Id.Handle} is live, but its login {login.Name} was locked on the server by somebody else. It was not touched.");
            }
        }
    }

    /// <summary>Ours by its mark, but no live grant owes it: a restored backup, a lost ledger, or a crash that nothing else found.</summary>
    private async Task<IReadOnlyList<ReconcileFinding>> EndStraysAsync(Server server, List<ManagedLogin> strays, bool dryRun, CancellationToken ct)
    {
        if (strays.Count == 0 || dryRun)
        {
            return [.. strays.Select(stray => new ReconcileFinding(
                server.Id, stray.Name, ReconcileKind.Stray, $"{stray.Name} is ours and owed to no grant: it would be ended."))];
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
        Server server, IEnumerable<Grant> owed, IReadOnlyList<ManagedLogin> found, bool dryRun, CancellationToken ct)
    {
        var names = found.Select(login => login.Name).ToHashSet(StringComparer.Ordinal);
        var findings = new List<ReconcileFinding>();
        foreach (var grant in owed.Where(grant => grant.State is GrantState.Ready or GrantState.Active && !names.Contains(grant.Login)))
        {
            if (_clock.GetUtcNow() - grant.OpenedAt < Settling)
            {
                continue;
            }

            var why = $"its login {grant.Login} is no longer on {server.Id}";
            if (!dryRun)
            {
                await decider.DecideAsync(new EndGrant(grant.Id, EndReason.LoginLost, why), Principal.Bot, null, ct);
            }

            var done = dryRun ? "it would be ended" : "ended";
            findings.Add(new ReconcileFinding(server.Id, grant.Login, ReconcileKind.LoginLost, $"{grant.Id.Handle} is live, but {why}: {done}."));
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
    LockedElsewhere = 4,

    /// <summary>Sessions of a role that is gone.</summary>
    Ghost = 5,
}

/// <summary>One difference between a server and the ledger, and what was done about it.</summary>
public sealed record ReconcileFinding(ServerId Server, string? Login, ReconcileKind Kind, string Message)
{
    /// <summary>The dropped role, where nothing else is known of it.</summary>
    public uint? Oid { get; init; }
}
