namespace DbChatOps.Access;

/// <summary>The holder is done. Ending what is already ending is a friendly no-op. Refuses <c>unknown_grant</c>.</summary>
public sealed record ReleaseGrant(GrantId Grant) : Command
{
    public override Subject Subject => Subject.Of(Grant);

    public static Result<Decision<Grant>> Decide(Grant? grant, ReleaseGrant command, Facts facts)
    {
        if (!GrantRules.HeldBy(grant, facts.Actor, facts.Policies.People).TryGet(out var held, out var refusal))
        {
            return refusal;
        }

        return !GrantLifecycle.Table.Permits(held.State, GrantTrigger.End)
            ? Decision<Grant>.Unchanged(held)
            : Decision<Grant>.Of(held, EndGrant.Ending(held, EndReason.Released, null, facts));
    }
}
