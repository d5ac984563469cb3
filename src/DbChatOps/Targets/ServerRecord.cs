namespace DbChatOps.Targets;

/// <summary>What the ledger knows of a server: its identity pin, first recorded by <c>check</c> and changed only by <c>repin</c>.</summary>
public sealed record ServerRecord : IAggregate<ServerRecord>
{
    public static string Kind => "server";

    public required ServerId Id { get; init; }

    public required ServerIdentity Pin { get; init; }

    public required DateTimeOffset PinnedAt { get; init; }

    public Subject Subject => Subject.Of(Id);

    public SnapshotIndex Index => new() { Open = true, State = "Pinned", Server = Id.Value };

    public static ServerRecord Apply(ServerRecord? state, DomainEvent change) => change switch
    {
        ServerPinned it => new ServerRecord { Id = it.Server, Pin = it.Identity, PinnedAt = it.At },
        TimelineNoted it when state is not null => state with { Pin = state.Pin with { Timeline = it.Timeline, Version = it.Version } },
        _ => throw new InvalidOperationException($"A server does not know {change.GetType().Name}."),
    };
}

/// <summary>The identity was recorded, or databases were added to it.</summary>
[EventKind("server.pinned/1")]
public sealed record ServerPinned : DomainEvent
{
    public required ServerId Server { get; init; }

    public required ServerIdentity Identity { get; init; }

    public override Subject Subject => Subject.Of(Server);
}

/// <summary>A failover or an upgrade: the same cluster, another timeline or version. Noted, never refused.</summary>
[EventKind("server.timeline_noted/1")]
public sealed record TimelineNoted : DomainEvent
{
    public required ServerId Server { get; init; }

    public required int Timeline { get; init; }

    public required string Version { get; init; }

    public override Subject Subject => Subject.Of(Server);
}
