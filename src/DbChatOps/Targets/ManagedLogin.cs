namespace DbChatOps.Targets;

/// <summary>
/// A temporary login of ours as found on a server. Ours means: the comment's MAC verifies (instance key; over name, system identifier and OID).
/// A name alone proves nothing.
/// </summary>
public sealed record ManagedLogin
{
    public required string Name { get; init; }

    public required uint Oid { get; init; }

    /// <summary>False for a role that merely looks like ours: reported, never touched.</summary>
    public required bool MacVerifies { get; init; }

    public GrantId? Grant { get; init; }

    public required bool CanLogin { get; init; }

    public DateTimeOffset? ValidUntil { get; init; }

    /// <summary>Its ending was begun, or somebody locked it in the same way: for ever, whatever is left of it.</summary>
    public bool IsLocked { get; init; }

    /// <summary>Generation of the last reveal that reached the server; 0 before the first.</summary>
    public int Generation { get; init; }

    /// <summary>When a password was first set, by the server's clock; absent before that.</summary>
    public DateTimeOffset? FirstRevealedAt { get; init; }

    /// <summary>
    /// The server's set-up made this role itself. With a mark that does not verify, that is the work of somebody who holds the bot's credentials but not
    /// its key; without a record, the role was made by other means and is never touched.
    /// </summary>
    public bool IsRecorded { get; init; }
}

/// <summary>
/// One line of the server's own record of the logins that were made on it, which outlives the logins. A ledger that does not know a verified one is older
/// than the server: it was restored from a copy.
/// </summary>
public sealed record MintedLogin
{
    /// <summary>Counts all logins ever made on this server; higher is later.</summary>
    public required long Number { get; init; }

    public required string Name { get; init; }

    public required uint Oid { get; init; }

    /// <summary>The grant it was made for; absent when it was never marked.</summary>
    public GrantId? Grant { get; init; }

    /// <summary>Its mark was made with the instance key, so it was made by this bot or by a copy of it.</summary>
    public required bool MacVerifies { get; init; }

    /// <summary>By the server's clock.</summary>
    public required DateTimeOffset MintedAt { get; init; }
}
