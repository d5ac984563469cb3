namespace DbChatOps.Access;

/// <summary>An approved request could not be spent (yet), or an approved extension not be applied: the requester and the approvers see why, instead of waiting in silence.</summary>
public sealed record NoteGrantRefused(RequestId Request, Refusal Refusal) : Command
{
    public override Subject Subject => Subject.Of(Request);

    public static Result<Decision<AccessRequest>> Decide(AccessRequest? request, NoteGrantRefused command, Facts facts)
    {
        if (request is null)
        {
            return new Refusal("unknown_request", "There is no such request.");
        }

        return request.State != RequestState.Approved || request.Outcome == command.Refusal.Message
            ? Decision<AccessRequest>.Unchanged(request)
            : Decision<AccessRequest>.Of(request, new GrantRefused
            {
                Request = request.Id,
                Code = command.Refusal.Code,
                Message = command.Refusal.Message,
                By = facts.Actor.Id,
                At = facts.Now,
            });
    }
}
