namespace DbChatOps.Access;

/// <summary>The first clock ran out.</summary>
public sealed record LapseRequest(RequestId Request) : Command
{
    public override Subject Subject => Subject.Of(Request);

    public static Result<Decision<AccessRequest>> Decide(AccessRequest? request, LapseRequest command, Facts facts)
    {
        if (request is null)
        {
            return new Refusal("unknown_request", "There is no such request.");
        }

        return request.State != RequestState.Pending || request.LapsesAt > facts.Now
            ? Decision<AccessRequest>.Unchanged(request)
            : Decision<AccessRequest>.Of(request, new RequestLapsed { Request = request.Id, By = facts.Actor.Id, At = facts.Now });
    }
}
