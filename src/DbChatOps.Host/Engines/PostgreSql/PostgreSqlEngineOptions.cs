namespace DbChatOps.Host.Engines.PostgreSql;

/// <summary>Bounds of the engine's own patience with a server.</summary>
public sealed record PostgreSqlEngineOptions
{
    /// <summary>How long opening a connection may take, in seconds. Default 2, range 1 to 10.</summary>
    public int ConnectTimeoutSeconds { get; init; } = 2;

    /// <summary>How long one statement may run, in seconds. Default 5, range 1 to 30.</summary>
    public int StatementTimeoutSeconds { get; init; } = 5;

    /// <summary>How long one step of ending may wait in all: for locks, sessions, replay. Default 250 ms.</summary>
    public TimeSpan StepPatience { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How long one step may spend on moving what logins left behind; the rest waits for the next step. Default 500 ms.</summary>
    public TimeSpan ClearingPatience { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// How long after its signal a session may still run its statement before it counts as one that cannot be interrupted. Default 3 s: a busy server answers
    /// a signal within a fraction of that.
    /// </summary>
    public TimeSpan StubbornAfter { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How old a connection that is held ready may become before a new one takes its place, so that a rotated password is picked up. Default 10 min.</summary>
    public TimeSpan ReadyFor { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Beyond this difference between the clocks of bot and server no login is made. Default 5 s.</summary>
    public TimeSpan MaximumClockSkew { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long a receiver of WAL is watched before it is taken for an archiver: longer than a standby needs from its checkpoint record to its replay, shorter
    /// than an ending takes to page. Default 20 s.
    /// </summary>
    public TimeSpan ArchiverKnownAfter { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Logins per catalog transaction while locking and dropping: small enough that other traffic never notices. Default 50.</summary>
    public int CatalogBatch { get; init; } = 50;
}
