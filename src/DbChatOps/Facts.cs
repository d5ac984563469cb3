using DbChatOps.Access;
using DbChatOps.Policies;
using DbChatOps.Targets;

namespace DbChatOps;

/// <summary>Everything a decision may know besides the aggregate itself. Gathered by the host just before; a decision reads nothing else.</summary>
public sealed record Facts
{
    /// <summary>UTC.</summary>
    public required DateTimeOffset Now { get; init; }

    public required Principal Actor { get; init; }

    public required PolicyBook Policies { get; init; }

    public required TargetBook Targets { get; init; }

    /// <summary>Who is in which group, asked at this click; only the groups that matter for the target in question.</summary>
    public Membership Membership { get; init; } = DbChatOps.Policies.Membership.Nobody;

    /// <summary>The identity pin and what was found on the server; null while it was never checked.</summary>
    public ServerRecord? Server { get; init; }

    /// <summary>The grant that the command refers to beside its own aggregate.</summary>
    public Grant? Grant { get; init; }

    /// <summary>The approved request that the decision would spend.</summary>
    public AccessRequest? Request { get; init; }

    /// <summary>Somebody other than the actor whom the decision is about, as the directory describes them now.</summary>
    public Principal? Person { get; init; }

    /// <summary>Earlier requests for the same target that were denied, wait or were approved, by any account of the actor's.</summary>
    public IReadOnlyList<AccessRequest> History { get; init; } = [];

    /// <summary>The newest request of the actor's that the requester in question approved within the last day.</summary>
    public RequestId? Returned { get; init; }

    /// <summary>The organisation's channel for approvals, unless the policy names its own.</summary>
    public string ApprovalChannel { get; init; } = "";

    /// <summary>Names of groups whose members may cut somebody off.</summary>
    public IReadOnlyList<string> SecurityGroups { get; init; } = [];

    /// <summary>
    /// For how long after its end was due a login that runs a statement that cannot be interrupted stops new grants on its server. People are told by a page
    /// after 60 s either way.
    /// </summary>
    public TimeSpan StrippedStopsGrantsFor { get; init; } = TimeSpan.FromMinutes(10);
}

/// <summary>What a verb wants to be asked afresh. Nothing is fetched that is not named here.</summary>
public sealed record FactNeeds
{
    public static FactNeeds None { get; } = new();

    /// <summary>Memberships of every group that the policies of this target name.</summary>
    public TargetId? PoliciesOf { get; init; }

    /// <summary>Memberships of every group that this pinned policy and its current version name.</summary>
    public PinnedPolicy? Pinned { get; init; }

    /// <summary>Load this approved request, with the memberships that decide whether it may still be spent.</summary>
    public RequestId? Spends { get; init; }

    public bool SecurityGroups { get; init; }

    /// <summary>The identity pin of this target's server.</summary>
    public TargetId? ServerOf { get; init; }

    public GrantId? Grant { get; init; }

    /// <summary>Ask the directory about this person, besides the actor.</summary>
    public Principal? Person { get; init; }

    /// <summary>Look whether this requester approved something of the actor's within the last day.</summary>
    public PersonId? ReturnsTo { get; init; }

    /// <summary>Take <see cref="PoliciesOf"/>, <see cref="ServerOf"/> and <see cref="HistoryFor"/> from the grant's target.</summary>
    public bool ForGrantsTarget { get; init; }

    /// <summary>The actor's requests for this target.</summary>
    public TargetId? HistoryFor { get; init; }
}
