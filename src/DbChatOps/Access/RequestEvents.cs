using DbChatOps.Policies;
using DbChatOps.Targets;

namespace DbChatOps.Access;

/// <summary>Something happened to an access request.</summary>
public abstract record RequestEvent : DomainEvent
{
    public required RequestId Request { get; init; }

    public override Subject Subject => Subject.Of(Request);
}

/// <summary>Asked, judged by the policy and found approvable. Everything an approver decides about is in here and in the digest.</summary>
[EventKind("request.asked/1")]
public sealed record RequestAsked : RequestEvent
{
    public required RequestKind Kind { get; init; }

    public required Principal Requester { get; init; }

    public required TargetId Target { get; init; }

    public required ServerId Server { get; init; }

    public required TargetEnvironment Environment { get; init; }

    public required string Database { get; init; }

    public required AccessLevel Level { get; init; }

    public required string StandingRole { get; init; }

    public required TimeSpan Window { get; init; }

    public required string Reason { get; init; }

    public string? Ticket { get; init; }

    public required PinnedPolicy Policy { get; init; }

    public required string Digest { get; init; }

    /// <summary>Where approvers see it.</summary>
    public required string Channel { get; init; }

    /// <summary>The first clock: unanswered after this, it lapses.</summary>
    public required DateTimeOffset LapsesAt { get; init; }

    /// <summary>The grant whose window is to be longer; only for extensions.</summary>
    public GrantId? Extends { get; init; }
}

/// <summary>An approver gave a verdict; what follows from it is an event of its own.</summary>
[EventKind("request.reviewed/1")]
public sealed record RequestReviewed : RequestEvent
{
    public required Review Review { get; init; }

    /// <summary>The digest of the policy as it stood at this review, where that is no longer the request's own.</summary>
    public string? CurrentPolicyHash { get; init; }
}

/// <summary>Every seat is filled. The grant's id is chosen here, so that the approval can be spent only once.</summary>
[EventKind("request.approved/1")]
public sealed record RequestApproved : RequestEvent
{
    /// <summary>The new grant, or the one that is extended.</summary>
    public required GrantId Grant { get; init; }

    /// <summary>The policy needed nobody ("allow").</summary>
    public bool Automatic { get; init; }

    /// <inheritdoc cref="RequestReviewed.CurrentPolicyHash"/>
    public string? CurrentPolicyHash { get; init; }
}

/// <summary>A denial that is final, or the last that left a seat without anybody to fill it.</summary>
[EventKind("request.denied/1")]
public sealed record RequestDenied : RequestEvent
{
    public required string Reason { get; init; }
}

/// <summary>Its requester took it back.</summary>
[EventKind("request.withdrawn/1")]
public sealed record RequestWithdrawn : RequestEvent;

/// <summary>Nobody answered before the first clock ran out.</summary>
[EventKind("request.lapsed/1")]
public sealed record RequestLapsed : RequestEvent;

/// <summary>The approval was taken back before anything was opened with it.</summary>
[EventKind("request.voided/1")]
public sealed record RequestVoided : RequestEvent
{
    public required string Reason { get; init; }
}

/// <summary>Nobody answered within the delay: from here on the escalation group may fill any open seat, and is pinged.</summary>
[EventKind("request.escalated/1")]
public sealed record RequestEscalated : RequestEvent
{
    public required string Group { get; init; }
}

/// <summary>The approval could not be spent when it was tried; tried again until the claim clock ends.</summary>
[EventKind("request.grant_refused/1")]
public sealed record GrantRefused : RequestEvent
{
    public required string Code { get; init; }

    public required string Message { get; init; }
}
