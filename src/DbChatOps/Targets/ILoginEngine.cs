namespace DbChatOps.Targets;

/// <summary>
/// A database engine's power over temporary logins. Every method may be repeated: an existing login of ours is success for making,
/// an absent one is success for ending. Nothing is cached between calls but connections.
/// </summary>
public interface ILoginEngine
{
    /// <summary>Reads the writer's identity and clock.</summary>
    /// <exception cref="TargetUnavailableException">The writer cannot be reached.</exception>
    Task<ServerIdentity> IdentifyAsync(Server server, CancellationToken ct);

    /// <summary>Everything <c>check</c> wants to know: missing rights with the exact statement that cures them, unlisted standbys, reach of standing roles.</summary>
    Task<ServerInspection> InspectAsync(Server server, IReadOnlyList<Target> targets, CancellationToken ct);

    /// <summary>
    /// Makes the login without LOGIN and without password, in one transaction, fenced by <see cref="ProvisionLogin.NotAfter"/> against the server's clock.
    /// Refuses (never throws) with <c>wrong_server</c>, <c>clock_skew</c>, <c>too_late</c>, <c>cap_reached</c>, <c>name_taken</c>, <c>role_not_listed</c>, <c>setup_missing</c>.
    /// </summary>
    Task<Result<ProvisionedLogin>> EnsureAsync(ProvisionLogin request, CancellationToken ct);

    /// <summary>
    /// Sets LOGIN, verifier and VALID UNTIL together; fenced by the server clock and by the generation (an older one refuses <c>stale_generation</c>).
    /// Refuses too with <c>wrong_server</c>, <c>too_late</c>, <c>login_gone</c>, <c>login_locked</c>, <c>window_too_long</c>, <c>setup_missing</c>.
    /// </summary>
    Task<Result<HandedOver>> HandOverAsync(HandOverLogin request, CancellationToken ct);

    /// <summary>Moves VALID UNTIL later without touching password or sessions. Refuses <c>too_late</c>, <c>login_gone</c>,
    /// <c>login_locked</c>, <c>not_handed_over</c>, <c>window_too_long</c>, <c>wrong_server</c>, <c>setup_missing</c>.</summary>
    Task<Result<HandedOver>> ExtendAsync(ExtendLogin request, CancellationToken ct);

    /// <summary>Reads one login back: absent, NOLOGIN, or LOGIN until a time, and which generation.</summary>
    Task<LoginReading> ReadAsync(Server server, string login, CancellationToken ct);

    /// <summary>
    /// One bounded step of ending a set of logins: lock and strip, terminate, roll back prepared transactions, clean, drop, prove.
    /// Waits at most 250 ms for anything; the caller comes back after <see cref="RevocationReport.RetryAfter"/>. Never throws for one login's trouble.
    /// </summary>
    /// <exception cref="TargetUnavailableException">The writer cannot be reached; nothing is known.</exception>
    Task<IReadOnlyList<RevocationReport>> EndAsync(EndLogins request, CancellationToken ct);

    /// <summary>All roles that look like ours, with the verdict of their MAC.</summary>
    Task<IReadOnlyList<ManagedLogin>> ListAsync(Server server, CancellationToken ct);

    /// <summary>
    /// The newest <paramref name="count"/> lines of the server's record of the logins that were ever made on it, newest first. Empty where the server's
    /// set-up keeps no record yet.
    /// </summary>
    /// <exception cref="TargetUnavailableException">The writer cannot be reached.</exception>
    Task<IReadOnlyList<MintedLogin>> NewestMintsAsync(Server server, int count, CancellationToken ct);

    /// <summary>
    /// Holds one connection to each node ready for ending access, so that a server whose connections are used up cannot keep the bot out; renews it before it
    /// dies. Called every few seconds while anything is live or owed there; <paramref name="wanted"/> false lets them go. Never throws for a node that does not answer.
    /// </summary>
    Task StandReadyAsync(Server server, bool wanted, CancellationToken ct);

    /// <summary>
    /// Ends the sessions whose role is gone, on every node that answers: they have no name any more and still may do what they may. A role that was made
    /// just now is not taken for gone.
    /// </summary>
    /// <exception cref="TargetUnavailableException">The writer cannot be reached.</exception>
    Task<IReadOnlyList<GhostSession>> EndGhostsAsync(EndGhosts request, CancellationToken ct);

    /// <summary>
    /// Sessions of the given logins at this moment: the receipt is sampled from it. A node that does not answer, the writer included, hides its own
    /// sessions only and is named.
    /// </summary>
    Task<SessionSight> ObserveAsync(Server server, IReadOnlyList<string> logins, CancellationToken ct);
}

/// <summary>Make this login. The pin is checked on the very connection that makes it.</summary>
public sealed record ProvisionLogin
{
    public required Server Server { get; init; }

    public required Target Target { get; init; }

    public required AccessLevel Level { get; init; }

    public required GrantId Grant { get; init; }

