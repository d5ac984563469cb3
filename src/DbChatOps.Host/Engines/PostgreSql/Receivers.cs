namespace DbChatOps.Host.Engines.PostgreSql;

/// <summary>Receivers of WAL that no listed standby accounts for, in words for a DBA.</summary>
internal sealed record Receivers
{
    public required IReadOnlyList<string> Standbys { get; init; }

    /// <summary>Watched for too short a time to be told from a standby.</summary>
    public required IReadOnlyList<string> Undecided { get; init; }

    /// <summary>They let nobody log in and need no entry.</summary>
    public required IReadOnlyList<string> Archivers { get; init; }

    /// <summary>What keeps a proof from being given: whoever may be a standby.</summary>
    public IReadOnlyList<string> InTheWay => [.. Standbys, .. Undecided];
}
