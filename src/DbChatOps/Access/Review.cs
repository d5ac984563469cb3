namespace DbChatOps.Access;

/// <summary>One approver's verdict on a request; never edited, only followed by the request's end.</summary>
public sealed record Review
{
    public required Principal Reviewer { get; init; }

    public required Verdict Verdict { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>Required for a denial; untrusted text.</summary>
    public string? Comment { get; init; }

    /// <summary>The reviewer's own request that this requester approved within the day before: shown to all, and no reason to refuse.</summary>
    public RequestId? Returns { get; init; }
}

/// <summary>An approver's yes or no.</summary>
public enum Verdict
{
    Approve = 0,
    Deny = 1,
}
