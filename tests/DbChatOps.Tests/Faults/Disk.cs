using DbChatOps.Ledger;

namespace DbChatOps.Tests.Faults;

/// <summary>A disk that can be full: the ledger can be read, and not written.</summary>
internal sealed class Disk
{
    public bool IsFull { get; set; }

    public ILedger Under(ILedger ledger) => new LedgerOnDisk(ledger, this);

    private sealed class LedgerOnDisk(ILedger inner, Disk disk) : ILedger
    {
        public Task<Stored<T>?> LoadAsync<T>(string key, CancellationToken ct)
            where T : class, IAggregate<T> => inner.LoadAsync<T>(key, ct);

        public Task<IReadOnlyList<Stored<T>>> FindAsync<T>(SnapshotQuery query, CancellationToken ct)
            where T : class, IAggregate<T> => inner.FindAsync<T>(query, ct);

        public Task<CommitOutcome> CommitAsync(Change change, CancellationToken ct) => disk.IsFull
            ? Task.FromException<CommitOutcome>(new LedgerUnavailableException("The store is not available: the disk is full."))
            : inner.CommitAsync(change, ct);
    }
}
