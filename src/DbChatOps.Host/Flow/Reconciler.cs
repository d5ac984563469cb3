using System.Globalization;
using DbChatOps.Access;
using DbChatOps.Ledger;
using DbChatOps.Targets;

namespace DbChatOps.Host.Flow;

/// <summary>
/// Compares the logins on each server with the grants in the ledger. The server is listed first and the ledger read after, so that a login made
/// in between is never mistaken for a stray, nor a password set in between for somebody else's.
/// </summary>
public sealed class Reconciler(
    ILedger ledger, ILoginEngine engine, Decider decider, CatalogTurns turns, RestoreWatch restores, Alarms alarms, Func<Rules> rules, TimeProvider clock, ILogger<Reconciler> log)
    : Recurring(clock, log)
{
    private const string LooksLikeOurs = "lookalike:";
    private const string Forged = "forged:";
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(60);
    private readonly OrphanLogins _orphans = new(ledger, engine, decider, turns);
    private readonly LiveLogins _live = new(engine, decider, turns, restores, clock);

    /// <summary>Whether the last comparison left a login on this server that is not ended yet and that no grant owes.</summary>
    public bool IsEnding(ServerId server) => _orphans.IsEnding(server);

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
            if (TellOf(finding) is { } key)
            {
                await alarms.TellAsync(key, finding.Server.Value, finding.Message, ct);
            }
        }

        var lasting = findings.Where(static finding => RaiseOf(finding) is not null).DistinctBy(RaiseOf, StringComparer.Ordinal).ToDictionary(static finding => RaiseOf(finding) ?? "", StringComparer.Ordinal);
        foreach (var (key, finding) in lasting)
        {
            await alarms.RaiseAsync(key, finding.Server.Value, finding.Message, ct);
        }

        if (findings.All(finding => finding.Kind != ReconcileKind.ServerUnreachable))
        {
            foreach (var prefix in new[] { LooksLikeOurs, Forged, OtherEnd.Prefix })
            {
                await alarms.ResolveOthersAsync(prefix, lasting.Keys.ToHashSet(StringComparer.Ordinal), ct);
            }
        }
    }

    /// <summary>What is told once for each login or dropped role; null for what is not.</summary>
    private static string? TellOf(ReconcileFinding finding) => finding.Kind switch
    {
        ReconcileKind.Stray => $"stray:{finding.Login}",
        ReconcileKind.LoginLost => $"login_lost:{finding.Login}",
        ReconcileKind.LockedElsewhere => $"locked_elsewhere:{finding.Login}",
        ReconcileKind.RevealedElsewhere => $"revealed_elsewhere:{finding.Login}",
        ReconcileKind.RevealTakenOver => $"reveal_taken_over:{finding.Login}",
        ReconcileKind.Ghost => $"ghost:{finding.Server}:{finding.Oid}",
        _ => null,
    };

    /// <summary>What pages for as long as it is so; null for what does not.</summary>
    private static string? RaiseOf(ReconcileFinding finding) => finding.Kind switch
    {
        ReconcileKind.LooksLikeOurs => $"{LooksLikeOurs}{finding.Server}:{finding.Login}",
        ReconcileKind.Forged => $"{Forged}{finding.Server}:{finding.Login}",
        ReconcileKind.EndMovedLater => OtherEnd.Prefix + finding.Login,
        _ => null,
    };

    private async Task<IReadOnlyList<ReconcileFinding>> CompareAsync(Server server, bool dryRun, CancellationToken ct)
    {
        var found = await engine.ListAsync(server, ct);
        var restored = dryRun ? await RestoreWatch.FindAsync(engine, ledger, server, ct) : await restores.CompareAsync(server, ct);
        var query = new SnapshotQuery { Kind = "grant", Open = true, Server = server.Id.Value, Limit = 5000 };
        var owed = (await ledger.FindAsync<Grant>(query, ct)).Select(stored => stored.State).ToDictionary(grant => grant.Login, StringComparer.Ordinal);
        return
        [
            .. restored is null ? [] : new[] { new ReconcileFinding(server.Id, restored.Login, ReconcileKind.StoreRestored, RestoreWatch.Sentence(server.Id, restored)) },
            .. await _orphans.CompareAsync(server, found, owed, dryRun, ct),
            .. await _live.CompareAsync(server, found, owed, restored is not null, dryRun, ct),
            .. await EndGhostsAsync(server, owed.Values, dryRun, ct),
        ];
    }

    /// <summary>
    /// Sessions whose role is gone and that no open grant answers for: what came to light after a proof, or a role that a DBA dropped under its sessions. Those of
    /// temporary logins are ended; others are not ours to end.
    /// </summary>
    private async Task<IEnumerable<ReconcileFinding>> EndGhostsAsync(Server server, IEnumerable<Grant> owed, bool dryRun, CancellationToken ct)
    {
        var request = new EndGhosts { Server = server, Except = [.. owed.Select(grant => grant.Oid).OfType<uint>()], OnlyLook = dryRun };
        return (await engine.EndGhostsAsync(request, ct)).GroupBy(ghost => ghost.Oid).Select(ghosts => new ReconcileFinding(
            server.Id,
            null,
            ReconcileKind.Ghost,
            $"A role that is gone (OID {ghosts.Key}) still had {Sessions(ghosts)} on {string.Join(", ", ghosts.Select(ghost => ghost.Node).Distinct(StringComparer.Ordinal))}: {OutcomeOf(ghosts, dryRun)}")
        { Oid = ghosts.Key });
    }

    private static string OutcomeOf(IEnumerable<GhostSession> ghosts, bool dryRun) => !ghosts.All(static ghost => ghost.IsOurs)
        ? $"the role was not a temporary login, so the bot does not end them; as a superuser there: {string.Join("; ", ghosts.Select(static ghost => $"SELECT pg_terminate_backend({ghost.ProcessId})"))}"
        : dryRun ? "they would be ended." : "they were ended.";

    private static string Sessions(IEnumerable<GhostSession> ghosts) =>
        string.Join(", ", ghosts.Select(ghost => string.Create(CultureInfo.InvariantCulture, $"session {ghost.ProcessId} from {ghost.ClientAddress ?? "the local socket"} since {ghost.StartedAt.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC")));
}
