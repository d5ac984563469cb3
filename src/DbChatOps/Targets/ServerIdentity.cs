namespace DbChatOps.Targets;

/// <summary>
/// What tells a server from every other one beyond its name. <see cref="SystemIdentifier"/> is made by initdb and copied by base backups:
/// a different value surely means another cluster, an equal one does not prove the same.
/// </summary>
public sealed record ServerIdentity
{
    public required string SystemIdentifier { get; init; }

    /// <summary>Database name → OID, for the databases that hold targets.</summary>
    public required IReadOnlyDictionary<string, uint> Databases { get; init; }

    /// <summary>Changes at failover; noted, never refused.</summary>
    public required int Timeline { get; init; }

    public required string Version { get; init; }

    /// <summary>Server clock minus bot clock at the time of asking (middle of the round trip).</summary>
    public required TimeSpan ClockSkew { get; init; }
}
