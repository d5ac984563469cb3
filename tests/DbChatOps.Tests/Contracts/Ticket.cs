using DbChatOps.Ledger;

namespace DbChatOps.Tests.Contracts;

/// <summary>The smallest thing with a lifecycle, so that the store is tested without any slice.</summary>
public sealed record Ticket : IAggregate<Ticket>
{
    public static string Kind => "ticket";

    public required string Key { get; init; }

    public int Count { get; init; }

    public SnapshotIndex Index { get; init; } = new() { Open = true, State = "open" };

    public Subject Subject => new(Kind, Key);

    public static Ticket Apply(Ticket? state, DomainEvent change) => change switch
    {
        TicketOpened opened => new Ticket { Key = opened.Subject.Key },
        TicketCounted when state is not null => state with { Count = state.Count + 1 },
        _ => throw new InvalidOperationException($"A ticket cannot apply {change.GetType().Name}."),
    };
}

[EventKind("ticket.opened/1")]
public sealed record TicketOpened(string Ticket) : DomainEvent
{
    public override Subject Subject => new("ticket", Ticket);
}

[EventKind("ticket.counted/1")]
public sealed record TicketCounted(string Ticket, string Note) : DomainEvent
{
    public override Subject Subject => new("ticket", Ticket);
}

internal static class Tickets
{
    public static readonly DateTimeOffset Noon = new(2026, 3, 14, 12, 0, 0, TimeSpan.Zero);

    public static DomainEvent Opened(string key) => new TicketOpened(key) { By = PersonId.Bot, At = Noon };

    public static DomainEvent Counted(string key, string note = "one more") => new TicketCounted(key, note) { By = PersonId.Bot, At = Noon };

    public static DraftEntry Entry(DomainEvent change) => new()
    {
        At = change.At,
        Kind = EventKinds.KindOf(change.GetType()),
        Subject = change.Subject.ToString(),
        Body = LedgerJson.WriteEvent(change),
    };

    public static SnapshotWrite Snapshot(Ticket state, long expectedVersion) => new()
    {
        Subject = state.Subject,
        ExpectedVersion = expectedVersion,
        Index = state.Index,
        Body = LedgerJson.Write(state),
    };

    /// <summary>A new ticket with its first event.</summary>
    public static Change Open(string key, SnapshotIndex? index = null)
    {
        var state = Ticket.Apply(null, Opened(key));
        return new Change { Snapshots = [Snapshot(index is null ? state : state with { Index = index }, 0)], Entries = [Entry(Opened(key))] };
    }

    /// <summary>The next event of a stored ticket.</summary>
    public static Change Count(Stored<Ticket> stored, string note = "one more")
    {
        var change = Counted(stored.State.Key, note);
        return new Change { Snapshots = [Snapshot(Ticket.Apply(stored.State, change), stored.Version)], Entries = [Entry(change)] };
    }
}
