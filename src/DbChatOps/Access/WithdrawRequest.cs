namespace DbChatOps.Access;

/// <summary>The requester no longer needs it. Refuses <c>unknown_request</c> (also for other people's), <c>already_decided</c>.</summary>
public sealed record WithdrawRequest(RequestId Request) : Command
{
    public override Subject Subject => Subject.Of(Request);

    public static Result<Decision<AccessRequest>> Decide(AccessRequest? request, WithdrawRequest command, Facts facts)
    {
        if (request is null || !facts.Policies.People.AreSame(request.Requester.Id, facts.Actor.Id))
        {
            return new Refusal("unknown_request", "There is no such request of yours. `/db requests` lists them.");
        }

        return request.State switch
        {
            RequestState.Withdrawn => Decision<AccessRequest>.Unchanged(request),
            RequestState.Pending => Decision<AccessRequest>.Of(request, new RequestWithdrawn { Request = request.Id, By = facts.Actor.Id, At = facts.Now }),
            _ => new Refusal("already_decided", request.State == RequestState.Approved
                ? $"{request.Id.Handle} is already approved. End the access with `/db release`."
                : $"{request.Id.Handle} is already closed."),
        };
    }
}
