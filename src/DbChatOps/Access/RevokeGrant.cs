using DbChatOps.Chat;

namespace DbChatOps.Access;

/// <summary>
/// Ends somebody's grant early: for its holder, its approvers, a security group or the host's operator.
/// No approval is needed to take access away. Refuses <c>unknown_grant</c> (also to those who may not see it), <c>reason_missing</c>.
/// </summary>
public sealed record RevokeGrant(GrantId Grant, string Reason, EndReason Because = EndReason.Revoked) : Command
{
    public override Subject Subject => Subject.Of(Grant);

    public static Result<Decision<Grant>> Decide(Grant? grant, RevokeGrant command, Facts facts)
    {
        if (grant is null || !MayRevoke(grant, facts))
        {
            return GrantRules.Unknown;
        }

        if (Reasons.Clean(command.Reason).Length == 0)
        {
            return new Refusal("reason_missing", $"Say why, for the record: `/db revoke {grant.Id.Handle} <reason>`.") { Field = "reason" };
        }

        return !GrantLifecycle.Table.Permits(grant.State, GrantTrigger.End)
            ? Decision<Grant>.Unchanged(grant)
            : Decision<Grant>.Of(grant, EndGrant.Ending(grant, command.Because, command.Reason, facts));
    }

    public static bool MayRevoke(Grant grant, Facts facts) =>
        facts.Actor.Kind == PrincipalKind.System
        || facts.Policies.People.AreSame(grant.Holder.Id, facts.Actor.Id)
        || grant.Approvers.Any(approver => facts.Policies.People.AreSame(approver.Id, facts.Actor.Id))
        || facts.Membership.ContainsAny(facts.SecurityGroups, facts.Actor.Id);
}
