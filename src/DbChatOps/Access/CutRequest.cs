using DbChatOps.Chat;

namespace DbChatOps.Access;

/// <summary>
/// Closes what somebody who is cut off still has under way: denies what waits, takes back an approval that nothing was opened with yet.
/// What has become a grant is for <see cref="RevokeGrant"/>. For the bot, the host's operator and the security groups, without anybody's approval.
/// Refuses <c>unknown_request</c> (also to those who may not), <c>reason_missing</c>.
/// </summary>
public sealed record CutRequest(RequestId Request, string Reason) : Command
{
    public override Subject Subject => Subject.Of(Request);

    public static Result<Decision<AccessRequest>> Decide(AccessRequest? request, CutRequest command, Facts facts)
    {
        if (request is null || !MayCut(facts))
        {
            return new Refusal("unknown_request", "There is no such request of yours. `/db requests` lists them.");
        }

        var reason = Reasons.Clean(command.Reason);
        if (reason.Length == 0)
        {
            return new Refusal("reason_missing", "Say why, for the record.") { Field = "reason" };
        }

        return request switch
        {
            { State: RequestState.Pending } =>
                Decision<AccessRequest>.Of(request, new RequestDenied { Request = request.Id, Reason = reason, By = facts.Actor.Id, At = facts.Now }),
            { State: RequestState.Approved, Kind: RequestKind.Access } when facts.Grant is null =>
                Decision<AccessRequest>.Of(request, new RequestVoided { Request = request.Id, Reason = reason, By = facts.Actor.Id, At = facts.Now }),
            _ => Decision<AccessRequest>.Unchanged(request),
        };
    }

    private static bool MayCut(Facts facts) =>
        facts.Actor.Kind == PrincipalKind.System || facts.Membership.ContainsAny(facts.SecurityGroups, facts.Actor.Id);
}
