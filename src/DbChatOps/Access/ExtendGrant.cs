namespace DbChatOps.Access;

/// <summary>
/// Spends an approved extension: the window ends later. A grant that is already being ended stays so; the extension is then void.
/// The server's VALID UNTIL follows by convergence, without a drop or a new password.
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

        if (grant.State != GrantState.Active || grant.Expiry is not { } expiry)
        {
            return Decision<Grant>.Unchanged(grant);
        }

        if (grant.LastExtension == command.Request)
        {
            return Decision<Grant>.Unchanged(grant);
        }

        return expiry <= facts.Now
            ? Decision<Grant>.Unchanged(grant)
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
