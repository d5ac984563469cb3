namespace DbChatOps.Ledger;

/// <summary>
/// Reads the ledger as it stood at one moment, also beside a running bot: for the auditor, the verifier and the export.
/// </summary>
public interface ILedgerReader : IAsyncDisposable
{
    /// <summary>The head as stored beside the entries, which need not agree with them.</summary>
    Task<ChainHead> ReadHeadAsync(CancellationToken ct);

    /// <summary>Matching entries by number, streamed.</summary>
    IAsyncEnumerable<LedgerEntry> ReadEntriesAsync(EntryFilter filter, CancellationToken ct);

    /// <summary>All entries of a kind of aggregate, one subject after another, by number within each.</summary>
    IAsyncEnumerable<LedgerEntry> ReadBySubjectAsync(string aggregateKind, CancellationToken ct);

    /// <summary>The stored snapshot; null when there is none.</summary>
    Task<StoredSnapshot?> ReadSnapshotAsync(Subject subject, CancellationToken ct);

    /// <summary>Every snapshot's subject.</summary>
    IAsyncEnumerable<Subject> ReadSnapshotSubjectsAsync(CancellationToken ct);
}

/// <summary>Which entries; every given field must match.</summary>
public sealed record EntryFilter
{
    /// <summary>All of them.</summary>
    public static EntryFilter Everything { get; } = new();

    /// <summary>At this moment or later.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Earlier than this moment.</summary>
    public DateTimeOffset? Until { get; init; }

    public string? Subject { get; init; }

    public string? Incident { get; init; }

    /// <summary>An event kind, with or without its version: <c>grant.expired</c> finds <c>grant.expired/1</c>.</summary>
    public string? Kind { get; init; }

    /// <summary>Newest first, at most this many; absent: all, oldest first.</summary>
    public int? Newest { get; init; }
}

/// <summary>A snapshot as it stands in the store.</summary>
public sealed record StoredSnapshot(SnapshotIndex Index, long Version, byte[] Body);
