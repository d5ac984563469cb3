using DbChatOps.Access;
using DbChatOps.Chat;
using DbChatOps.Targets;

namespace DbChatOps.Host.Flow;

/// <summary>
/// Live grants whose login is not as the ledger has it: gone, locked by hand, with a password that the ledger did not ask for, or with another end. What can
/// be done in the safe direction is done: the shorter end wins.
/// </summary>
internal sealed class LiveLogins(ILoginEngine engine, Decider decider, CatalogTurns turns, RestoreWatch restores, TimeProvider clock)
{
    /// <summary>A login younger than this may still be on its way into the ledger's next step.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(15);

    /// <summary>One comparison; with <paramref name="dryRun"/> nothing is written or ended.</summary>
    /// <param name="found">Read from the server before <paramref name="owed"/> was read from the ledger.</param>
    /// <param name="owed">Open grants by login.</param>
    /// <param name="isRestored">The store is known to be older than this server.</param>
    public async Task<IReadOnlyList<ReconcileFinding>> CompareAsync(
        Server server, IReadOnlyList<ManagedLogin> found, IReadOnlyDictionary<string, Grant> owed, bool isRestored, bool dryRun, CancellationToken ct)
    {
        var findings = new List<ReconcileFinding>();
        foreach (var login in found.Where(static login => login.MacVerifies))
        {
            if (owed.GetValueOrDefault(login.Name) is not { State: not GrantState.Revoking } grant)
            {
                continue;
            }

            var finding = login.Generation > grant.Generation ? await FoundRevealAsync(server, login, grant, isRestored, dryRun, ct)
                : grant.State == GrantState.Provisioning ? null
                : IsLockedByHand(login) ? LockedElsewhere(server, login, grant)
                : grant is { State: GrantState.Active, Expiry: { } expiry } && (grant.HasOtherEndOnServer || ServersEnd.Differs(ServersEnd.Said(login.ValidUntil), expiry))
                    ? await OtherEndAsync(server, grant, expiry, dryRun, ct)
                : null;
            findings.AddRange(finding is null ? [] : [finding]);
        }

        return [.. await EndLostAsync(server, owed.Values, found, dryRun, ct), .. findings];
    }

    private async Task<ReconcileFinding> FoundRevealAsync(Server server, ManagedLogin login, Grant grant, bool isRestored, bool dryRun, CancellationToken ct)
    {
        var byCopy = restores.IsByCopy(grant, login.FirstRevealedAt, isRestored);
        if (!dryRun)
        {
            await decider.DecideAsync(new RecordFoundReveal(grant.Id, ReadingOf(login), byCopy), Principal.Bot, null, ct);
        }

        return byCopy
            ? new ReconcileFinding(server.Id, login.Name, ReconcileKind.RevealTakenOver,
                $"{grant.Id.Handle}: a copy of this bot, whose ledger is gone, set a password for {login.Name}{When(login.FirstRevealedAt)}. {(dryRun ? "Its window would be" : "Its window was")} taken over, with the earliest end that is known. If no store was restored, somebody else did it: change the bot's password.")
            : new ReconcileFinding(server.Id, login.Name, ReconcileKind.RevealedElsewhere,
                $"{grant.Id.Handle}: somebody other than this bot set a password for {login.Name}, with the bot's own login. {(dryRun ? "The access would be" : "The access was")} ended. Change the bot's password.");
    }

    /// <summary>The same login as it is read alone.</summary>
    public static LoginReading ReadingOf(ManagedLogin login) => new()
    {
        Presence = login.CanLogin ? LoginPresence.Login : LoginPresence.NoLogin,
        Oid = login.Oid,
        ValidUntil = login.ValidUntil,
        Generation = login.Generation,
        FirstRevealedAt = login.FirstRevealedAt,
    };

    private static bool IsLockedByHand(ManagedLogin login) => login.IsLocked || (!login.CanLogin && login.Generation > 0);

    /// <summary>
    /// It is left alone: whoever locked it had a reason, and the window goes on to its end. The bot locks only what the ledger already calls ending, so what was
    /// locked when it was listed and is live in the ledger after, it did not lock.
    /// </summary>
    private ReconcileFinding? LockedElsewhere(Server server, ManagedLogin login, Grant grant) => (grant.LatestPossibleEnd ?? grant.ClaimBy) <= clock.GetUtcNow()
        ? null
        : new ReconcileFinding(
            server.Id, login.Name, ReconcileKind.LockedElsewhere, $"{grant.Id.Handle} is live, but its login {login.Name} was locked on the server by somebody else. It was not touched.");

    /// <summary>
    /// Read once more, after the ledger: what is earlier than the ledger has ever written was then set by somebody else. Null for an extension or a reveal that
    /// is on its way.
    /// </summary>
    private async Task<ReconcileFinding?> OtherEndAsync(Server server, Grant grant, DateTimeOffset expiry, bool dryRun, CancellationToken ct)
    {
        var reading = await turns.TakeAsync(server.Id, () => engine.ReadAsync(server, grant.Login, ct), ct);
        var said = ServersEnd.Said(reading.ValidUntil);
        if (reading.Presence != LoginPresence.Login || reading.Generation != grant.Generation || grant.Revealing is not null)
        {
            return null;
        }

        if (!dryRun)
        {
            var decided = await decider.DecideAsync(new NoteServersEnd(grant, said), Principal.Bot, null, ct);
            if (decided.TryGet(out var done, out _) && done.State is Grant next)
            {
                grant = next;
            }
        }

        if (ServersEnd.IsLater(said, grant.Expiry ?? expiry))
        {
            return grant.State != GrantState.Active ? null : new ReconcileFinding(server.Id, grant.Login, ReconcileKind.EndMovedLater, OtherEnd.Sentence(grant, said, expiry));
        }

        var isShorter = dryRun ? grant.ValidUntil is { } written && ServersEnd.IsEarlier(said, written) : grant.Expiry < expiry;
        return isShorter
            ? new ReconcileFinding(server.Id, grant.Login, ReconcileKind.EndMovedEarlier,
                $"{grant.Id.Handle}: somebody set an earlier end for {grant.Login} on the server, {PlainText.Utc(said)}; approved was {PlainText.Utc(expiry)}. {(dryRun ? "The grant would follow it." : "The grant follows it, and its holder was told.")}")
            : null;
    }

    /// <summary>Live grants whose login is gone: removed by hand, or the server was restored to an earlier time.</summary>
    private async Task<IReadOnlyList<ReconcileFinding>> EndLostAsync(
        Server server, IEnumerable<Grant> owed, IReadOnlyList<ManagedLogin> found, bool dryRun, CancellationToken ct)
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
            if (!dryRun)
            {
                await decider.DecideAsync(new EndGrant(grant.Id, EndReason.LoginLost, why), Principal.Bot, null, ct);
            }

            var done = dryRun ? "it would be ended" : "ended";
            findings.Add(new ReconcileFinding(server.Id, grant.Login, ReconcileKind.LoginLost, $"{grant.Id.Handle} is live, but {why}: {done}."));
        }

        return findings;
    }

    private static string When(DateTimeOffset? at) => at is { } time ? $" at {PlainText.Utc(time)}" : "";
}
