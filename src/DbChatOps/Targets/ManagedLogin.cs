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
}
