namespace DbChatOps.Targets;

/// <summary>A database server that holds targets: one writer, any number of standbys, one identity.</summary>
public sealed record Server
{
    public required ServerId Id { get; init; }

    public required TargetEnvironment Environment { get; init; }

    /// <summary>The writer first, then every standby. A standby that is not listed keeps grants from closing.</summary>
    public required IReadOnlyList<ServerNode> Nodes { get; init; }

    /// <summary>The database in which the facade (schema <c>dbchatops</c>) is installed.</summary>
    public required string AdminDatabase { get; init; }

    /// <summary>The login the bot mints and revokes with. It holds no CREATEROLE: it may only call the facade.</summary>
    public required Credential Minter { get; init; }

    /// <summary>The server that this one is a physical copy of: only then may both have one system identifier. A logical copy has its own.</summary>
    public ServerId? CloneOf { get; init; }

    /// <summary>Live logins beyond this number are refused; the facade has its own ceiling (2,000 by default).</summary>
    public int MaximumLiveGrants { get; init; } = 200;

    /// <summary>
    /// Added to the server's clock wherever the engine compares times. Zero in production; tests move it with their clock.
    /// VALID UNTIL is written as asked, so a test's clock starts at the real time and only moves forward.
    /// </summary>
    public Func<TimeSpan> ServerTimeOffset { get; init; } = static () => TimeSpan.Zero;
}

/// <summary>One address of a server.</summary>
public sealed record ServerNode
{
    public required string Host { get; init; }

    public required int Port { get; init; }

    public NodeKind Kind { get; init; } = NodeKind.Writer;

    /// <summary>Root certificate file for full TLS verification; absent means the machine's own roots. Loopback and Unix sockets go without TLS.</summary>
    public string? CaFile { get; init; }

    /// <summary>
    /// How late this standby applies changes on purpose (recovery_min_apply_delay). An end that only waits for that does not page before it is over. Absent on a
    /// writer, and where no delay is meant.
    /// </summary>
    public TimeSpan? Delay { get; init; }

    public override string ToString() => $"{Host}:{Port}";
}

/// <summary>Whether a node takes writes or follows another one.</summary>
public enum NodeKind
{
    Writer = 0,
    Standby = 1,
}

/// <summary>How the bot logs in; the password is fetched at every connection, so that a rotated file or token is picked up.</summary>
public sealed record Credential
{
    public required string User { get; init; }

    public required Func<CancellationToken, ValueTask<Secret>> Password { get; init; }
}
