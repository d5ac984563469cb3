using DbChatOps.Targets;

namespace DbChatOps.Policies;

/// <summary>May this person have this level on this target for this long?</summary>
public sealed record AccessQuestion
{
    public required Principal Requester { get; init; }

    /// <summary>Resolved for at least <see cref="PolicyBook.GroupsFor(Target, AccessLevel)"/>.</summary>
    public required Membership Membership { get; init; }

    public required Target Target { get; init; }

    public required AccessLevel Level { get; init; }

    /// <summary>Absent: the policy's default.</summary>
    public TimeSpan? Window { get; init; }

    /// <summary>The request names a ticket or an incident.</summary>
    public bool HasTicket { get; init; }

    /// <summary>When this person was last denied access to this target; absent when never.</summary>
    public DateTimeOffset? LastDeniedAt { get; init; }

    public required DateTimeOffset Now { get; init; }
}
