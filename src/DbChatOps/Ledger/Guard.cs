namespace DbChatOps.Ledger;

/// <summary>
/// A rule over a set that a single aggregate cannot see, checked inside the commit, where nothing can slip in between:
/// at most <paramref name="AtMost"/> snapshots may match the query before this change, else the change is refused as a whole.
/// </summary>
public sealed record Guard(string Name, SnapshotQuery Query, int AtMost, Refusal Refusal);

/// <summary>Snapshots of one kind; every given field must match. Used to find and to count.</summary>
public sealed record SnapshotQuery
{
    public required string Kind { get; init; }

    public bool? Open { get; init; }

    public IReadOnlyList<string>? States { get; init; }

    public string? Person { get; init; }

    /// <summary>Any of these, such as all accounts of one human. For counting: who wants to see them in order asks for each.</summary>
    public IReadOnlyList<string>? People { get; init; }

    public string? Server { get; init; }

    public string? Target { get; init; }

    public string? Handle { get; init; }

    public string? Login { get; init; }

    public bool? Exposed { get; init; }

    /// <summary>Only those whose <see cref="SnapshotIndex.Due"/> is earlier than this.</summary>
    public DateTimeOffset? DueBefore { get; init; }

    /// <summary>Only those that came into being at this moment or later.</summary>
    public DateTimeOffset? BornFrom { get; init; }

    /// <summary>Only those that came into being earlier than this.</summary>
    public DateTimeOffset? BornBefore { get; init; }

    /// <summary>Newest first; at most this many.</summary>
    public int Limit { get; init; } = 200;
}
