using DbChatOps.Chat;

namespace DbChatOps.Access;

/// <summary>The bot ends a grant: its window is over, nobody claimed it, or it could not be made. Too early, or already ending: nothing happens.</summary>
public sealed record EndGrant(GrantId Grant, EndReason Reason, string? Detail = null) : Command
{
    public override Subject Subject => Subject.Of(Grant);

    public static Result<Decision<Grant>> Decide(Grant? grant, EndGrant command, Facts facts)
    {
        if (grant is null)
        {
            return GrantRules.Unknown;
        }

        return !GrantLifecycle.Table.Permits(grant.State, GrantTrigger.End) || !IsDue(grant, command.Reason, facts.Now)
            ? Decision<Grant>.Unchanged(grant)
            : Decision<Grant>.Of(grant, Ending(grant, command.Reason, command.Detail, facts));
    }

    /// <summary>The same event for every way of ending; access had to be over when the window was, or now if a person says so.</summary>
    internal static GrantEnding Ending(Grant grant, EndReason reason, string? detail, Facts facts) => new()
    {
        Grant = grant.Id,
        Reason = reason,
        DueAt = reason == EndReason.Expired ? grant.LatestPossibleEnd ?? facts.Now : facts.Now,
        Detail = detail is null ? null : Reasons.Clean(detail),
        By = facts.Actor.Id,
        At = facts.Now,
    };

    private static bool IsDue(Grant grant, EndReason reason, DateTimeOffset now) => reason switch
    {
        EndReason.Expired => grant.LatestPossibleEnd is { } end && end <= now,

        // A reveal that is not read back yet may have started the window: its own end counts then.
        EndReason.Unclaimed => grant.Expiry is null && grant.Revealing is null && grant.ClaimBy <= now,
        _ => true,
    };
}
