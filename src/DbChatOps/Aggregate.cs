namespace DbChatOps;

/// <summary>
/// Something with a lifecycle whose state is the fold of its events. The store keeps a snapshot so that nothing is folded in daily work;
/// <c>audit verify --replay</c> folds again and compares.
/// </summary>
public interface IAggregate
{
    Subject Subject { get; }

    /// <summary>The columns by which it can be found and counted.</summary>
    SnapshotIndex Index { get; }
}

/// <inheritdoc cref="IAggregate"/>
public interface IAggregate<TSelf> : IAggregate
    where TSelf : class, IAggregate<TSelf>
{
    static abstract string Kind { get; }

    /// <summary>The next state after one event; pure and total over the events of this kind.</summary>
    static abstract TSelf Apply(TSelf? state, DomainEvent change);
}

/// <summary>What the store indexes of a snapshot. Everything here is derived from the state; nothing is kept only here.</summary>
public sealed record SnapshotIndex
{
    /// <summary>False once the lifecycle has ended; most questions are about open ones.</summary>
    public required bool Open { get; init; }

    public required string State { get; init; }

    public string? Person { get; init; }

    public string? Server { get; init; }

    public string? Target { get; init; }

    /// <summary>Short name for people; unique within the kind.</summary>
    public string? Handle { get; init; }

    /// <summary>A login's name on its server, for <c>who &lt;login&gt;</c>.</summary>
    public string? Login { get; init; }

    /// <summary>When time itself next changes the state; the self-check looks for open aggregates past it without an agenda row.</summary>
    public DateTimeOffset? Due { get; init; }

    /// <summary>A login or session may exist past its end: counted by the guard that stops new grants on the server.</summary>
    public bool Exposed { get; init; }
}
