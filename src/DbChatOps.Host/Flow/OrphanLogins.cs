using System.Collections.Concurrent;
using DbChatOps.Access;
using DbChatOps.Ledger;
using DbChatOps.Targets;

namespace DbChatOps.Host.Flow;

/// <summary>
/// Logins on a server that no open grant owes. Ours are ended, and the card of a closed grant says so. Those that the server's set-up made and whose mark does
/// not verify are shut and left for people: somebody holds the bot's login and not its key. What was made by other means is only reported.
/// </summary>
internal sealed class OrphanLogins(ILedger ledger, ILoginEngine engine, Decider decider, CatalogTurns turns)
{
    /// <summary>Shut, and without a session at that time.</summary>
    private readonly ConcurrentDictionary<(ServerId Server, uint Oid), byte> _shut = new();

    /// <summary>Begun and not proven gone: a dropped login is no longer listed, and must still be proven.</summary>
    private readonly ConcurrentDictionary<(ServerId Server, string Login), ManagedLogin> _begun = new();

    /// <summary>Forged ones that the last comparison could not shut wholly.</summary>
    private readonly ConcurrentDictionary<ServerId, bool> _shutting = new();

    /// <summary>Whether something on this server is not ended yet that no grant owes.</summary>
    public bool IsEnding(ServerId server) => _shutting.GetValueOrDefault(server) || _begun.Keys.Any(key => key.Server == server);

    public async Task<IReadOnlyList<ReconcileFinding>> CompareAsync(
        Server server, IReadOnlyList<ManagedLogin> found, IReadOnlyDictionary<string, Grant> owed, bool dryRun, CancellationToken ct)
    {
        var strays = found.Where(login => login.MacVerifies && !owed.ContainsKey(login.Name)).ToList();
        var forged = found.Where(static login => login is { MacVerifies: false, IsRecorded: true }).ToList();
        var others = found.Where(static login => login is { MacVerifies: false, IsRecorded: false });
        if (dryRun)
        {
            return
            [
                .. strays.Select(stray => new ReconcileFinding(server.Id, stray.Name, ReconcileKind.Stray, $"{stray.Name} is ours and owed to no grant: it would be ended.")),
                .. forged.Select(login => Forged(server, login, login.IsLocked ? "It is locked." : "It would be locked and stripped, and its sessions ended.")),
                .. others.Select(login => LooksLikeOurs(server, login)),
            ];
        }

        // The forged ones first: they are somebody's on purpose.
        var shut = await ShutAsync(server, forged, ct);
        _shutting[server.Id] = shut.Any(static pair => pair.Report is { Stage: not RevocationStage.Contained });
        strays.ForEach(stray => _begun[(server.Id, stray.Name)] = stray);
        var ended = await EndAsync(server, [.. _begun.Where(pair => pair.Key.Server == server.Id && !owed.ContainsKey(pair.Key.Login)).Select(static pair => pair.Value)], ct);
        return
        [
            .. shut.Select(pair => Forged(server, pair.Login, Said(pair.Report))),
            .. ended.Select(pair => Stray(server, pair.Report)),
            .. others.Select(login => LooksLikeOurs(server, login)),
        ];
    }

    private async Task<IReadOnlyList<(ManagedLogin Login, RevocationReport Report)>> EndAsync(Server server, List<ManagedLogin> strays, CancellationToken ct)
    {
        if (strays.Count == 0)
        {
            return [];
        }

        var request = new EndLogins { Server = server, Logins = [.. strays.Select(static stray => new EndingLogin(stray.Name, stray.Oid))] };
        var reports = await turns.TakeAsync(server.Id, () => engine.EndAsync(request, ct), ct);
        var ended = strays.Join(reports, static stray => stray.Name, static report => report.Login, static (stray, report) => (stray, report), StringComparer.Ordinal).ToList();
        foreach (var (stray, report) in ended)
        {
            await CorrectCardAsync(stray, report, ct);
            if (report.Stage == RevocationStage.ProvenGone)
            {
                _begun.TryRemove((server.Id, stray.Name), out _);
            }
        }

        return ended;
    }

    /// <summary>Its grant may be closed as something that did not happen, such as "never claimed".</summary>
    private async Task CorrectCardAsync(ManagedLogin stray, RevocationReport report, CancellationToken ct)
    {
        var query = new SnapshotQuery { Kind = Grant.Kind, Login = stray.Name, Limit = 1 };
        if (await ledger.FindAsync<Grant>(query, ct) is [{ State: var grant }])
        {
            await decider.DecideAsync(new NoteFoundAgain(grant.Id, stray, report.Proof), Principal.Bot, null, ct);
        }
    }

    private async Task<IReadOnlyList<(ManagedLogin Login, RevocationReport? Report)>> ShutAsync(Server server, List<ManagedLogin> forged, CancellationToken ct)
    {
        var open = forged.Where(login => !login.IsLocked || !_shut.ContainsKey((server.Id, login.Oid))).ToList();
        if (open.Count == 0)
        {
            return [.. forged.Select(static login => (login, (RevocationReport?)null))];
        }

        var request = new EndLogins { Server = server, Logins = [.. open.Select(static login => new EndingLogin(login.Name, login.Oid) { OnlyShut = true })] };
        var reports = (await turns.TakeAsync(server.Id, () => engine.EndAsync(request, ct), ct)).ToDictionary(static report => report.Login, StringComparer.Ordinal);
        foreach (var login in open.Where(login => reports.GetValueOrDefault(login.Name) is { Stage: RevocationStage.Contained }))
        {
            _shut[(server.Id, login.Oid)] = 0;
        }

        return [.. forged.Select(login => (login, reports.GetValueOrDefault(login.Name)))];
    }

    private static string Said(RevocationReport? report) => report is null or { Stage: RevocationStage.Contained }
        ? "It is locked and stripped, and has no session."
        : $"It is being locked and stripped, and its sessions ended ({report.Stage}; {string.Join("; ", report.Blockers)}).";

    private static ReconcileFinding Stray(Server server, RevocationReport report) => new(
        server.Id,
        report.Login,
        ReconcileKind.Stray,
        report.Stage == RevocationStage.ProvenGone
            ? $"{report.Login} was ours and owed to no grant: ended, proven gone."
            : $"{report.Login} is ours and owed to no grant: ending it ({report.Stage}; {string.Join("; ", report.Blockers)}).");

    private static ReconcileFinding Forged(Server server, ManagedLogin login, string done) => new(
        server.Id,
        login.Name,
        ReconcileKind.Forged,
        $"{login.Name} was made with the bot's own login, but its mark does not verify: somebody uses the bot's password without its key, or Instance.Key was changed. {done} Change the bot's password, find out who made the role, then drop it.");

    private static ReconcileFinding LooksLikeOurs(Server server, ManagedLogin login) =>
        new(server.Id, login.Name, ReconcileKind.LooksLikeOurs, $"{login.Name} looks like ours but is not: its mark does not verify. It was not touched.");
}
