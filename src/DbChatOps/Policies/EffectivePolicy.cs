namespace DbChatOps.Policies;

/// <summary>
/// The pinned policy and the current one, both of which must agree: every clock is the shorter, every permission must be given twice,
/// and each rule's seats must be filled (one review may fill a seat in each). So tightening acts at once and loosening never helps an old request.
/// </summary>
public sealed record EffectivePolicy
{
    /// <summary>One policy when nothing changed, else the pinned one and the current one.</summary>
    public required IReadOnlyList<AccessPolicy> Policies { get; init; }

    /// <summary>The digest of the current policy, where it is no longer the pinned one.</summary>
    public string? ChangedTo => Policies is [_, var current] ? PolicyHash.Of(current) : null;

    /// <summary>The rules to satisfy; empty only when both approve by themselves.</summary>
    public IReadOnlyList<ApprovalRule> Rules => [.. Policies.Where(policy => !policy.AutoApprove).Select(policy => policy.Rule)];

    public TimeSpan MaximumWindow => Policies.Min(policy => policy.MaximumWindow);

    public TimeSpan PendingFor => Policies.Min(policy => policy.Rule.PendingFor);

    public TimeSpan ClaimWithin => Policies.Min(policy => policy.Rule.ClaimWithin);

    public ExtensionRule Extension => new()
    {
        Allowed = Policies.All(policy => policy.Extension.Allowed),
        MaximumTotal = Policies.Min(policy => policy.Extension.MaximumTotal),
        MaximumTimes = Policies.Min(policy => policy.Extension.MaximumTimes),
    };

    public static EffectivePolicy Of(PinnedPolicy pinned, AccessPolicy current) => new()
    {
        Policies = PolicyHash.Of(current) == pinned.Hash && PolicyHash.Of(pinned.Policy) == pinned.Hash ? [current] : [pinned.Policy, current],
    };

    /// <summary>Counts the reviews under every rule.</summary>
    public Tally Count(Ballot ballot, Membership membership) => Tally.Of(Rules, ballot, membership);
}
