namespace DbChatOps;

/// <summary>What a verb decided: the next state and the events that led there. No events means "nothing to do", which is success.</summary>
public sealed record Decision<TState>
    where TState : class, IAggregate<TState>
{
    private Decision(TState next, IReadOnlyList<DomainEvent> events, IReadOnlyList<Ledger.Guard> guards) =>
        (Next, Events, Guards) = (next, events, guards);

    public TState Next { get; }

    public IReadOnlyList<DomainEvent> Events { get; }

    /// <summary>Rules over sets, checked again inside the commit ("at most 3 pending requests").</summary>
    public IReadOnlyList<Ledger.Guard> Guards { get; init; }

    /// <summary>Nothing changes; the caller is told the present state.</summary>
    public static Decision<TState> Unchanged(TState state) => new(state, [], []);

    /// <summary>The next state is the fold of the events, so that a replay of the ledger must give the same.</summary>
    public static Decision<TState> Of(TState? state, params IReadOnlyList<DomainEvent> events)
    {
        foreach (var change in events)
        {
            state = TState.Apply(state, change);
        }

        return new Decision<TState>(state ?? throw new ArgumentException("A decision needs a state or an event.", nameof(events)), events, []);
    }
}
