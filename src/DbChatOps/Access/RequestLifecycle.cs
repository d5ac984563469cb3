namespace DbChatOps.Access;

/// <summary>What is asked for: access, or more time of it.</summary>
public enum RequestKind
{
    Access = 0,

    /// <summary>More time for a live grant; same approval as a new request.</summary>
    Extension = 1,
}

/// <summary>Where a request stands. Every end is final: a changed request is a new one.</summary>
public enum RequestState
{
    /// <summary>Waiting for reviews. Approvers, the requester or the first clock move it on.</summary>
    Pending = 0,

    /// <summary>Every seat is filled; spent once.</summary>
    Approved = 1,
    Denied = 2,
    Withdrawn = 3,

    /// <summary>Nobody answered in time.</summary>
    Lapsed = 4,

    /// <summary>Approved, and taken back before it was spent, because its requester was cut off.</summary>
    Voided = 5,
}

/// <summary>What moves a request on.</summary>
public enum RequestTrigger
{
    Approve = 0,
    Deny = 1,
    Withdraw = 2,
    Lapse = 3,
    Void = 4,
}

/// <summary>The permitted moves of a request.</summary>
public static class RequestLifecycle
{
    public static Lifecycle<RequestState, RequestTrigger> Table { get; } = new(
        "Request",
        RequestState.Pending,
        (RequestState.Pending, RequestTrigger.Approve, RequestState.Approved),
        (RequestState.Pending, RequestTrigger.Deny, RequestState.Denied),
        (RequestState.Pending, RequestTrigger.Withdraw, RequestState.Withdrawn),
        (RequestState.Pending, RequestTrigger.Lapse, RequestState.Lapsed),
        (RequestState.Approved, RequestTrigger.Void, RequestState.Voided));
}
