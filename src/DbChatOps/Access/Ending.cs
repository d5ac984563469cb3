using DbChatOps.Targets;

namespace DbChatOps.Access;

/// <summary>How the end of a grant goes, from its decision to its proof.</summary>
public sealed record Ending
{
    public required EndReason Reason { get; init; }

    public required PersonId By { get; init; }

    public required DateTimeOffset DecidedAt { get; init; }

    /// <summary>When access had to be over; the overdue clock counts from here.</summary>
    public required DateTimeOffset DueAt { get; init; }

    public string? Detail { get; init; }

    public RevocationStage Stage { get; init; } = RevocationStage.Exposed;

    public IReadOnlyList<string> Blockers { get; init; } = [];

    public int SessionsEnded { get; init; }

    /// <summary>People were paged for it; it counts against new grants on its server while it is exposed.</summary>
    public bool IsOverdue { get; init; }

    public static Ending From(GrantEnding ending) => new()
    {
        Reason = ending.Reason,
        By = ending.By,
        DecidedAt = ending.At,
        DueAt = ending.DueAt,
        Detail = ending.Detail,
    };

    public Ending With(RevocationProgressed progress) => this with
    {
        Stage = progress.Stage,
        Blockers = progress.Blockers,
        SessionsEnded = SessionsEnded + progress.SessionsEnded,
    };
}
