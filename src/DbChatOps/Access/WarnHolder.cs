namespace DbChatOps.Access;

/// <summary>
/// Tells the holder that the window ends soon: at min(10 min, window/3) and min(2 min, window/15) before the end.
/// A warning for an end that has moved, or that was given already, is not given.
/// </summary>
public sealed record WarnHolder(GrantId Grant, EndWarning Warning, DateTimeOffset Expiry) : Command
{
    public override Subject Subject => Subject.Of(Grant);

    public static TimeSpan Before(EndWarning warning, TimeSpan window) => warning == EndWarning.First
        ? Shorter(TimeSpan.FromMinutes(10), window / 3)
        : Shorter(TimeSpan.FromMinutes(2), window / 15);

    public static Result<Decision<Grant>> Decide(Grant? grant, WarnHolder command, Facts facts)
    {
        if (grant is null)
        {
            return GrantRules.Unknown;
        }

        var isStale = grant.State != GrantState.Active || grant.Expiry != command.Expiry || grant.Expiry <= facts.Now || grant.Warned >= command.Warning;
        return isStale
            ? Decision<Grant>.Unchanged(grant)
            : Decision<Grant>.Of(grant, new HolderWarned { Grant = grant.Id, Warning = command.Warning, By = facts.Actor.Id, At = facts.Now });
    }

    /// <summary>The last warning whose time is over already for a window that ends then; null when neither is.</summary>
    internal static EndWarning? LastBefore(DateTimeOffset end, TimeSpan window, DateTimeOffset now) =>
        end - Before(EndWarning.Last, window) <= now ? EndWarning.Last
        : end - Before(EndWarning.First, window) <= now ? EndWarning.First
        : null;

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;
}
