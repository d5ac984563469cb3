namespace DbChatOps.Ledger;

/// <summary>Everything one decision writes, in one transaction or not at all.</summary>
public sealed record Change
{
    public IReadOnlyList<SnapshotWrite> Snapshots { get; init; } = [];

    public IReadOnlyList<DraftEntry> Entries { get; init; } = [];

    /// <summary>Rows to add; a row with the same key is replaced and its revision raised, so that work under way is done again.</summary>
    public IReadOnlyList<AgendaRow> Agenda { get; init; } = [];

    public IReadOnlyList<Guard> Guards { get; init; } = [];

    /// <summary>The inbox row that this change decides; its payload is deleted, its key is remembered for 24 h.</summary>
    public string? DecidesDelivery { get; init; }
}

/// <summary>A snapshot to store if the stored version is still <see cref="ExpectedVersion"/> (0: must not exist yet).</summary>
public sealed record SnapshotWrite
{
    public required Subject Subject { get; init; }

    public required long ExpectedVersion { get; init; }

    public required SnapshotIndex Index { get; init; }

    public required byte[] Body { get; init; }
}

/// <summary>How a commit went for one change; a loser drops out alone, the rest of the batch is committed.</summary>
public abstract record CommitOutcome
{
    private CommitOutcome()
    {
    }

    /// <summary>Durable. <paramref name="FirstSequence"/> is the number of its first entry, or the head when it had none.</summary>
    public sealed record Committed(long FirstSequence) : CommitOutcome;

    /// <summary>Somebody else changed the aggregate first: load, decide and try again.</summary>
    public sealed record VersionConflict(Subject Subject) : CommitOutcome;

    /// <summary>A named guard said no.</summary>
    public sealed record GuardRefused(string Guard, Refusal Refusal) : CommitOutcome;
}
