namespace DbChatOps.Access;

/// <summary>
/// Spends an approved extension: the window ends later. The limits are judged here once more, on the grant as it is now: of two extensions that were
/// approved side by side, the second may be too much. The server's VALID UNTIL follows by convergence, without a drop or a new password.
/// Refuses <c>ended</c>, <c>not_active</c>, <c>extension_not_allowed</c>, <c>extension_limit</c>, <c>store_restored</c>, <c>check_failed</c>, and what <see cref="Spending"/> refuses with.
/// </summary>
public sealed record ExtendGrant(GrantId Grant, RequestId Request, TimeSpan By) : Command
{
    public override Subject Subject => Subject.Of(Grant);

    public static Result<Decision<Grant>> Decide(Grant? grant, ExtendGrant command, Facts facts)
    {
        if (grant is null)
        {
            return GrantRules.Unknown;
        }

        if (grant.LastExtension == command.Request)
        {
            return Decision<Grant>.Unchanged(grant);
        }

        if (grant.State is GrantState.Provisioning or GrantState.Ready)
        {
            return new Refusal("not_active", $"The window of {grant.Id.Handle} has not started.");
        }

        if (grant.State != GrantState.Active || grant.Expiry is not { } expiry || expiry <= facts.Now)
        {
            return new Refusal("ended", $"{grant.Id.Handle} had ended before it could be extended.");
        }

        if (!Spending.Judge(facts).TryGet(out var effective, out var refusal))
        {
            return refusal;
        }

        if ((facts.Server?.RefuseWhileRestored() ?? facts.Server?.RefuseAccess(grant.Target, grant.Level)) is { } failed)
        {
            return failed;
        }

        return AskExtension.Limit(effective.Extension, grant, expiry + command.By) is { } limit
            ? limit
            : Decision<Grant>.Of(grant, new GrantExtended
            {
                Grant = grant.Id,
                Request = command.Request,
                Expiry = expiry + command.By,
                By = facts.Actor.Id,
                At = facts.Now,
            });
    }
}

/// <summary>VALID UNTIL was moved on the server and read back.</summary>
public sealed record ConcludeExtension(GrantId Grant, DateTimeOffset ValidUntil) : Command
{
    public override Subject Subject => Subject.Of(Grant);

    public static Result<Decision<Grant>> Decide(Grant? grant, ConcludeExtension command, Facts facts)
    {
        if (grant is null)
        {
            return GrantRules.Unknown;
        }

        return grant.State != GrantState.Active || grant.ValidUntil == command.ValidUntil
            ? Decision<Grant>.Unchanged(grant)
            : Decision<Grant>.Of(grant, new ExtensionApplied
            {
                Grant = grant.Id,
                ValidUntil = command.ValidUntil,
                By = facts.Actor.Id,
                At = facts.Now,
            });
    }
}
