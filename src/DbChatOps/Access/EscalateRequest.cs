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

        var escalation = request.Policy.Policy.Rule.Escalation;
        var isDue = request.State == RequestState.Pending && request.EscalatedAt is null
            && escalation is not null && request.AskedAt + escalation.After <= facts.Now;
        return isDue
            ? Decision<AccessRequest>.Of(request, new RequestEscalated { Request = request.Id, Group = escalation!.Group, By = facts.Actor.Id, At = facts.Now })
            : Decision<AccessRequest>.Unchanged(request);
    }
}
