namespace DbChatOps.Access;

/// <summary>The login exists now, without LOGIN. A grant that is already being ended ignores it: the ending finds the login by name.</summary>
public sealed record ConcludeProvisioning(GrantId Grant, uint Oid, TimeSpan ClockSkew) : Command
{
    public override Subject Subject => Subject.Of(Grant);

    public static Result<Decision<Grant>> Decide(Grant? grant, ConcludeProvisioning command, Facts facts)
    {
        if (grant is null)
        {
            return GrantRules.Unknown;
        }

        return !GrantLifecycle.Table.Permits(grant.State, GrantTrigger.Provision)
            ? Decision<Grant>.Unchanged(grant)
            : Decision<Grant>.Of(grant, new GrantProvisioned
            {
                Grant = grant.Id,
                Oid = command.Oid,
                ClockSkew = command.ClockSkew,
                By = facts.Actor.Id,
                At = facts.Now,
            });
    }
}
