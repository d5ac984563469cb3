using DbChatOps.Targets;

namespace DbChatOps.Policies;

/// <summary>One configured rule: these people may ask for these levels of these targets, this long, if those seats agree.</summary>
public sealed record AccessPolicy
{
    public required string Name { get; init; }

    public required PolicyScope Covers { get; init; }

    /// <summary>Groups that may ask; empty means nobody.</summary>
    public required IReadOnlyList<string> Requesters { get; init; }

    public required TimeSpan MaximumWindow { get; init; }

    /// <summary>The window of a request that names none; at most <see cref="MaximumWindow"/>.</summary>
    public required TimeSpan DefaultWindow { get; init; }

    public required ApprovalRule Rule { get; init; }

    /// <summary>Granted without a person's yes. Never in production, whatever the configuration says.</summary>
    public bool AutoApprove { get; init; }

    public ExtensionRule Extension { get; init; } = ExtensionRule.None;

    /// <summary>After a denial the same person may not ask for the same target for this long; zero: at once.</summary>
    public TimeSpan CoolDownAfterDenial { get; init; }

    public bool RequiresTicket { get; init; }

    /// <summary>How many letters and digits a reason must have at least; null: <see cref="UsualMinimumReason"/> in production and one elsewhere.</summary>
    public int? MinimumReason { get; init; }

    /// <summary>A ticket is enough, such as <c>OPS-1</c>; a letter is not.</summary>
    public const int UsualMinimumReason = 4;

    public int LeastReason(TargetEnvironment environment) => MinimumReason ?? (environment == TargetEnvironment.Production ? UsualMinimumReason : 1);
}

/// <summary>
/// What a policy is about. A target is covered when it satisfies every restriction that is stated: an absent list does not restrict,
/// an empty list covers nothing.
/// </summary>
public sealed record PolicyScope
{
    public IReadOnlyList<TargetId>? Targets { get; init; }

    /// <summary>A target with any of these tags.</summary>
    public IReadOnlyList<string>? Tags { get; init; }

    public IReadOnlyList<TargetEnvironment>? Environments { get; init; }

    public required IReadOnlyList<AccessLevel> Levels { get; init; }

    public bool Covers(Target target, AccessLevel level) => Levels.Contains(level) && Covers(target);

    public bool Covers(Target target) =>
        (Targets is null || Targets.Contains(target.Id))
        && (Tags is null || Tags.Intersect(target.Tags, StringComparer.Ordinal).Any())
        && (Environments is null || Environments.Contains(target.Environment));
}

/// <summary>Whether a running window may be moved later. An extension needs the same approval as a new request.</summary>
public sealed record ExtensionRule
{
    public static ExtensionRule None { get; } = new() { Allowed = false };

    public required bool Allowed { get; init; }

    /// <summary>The whole window may never exceed this, however often it is extended.</summary>
    public TimeSpan MaximumTotal { get; init; }

    public int MaximumTimes { get; init; }
}
