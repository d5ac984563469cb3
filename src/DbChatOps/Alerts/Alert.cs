namespace DbChatOps.Alerts;

/// <summary>A trouble that people are paged for outside chat. One key pages once: again only after it was over.</summary>
public sealed record Alert : IAggregate<Alert>
{
    public static string Kind => "alert";

    /// <summary>What makes it one trouble, such as <c>wrong_server:pg-prod</c>; the receiver drops repeats by it.</summary>
    public required string Key { get; init; }

    public required AlertState State { get; init; }

    public required string Summary { get; init; }

    /// <summary>What it is about: a server, a login, the bot.</summary>
    public required string Component { get; init; }

    public IReadOnlyList<string> Details { get; init; } = [];

    /// <summary>Where it is said in chat too; empty means nowhere.</summary>
    public required string Channel { get; init; }

    public required DateTimeOffset RaisedAt { get; init; }

    public DateTimeOffset? ResolvedAt { get; init; }

    public Subject Subject => new(Kind, Key);

    public SnapshotIndex Index => new() { Open = State == AlertState.Raised, State = State.ToString() };

    public static Alert Apply(Alert? state, DomainEvent change) => change switch
    {
        AlertRaised it => new Alert
        {
            Key = it.Key,
            State = it.Lasts ? AlertState.Raised : AlertState.Told,
            Summary = it.Summary,
            Component = it.Component,
            Details = it.Details,
            Channel = it.Channel,
            RaisedAt = it.At,
        },
        AlertResolved it when state is not null => state with { State = AlertState.Resolved, ResolvedAt = it.At },
        _ => throw new InvalidOperationException($"An alert does not know {change.GetType().Name}."),
    };
}

/// <summary>Whether what people were paged for still holds.</summary>
public enum AlertState
{
    /// <summary>It lasts; whoever raised it resolves it.</summary>
    Raised = 0,

    Resolved = 1,

    /// <summary>Something that happened rather than lasts: told once, never resolved.</summary>
    Told = 2,
}
