namespace DbChatOps.Ledger;

/// <summary>The one record of everything that was decided or happened, and the present state that follows from it.</summary>
public interface ILedger
{
    /// <summary>The snapshot and its version; null when there is none.</summary>
    Task<Stored<T>?> LoadAsync<T>(string key, CancellationToken ct)
        where T : class, IAggregate<T>;

    /// <summary>Snapshots that match, newest first.</summary>
    Task<IReadOnlyList<Stored<T>>> FindAsync<T>(SnapshotQuery query, CancellationToken ct)
        where T : class, IAggregate<T>;

    /// <summary>
    /// Writes all of a change or nothing. Returns when it is on disk. Entries of one change get consecutive numbers;
    /// changes handed in together may share one transaction, but a loser drops out alone.
    /// </summary>
    /// <exception cref="LedgerUnavailableException">The store is full, locked or gone; nothing of this change was written.</exception>
    Task<CommitOutcome> CommitAsync(Change change, CancellationToken ct);
}

/// <summary>A snapshot and the version at which it may be replaced.</summary>
public sealed record Stored<T>(T State, long Version)
    where T : class;

/// <summary>The store cannot write (or read). Nothing was done; the bot goes into ending-only mode until it can.</summary>
public sealed class LedgerUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
