using System.Text.Json.Serialization;
using DbChatOps.Targets;

namespace DbChatOps.Access;

/// <summary>How the end of a grant goes, from its decision to its proof.</summary>
public sealed record Ending
{
    public required EndReason Reason { get; init; }

    public required PersonId By { get; init; }

    public required DateTimeOffset DecidedAt { get; init; }

    /// <summary>When access had to be over; the overdue clock counts from here, or from <see cref="WaitedUntil"/>.</summary>
    public required DateTimeOffset DueAt { get; init; }

    public string? Detail { get; init; }

    public RevocationStage Stage { get; init; } = RevocationStage.Exposed;

    public IReadOnlyList<string> Blockers { get; init; } = [];

    /// <summary>The sessions behind <see cref="RevocationStage.Stripped"/>; absent at every other stage.</summary>
    public IReadOnlyList<UninterruptibleSession>? Uninterruptible { get; init; }

    public int SessionsEnded { get; init; }

    /// <summary>People were paged for it; it counts against new grants on its server while it is exposed.</summary>
    public bool IsOverdue { get; init; }

    /// <summary>Set while only the declared delay of a standby is missing.</summary>
    public ReplayWait? Waits { get; init; }

    /// <summary>
    /// When such a wait was last over without proof: the delay had passed, or something else came in the way. Not set anew by a session that was found on the
    /// standby: that is what the overdue clock is for.
    /// </summary>
    public DateTimeOffset? WaitedUntil { get; init; }

    /// <summary>The overdue clock counts from here.</summary>
    [JsonIgnore]
    public DateTimeOffset OverdueFrom => WaitedUntil ?? DueAt;

    /// <summary>Set once the time is over for which a stripped login stops new grants on its server; absent before.</summary>
    public bool? StopsNoLonger { get; init; }

    /// <summary>Whether it keeps its server from new grants.</summary>
    [JsonIgnore]
    public bool StopsNewGrants => IsOverdue && Waits is null && (Stage == RevocationStage.Exposed || (Stage == RevocationStage.Stripped && StopsNoLonger is null));

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
        Uninterruptible = progress.Uninterruptible,
        SessionsEnded = SessionsEnded + progress.SessionsEnded,
        Waits = progress.Waits,
        WaitedUntil = Waits is not null && progress is { Waits: null, SessionsEnded: 0 } ? progress.At : WaitedUntil,
    };
}
