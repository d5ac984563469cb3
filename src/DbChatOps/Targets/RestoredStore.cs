using DbChatOps.Chat;

namespace DbChatOps.Targets;

/// <summary>
/// What shows that the ledger is older than a server: logins that this bot (or a copy of it) made there and that the ledger does not know. Either the store
/// was restored from a backup, or it was lost.
/// </summary>
public sealed record RestoredStore
{
    /// <summary>The highest number among the unknown logins, in the server's own count of all logins ever made.</summary>
    public required long Number { get; init; }

    /// <summary>The newest unknown login.</summary>
    public required string Login { get; init; }

    /// <summary>By the server's clock.</summary>
    public required DateTimeOffset MintedAt { get; init; }

    /// <summary>How many of the newest logins are unknown; there may be older ones.</summary>
    public required int Unknown { get; init; }

    /// <summary>In words for an operator.</summary>
    public override string ToString() => Unknown == 1
        ? $"the ledger does not know login {Login} (number {Number}, made {PlainText.Utc(MintedAt)})"
        : $"the ledger does not know {Unknown} of the newest logins, the last one {Login} (number {Number}, made {PlainText.Utc(MintedAt)})";

    /// <summary>
    /// Null when the ledger knows them all, or an operator has confirmed them. A login whose mark does not verify proves nothing about the ledger.
    /// </summary>
    /// <param name="newest">Read from the server before the ledger: a login that was made in between is then known.</param>
    /// <param name="known">The grants of <paramref name="newest"/> that the ledger has, in any state.</param>
    public static RestoredStore? Find(IReadOnlyList<MintedLogin> newest, IReadOnlySet<GrantId> known, long? confirmedUpTo)
    {
        var unknown = newest
            .Where(minted => minted is { MacVerifies: true, Grant: { } grant } && !known.Contains(grant) && !(minted.Number <= confirmedUpTo))
            .ToList();
        return unknown.MaxBy(static minted => minted.Number) is not { } last
            ? null
            : new RestoredStore { Number = last.Number, Login = last.Name, MintedAt = last.MintedAt, Unknown = unknown.Count };
    }
}

/// <summary>The ledger was found to be older than the server; from here on nothing new happens there until an operator confirms it.</summary>
[EventKind("server.store_restored/1")]
public sealed record StoreRestored : DomainEvent
{
    public required ServerId Server { get; init; }

    public required RestoredStore Found { get; init; }

    public override Subject Subject => Subject.Of(Server);
}

/// <summary>An operator has looked: logins up to this number may be unknown to the ledger.</summary>
[EventKind("server.restore_confirmed/1")]
public sealed record RestoreConfirmed : DomainEvent
{
    public required ServerId Server { get; init; }

    public required long UpTo { get; init; }

    /// <summary>The operator's words; untrusted.</summary>
    public required string Reason { get; init; }

    public override Subject Subject => Subject.Of(Server);
}
