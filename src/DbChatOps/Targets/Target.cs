namespace DbChatOps.Targets;

/// <summary>One guarded database on a <see cref="Server"/>, with its standing role per level.</summary>
public sealed record Target
{
    public required TargetId Id { get; init; }

    public required ServerId Server { get; init; }

    public required TargetEnvironment Environment { get; init; }

    /// <summary>The database's own name on the server.</summary>
    public required string Database { get; init; }

    /// <summary>Standing role per level, such as <c>dbchatops_orders_prod_read</c>. A level that is missing cannot be asked for.</summary>
    public required IReadOnlyDictionary<AccessLevel, LevelSettings> Levels { get; init; }

    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>What a person needs to connect: shown beside the credentials.</summary>
    public required ConnectHint Connect { get; init; }
}

/// <summary>The standing role behind a level and the seat belts of its sessions (honest mistakes only: a user can undo them).</summary>
public sealed record LevelSettings
{
    public required string StandingRole { get; init; }

    /// <summary>For <c>ddl</c>: sessions start as this owner, so that objects outlive the login. Absent for read and write.</summary>
    public string? OwnerRole { get; init; }

    public TimeSpan StatementTimeout { get; init; } = TimeSpan.FromMinutes(5);

    public TimeSpan LockTimeout { get; init; } = TimeSpan.FromSeconds(5);

    public TimeSpan IdleInTransactionTimeout { get; init; } = TimeSpan.FromMinutes(1);

    public int ConnectionLimit { get; init; } = 5;

    public bool ReadOnlyByDefault { get; init; }

    /// <summary>What the roles of this level may hold beyond their own database, each with a reason. Everything else is a finding of <c>check</c>.</summary>
    public IReadOnlyList<AllowedPower> Allow { get; init; } = [];
}

/// <summary>Where people (not the bot) connect to.</summary>
public sealed record ConnectHint
{
    public required string Host { get; init; }

    public required int Port { get; init; }

    public string? CaFile { get; init; }

    /// <summary>A ready line such as <c>ssh -L 5433:orders-db:5432 bastion</c>, when a tunnel is needed.</summary>
    public string? TunnelHint { get; init; }
}
