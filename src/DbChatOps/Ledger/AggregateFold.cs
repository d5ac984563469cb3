namespace DbChatOps.Ledger;

/// <summary>How one kind of aggregate is rebuilt from its events, without knowing its type.</summary>
public abstract class AggregateFold
{
    /// <summary>The kind; its events are those whose name begins with it and a dot.</summary>
    public abstract string Kind { get; }

    public abstract IAggregate Apply(IAggregate? state, DomainEvent change);

    /// <summary>The bytes that the snapshot must hold.</summary>
    public abstract byte[] Write(IAggregate state);

    /// <summary>Other entries about the subject (a refusal) tell of it and do not change it.</summary>
    public bool IsOwnEvent(string eventKind) => eventKind.StartsWith(Kind + ".", StringComparison.Ordinal);

    public static AggregateFold Of<T>()
        where T : class, IAggregate<T> => new Fold<T>();

    private sealed class Fold<T> : AggregateFold
        where T : class, IAggregate<T>
    {
        public override string Kind => T.Kind;

        public override IAggregate Apply(IAggregate? state, DomainEvent change) => T.Apply((T?)state, change);

        public override byte[] Write(IAggregate state) => LedgerJson.Write((T)state);
    }
}
