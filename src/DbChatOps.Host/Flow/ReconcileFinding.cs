using DbChatOps.Targets;

namespace DbChatOps.Host.Flow;

/// <summary>In what a server differs from the ledger.</summary>
public enum ReconcileKind
{
    /// <summary>A login of ours that no open grant owes.</summary>
    Stray = 0,

    /// <summary>A live grant whose login is gone.</summary>
    LoginLost = 1,

    /// <summary>A role with a name like ours that the server's set-up did not make.</summary>
    LooksLikeOurs = 2,

    ServerUnreachable = 3,
    LockedElsewhere = 4,

    /// <summary>Sessions of a role that is gone.</summary>
    Ghost = 5,

    /// <summary>A role that the server's set-up made for somebody who does not hold the instance key.</summary>
    Forged = 6,

    /// <summary>A live grant's login has a password that neither this bot nor a copy of it set.</summary>
    RevealedElsewhere = 7,

    /// <summary>A login that a copy of this bot revealed, whose ledger is gone; its window was taken over.</summary>
    RevealTakenOver = 8,

    /// <summary>The server says a later end than was approved.</summary>
    EndMovedLater = 9,

    /// <summary>Somebody set an earlier end on the server; the grant follows it.</summary>
    EndMovedEarlier = 10,

    /// <summary>The ledger is older than the server, and nobody has confirmed that.</summary>
    StoreRestored = 11,
}

/// <summary>One difference between a server and the ledger, and what was done about it.</summary>
public sealed record ReconcileFinding(ServerId Server, string? Login, ReconcileKind Kind, string Message)
{
    /// <summary>The dropped role, where nothing else is known of it.</summary>
    public uint? Oid { get; init; }
}
