namespace DbChatOps.Access;

/// <summary>Nobody answered within the policy's delay: a further group is called. Only adds people who may fill a seat; never fills one.</summary>
public sealed record EscalateRequest(RequestId Request) : Command
{
    public override Subject Subject => Subject.Of(Request);

    public static Result<Decision<AccessRequest>> Decide(AccessRequest? request, EscalateRequest command, Facts facts)
    {
        if (request is null)
        {
            return new Refusal("unknown_request", "There is no such request.");
        }

        return request is { State: RequestState.Pending, EscalatedAt: null, Policy.Policy.Rule.Escalation: { } escalation } && request.AskedAt + escalation.After <= facts.Now
            ? Decision<AccessRequest>.Of(request, new RequestEscalated { Request = request.Id, Group = escalation.Group, By = facts.Actor.Id, At = facts.Now })
            : Decision<AccessRequest>.Unchanged(request);
    }
}
