namespace DbChatOps.Ledger;

/// <summary>
/// One line of the ledger: audit, timeline and metrics in one. <see cref="Body"/> is the exact stored JSON; the chain covers
/// H(salt ‖ body), so that a body can be redacted later while the chain still holds.
/// </summary>
public sealed record LedgerEntry
{
    /// <summary>Gapless, from 1, in commit order.</summary>
    public required long Sequence { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>Versioned event kind, such as <c>grant.expired/1</c>.</summary>
    public required string Kind { get; init; }

    public required string Subject { get; init; }

    public string? Incident { get; init; }

    /// <summary>UTF-8 JSON as stored; null when it was redacted.</summary>
    public required byte[]? Body { get; init; }

    /// <summary>16 random bytes; removed together with a redacted body, so that the text cannot be guessed from its digest.</summary>
    public required byte[]? Salt { get; init; }

    /// <summary>H(salt ‖ body); outlives both.</summary>
    public required byte[] BodyDigest { get; init; }

    public required byte[] Hash { get; init; }
}

/// <summary>An entry before the committer gives it number, salt and hash.</summary>
public sealed record DraftEntry
{
    public required DateTimeOffset At { get; init; }

    public required string Kind { get; init; }

    public required string Subject { get; init; }

    public string? Incident { get; init; }

    public required byte[] Body { get; init; }
}
