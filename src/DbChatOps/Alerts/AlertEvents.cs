namespace DbChatOps.Alerts;

/// <summary>Something happened to an alert.</summary>
public abstract record AlertEvent : DomainEvent
{
    public required string Key { get; init; }

    public override Subject Subject => new(Alert.Kind, Key);
}

/// <summary>People are paged; a repeat while it is raised says nothing new.</summary>
[EventKind("alert.raised/1")]
public sealed record AlertRaised : AlertEvent
{
    public required string Summary { get; init; }

    public required string Component { get; init; }

    public IReadOnlyList<string> Details { get; init; } = [];

    public required string Channel { get; init; }

    public required bool Lasts { get; init; }
}

/// <summary>What people were paged for is over.</summary>
[EventKind("alert.resolved/1")]
public sealed record AlertResolved : AlertEvent;