    /// <summary><c>dbco_…</c>, at most 63 bytes of <c>[a-z0-9_]</c>; never used before.</summary>
    public required string Login { get; init; }

    /// <summary>The identity recorded in the ledger; another system identifier or database OID is refused.</summary>
    public required ServerIdentity Pin { get; init; }

    /// <summary>No login is made after this moment, by the server's clock.</summary>
    public required DateTimeOffset NotAfter { get; init; }
}

/// <summary>A login that exists now and cannot log in.</summary>
public sealed record ProvisionedLogin
{
    public required string Login { get; init; }

    public required uint Oid { get; init; }

    public required TimeSpan ClockSkew { get; init; }

    /// <summary>True when an earlier attempt had already made it.</summary>
    public bool AlreadyThere { get; init; }
}

/// <summary>Turn the login on. The verifier is all that reaches the server; the password stays with the caller.</summary>
public sealed record HandOverLogin
{
    public required Server Server { get; init; }

    public required string Login { get; init; }

    public required uint Oid { get; init; }

    public required Secret Password { get; init; }

    /// <summary>End of the window: VALID UNTIL.</summary>
    public required DateTimeOffset Expiry { get; init; }

    /// <summary>Counts reveals; only a higher one than the server remembers may set a password.</summary>
    public required int Generation { get; init; }

    /// <summary>No password is set after this moment, by the server's clock (the lane claim's end).</summary>
    public required DateTimeOffset NotAfter { get; init; }

    public required ServerIdentity Pin { get; init; }
}

/// <summary>What the server took at a reveal, as it was read back.</summary>
public sealed record HandedOver
{
    public required DateTimeOffset ValidUntil { get; init; }
}

/// <summary>Move the moment from which the server refuses this login.</summary>
public sealed record ExtendLogin
{
    public required Server Server { get; init; }

    public required string Login { get; init; }

    public required uint Oid { get; init; }

    public required DateTimeOffset Expiry { get; init; }

    public required ServerIdentity Pin { get; init; }
}

/// <summary>What one login looks like right now on the writer.</summary>
public sealed record LoginReading
{
    public required LoginPresence Presence { get; init; }

    public uint Oid { get; init; }

    public DateTimeOffset? ValidUntil { get; init; }

    /// <summary>Generation of the last reveal that reached the server; 0 before the first.</summary>
    public int Generation { get; init; }

    /// <summary>When a password was first set, by the server's clock; absent before that.</summary>
    public DateTimeOffset? FirstRevealedAt { get; init; }
}

/// <summary>Whether a login is there, and whether it may log in.</summary>
public enum LoginPresence
{
    Absent = 0,
    NoLogin = 1,
    Login = 2,
}

/// <summary>End these logins. OIDs, where known, are the handle for sessions after the drop.</summary>
public sealed record EndLogins
{
    public required Server Server { get; init; }

    public required IReadOnlyList<EndingLogin> Logins { get; init; }
}

/// <summary>One login to end; the OID, once learnt, outlives the name.</summary>
public sealed record EndingLogin(string Name, uint? Oid)
{
    /// <summary>
    /// Lock it, strip it and end its sessions although its mark does not verify, and leave the role for people to look at: it is never dropped and never
    /// reported as gone. Only for roles that the server's set-up made itself.
    /// </summary>
    public bool OnlyShut { get; init; }

    /// <summary>With <see cref="AccessLevel.Ddl"/> the proof names what is not checked: code planted in objects that stay.</summary>
    public AccessLevel? Level { get; init; }
}

/// <summary>End the sessions of temporary logins that no role stands behind any more; those of other dropped roles are only found.</summary>
public sealed record EndGhosts
{
    public required Server Server { get; init; }

    /// <summary>OIDs of logins whose ending has its own way: there their sessions are counted.</summary>
    public required IReadOnlyList<uint> Except { get; init; }

    /// <summary>Nothing is ended; what would be is named.</summary>
    public bool OnlyLook { get; init; }
}

/// <summary>A session of a dropped role. Its name is not known to the server any more.</summary>
public sealed record GhostSession
{
    public required string Node { get; init; }

    public required uint Oid { get; init; }

    public required int ProcessId { get; init; }

    public string? ClientAddress { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>The role was a temporary login of ours, so the session is ours to end.</summary>
    public required bool IsOurs { get; init; }
}

/// <summary>One session of a temporary login, as the server's own views show it.</summary>
public sealed record LoginSession
{
    public required string Login { get; init; }

    public required string Node { get; init; }

    public string? ClientAddress { get; init; }

    public string? Application { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required int ProcessId { get; init; }
}

/// <summary>What one look at a server's nodes showed.</summary>
public sealed record SessionSight
{
    public required IReadOnlyList<LoginSession> Sessions { get; init; }

    /// <summary>Node → why it could not be looked at; empty when all answered.</summary>
    public IReadOnlyDictionary<string, string> Silent { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);
}

/// <summary>The server cannot be reached, or answered in a way that leaves the outcome unknown. The caller retries until it can.</summary>
public sealed class TargetUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
