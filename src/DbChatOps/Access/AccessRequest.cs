using DbChatOps.Policies;
using DbChatOps.Targets;

namespace DbChatOps.Access;

/// <summary>A principal's question: this target, this level, this long, for this reason.</summary>
public sealed record AccessRequest : IAggregate<AccessRequest>
{
    static string IAggregate<AccessRequest>.Kind => "request";

    public required RequestId Id { get; init; }

    public required RequestKind Kind { get; init; }

    public required RequestState State { get; init; }

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

    /// <summary>The policy as it was when the request was made. It and the current one must both allow.</summary>
    public required PinnedPolicy Policy { get; init; }

    /// <summary>Binds approvals to what was asked; shown on card and dialog.</summary>
    public required string Digest { get; init; }

    public required string Channel { get; init; }

    public required DateTimeOffset AskedAt { get; init; }

    public required DateTimeOffset LapsesAt { get; init; }

    public GrantId? Extends { get; init; }

    public IReadOnlyList<Review> Reviews { get; init; } = [];

    public DateTimeOffset? EscalatedAt { get; init; }

    /// <summary>The grant that an approval opened or extended.</summary>
    public GrantId? Grant { get; init; }

    public DateTimeOffset? DecidedAt { get; init; }

    /// <summary>A denial's reason, or why an approval could not be spent or was taken back.</summary>
    public string? Outcome { get; init; }

    public Subject Subject => Subject.Of(Id);

    public SnapshotIndex Index => new()
    {
        Open = State == RequestState.Pending,
        State = State.ToString(),
        Person = Requester.Id.ToString(),
        Server = Server.Value,
        Target = Target.Value,
        Handle = Id.Handle,
        Due = State == RequestState.Pending ? LapsesAt : null,
    };

    public static AccessRequest Apply(AccessRequest? state, DomainEvent change) => change switch
    {
        RequestAsked asked when state is null => Ask(asked),
        _ when state is null => throw new InvalidOperationException($"{change.GetType().Name} before the request was made."),
        RequestReviewed it => state with { Reviews = [.. state.Reviews, it.Review] },
        RequestApproved it => state with { State = Next(state, RequestTrigger.Approve), Grant = it.Grant, DecidedAt = it.At },
        RequestDenied it => state with { State = Next(state, RequestTrigger.Deny), Outcome = it.Reason, DecidedAt = it.At },
        RequestWithdrawn it => state with { State = Next(state, RequestTrigger.Withdraw), DecidedAt = it.At },
        RequestLapsed it => state with { State = Next(state, RequestTrigger.Lapse), DecidedAt = it.At },
        RequestVoided it => state with { State = Next(state, RequestTrigger.Void), Outcome = it.Reason },
        GrantRefused it => state with { Outcome = it.Message },
        RequestEscalated it => state with { EscalatedAt = it.At },
        _ => throw new InvalidOperationException($"A request does not know {change.GetType().Name}."),
    };

    private static RequestState Next(AccessRequest state, RequestTrigger trigger) => RequestLifecycle.Table.Next(state.State, trigger);

    private static AccessRequest Ask(RequestAsked asked) => new()
    {
        Id = asked.Request,
        Kind = asked.Kind,
        State = RequestState.Pending,
        Requester = asked.Requester,
        Target = asked.Target,
        Server = asked.Server,
        Environment = asked.Environment,
        Database = asked.Database,
        Level = asked.Level,
        StandingRole = asked.StandingRole,
        Window = asked.Window,
        Reason = asked.Reason,
        Ticket = asked.Ticket,
        Policy = asked.Policy,
        Digest = asked.Digest,
        Channel = asked.Channel,
        AskedAt = asked.At,
        LapsesAt = asked.LapsesAt,
        Extends = asked.Extends,
    };
}
