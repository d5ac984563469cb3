using DbChatOps.Chat;
using DbChatOps.Policies;
using DbChatOps.Targets;

namespace DbChatOps.Access;

/// <summary>
/// One approver's verdict. When it fills the last seat the request is approved; a denial needs a reason.
/// Eligibility is judged now, under the pinned and the current policy together. Refuses <c>unknown_request</c>, <c>already_decided</c>,
/// <c>digest_mismatch</c>, <c>target_name_mismatch</c>, <c>reason_missing</c>, <c>ended</c> (an extension of access that is over), <c>target_changed</c>,
/// <c>no_longer_eligible</c>, and what <see cref="Tally"/> and <see cref="PolicyBook.Combine"/> refuse with.
/// </summary>
/// <param name="Digest">The digest that the approver's dialog showed.</param>
/// <param name="TypedTarget">What the approver typed as the target's name, where that is asked for.</param>
public sealed record ReviewRequest(RequestId Request, Verdict Verdict, string Digest, string? TypedTarget, string? Comment) : Command
{
    public override Subject Subject => Subject.Of(Request);

    public static Result<Decision<AccessRequest>> Decide(AccessRequest? request, ReviewRequest command, Facts facts)
    {
        if (request is null)
        {
            return new Refusal("unknown_request", "There is no such request. `/db requests` lists those that wait for you.");
        }

        if (Refuse(request, command, facts) is { } refusal)
        {
            return refusal;
        }

        if (!Effective(request, facts).TryGet(out var effective, out var changed))
        {
            return changed;
        }

        if (command.Verdict == Verdict.Approve && request.AskedAt + effective.PendingFor <= facts.Now)
        {
            return new Refusal("already_decided", $"{request.Id.Handle} is too old: policy {request.Policy.Policy.Name} now asks for an answer within {PlainText.Duration(effective.PendingFor)}. It has to be asked again.");
        }

        var ballot = BallotOf(request);
        var approves = command.Verdict == Verdict.Approve;
        if (Tally.RefuseReview(effective.Rules, ballot, facts.Actor, approves, facts.Membership, facts.Now) is { } notYours)
        {
            return notYours;
        }

        var review = new Review
        {
            Reviewer = facts.Actor,
            Verdict = command.Verdict,
            At = facts.Now,
            Comment = command.Comment is null ? null : Reasons.Clean(command.Comment),
            Returns = approves ? facts.Returned : null,
        };
        var reviewed = new RequestReviewed { Request = request.Id, Review = review, CurrentPolicyHash = effective.ChangedTo, By = facts.Actor.Id, At = facts.Now };
        var after = effective.Count(ballot with { Votes = [.. ballot.Votes, new Vote(facts.Actor.Id, approves, facts.Now)] }, facts.Membership);
        return after.Outcome switch
        {
            TallyOutcome.Approved => Decision<AccessRequest>.Of(request, reviewed, Approved(request, effective, facts)),
            TallyOutcome.Denied => Decision<AccessRequest>.Of(request, reviewed, new RequestDenied
            {
                Request = request.Id,
                Reason = review.Comment ?? "the seats can no longer be filled",
                By = facts.Actor.Id,
                At = facts.Now,
            }),
            _ => Decision<AccessRequest>.Of(request, reviewed),
        };
    }

    /// <summary>The reviews so far, as votes.</summary>
    public static Ballot BallotOf(AccessRequest request) => new()
    {
        Requester = request.Requester.Id,
        AskedAt = request.AskedAt,
        Votes = [.. request.Reviews.Select(review => new Vote(review.Reviewer.Id, review.Verdict == Verdict.Approve, review.At))],
    };

    /// <summary>Pinned and current policy together, or why they no longer allow it.</summary>
    public static Result<EffectivePolicy> Effective(AccessRequest request, Facts facts)
    {
        if (facts.Targets.Target(request.Target) is not { } target
            || !target.Levels.TryGetValue(request.Level, out var level)
            || level.StandingRole != request.StandingRole
            || target.Database != request.Database
            || target.Server != request.Server)
        {
            return new Refusal("target_changed", $"Target '{request.Target}' is no longer configured as it was when this was asked. It has to be asked again.");
        }

        if (facts.Person is { } requester && Eligibility.Refuse(requester) is { } ineligible)
        {
            return new Refusal("no_longer_eligible", $"The requester can no longer be given access. {ineligible.Message}");
        }

        return facts.Policies.Combine(request.Policy, new AccessQuestion
        {
            Requester = request.Requester,
            Membership = facts.Membership,
            Target = target,
            Level = request.Level,
            Window = request.Window,
            HasTicket = request.Ticket is not null,
            Now = facts.Now,
        });
    }

    /// <summary>Production <c>write</c> and <c>ddl</c> ask for the target's name, against mix-ups; case, blanks and dashes are forgiven.</summary>
    public static bool AsksForTargetName(AccessRequest request) =>
        request.Environment == TargetEnvironment.Production && request.Level != AccessLevel.Read;

    /// <summary>Production binds a typed approval to what its approver saw, as pressing the button does everywhere.</summary>
    public static bool AsksForDigest(AccessRequest request) => request.Environment == TargetEnvironment.Production;

    /// <summary>Eight characters of the digest, as shown on cards and in dialogs.</summary>
    public static string BriefDigest(AccessRequest request) => new ApprovalDigest(request.Digest).Brief;

    public static bool IsSameName(string typed, TargetId target) =>
        string.Equals(Squeeze(typed), Squeeze(target.Value), StringComparison.OrdinalIgnoreCase);

    private static string Squeeze(string name) => string.Concat(name.Where(char.IsLetterOrDigit));

    private static Refusal? Refuse(AccessRequest request, ReviewRequest command, Facts facts)
    {
        if (request.State != RequestState.Pending)
        {
            return AlreadyDecided(request);
        }

        if (request.LapsesAt <= facts.Now)
        {
            return new Refusal("already_decided", $"{request.Id.Handle} has just lapsed: nobody answered in time.");
        }

        if (command.Digest != request.Digest)
        {
            return new Refusal("digest_mismatch", "What you saw is not what is asked. Open the request again from its card.");
        }

        if (request.Kind == RequestKind.Extension && command.Verdict == Verdict.Approve
            && (facts.Grant is not { State: GrantState.Active, Expiry: { } expiry } || expiry <= facts.Now))
        {
            return new Refusal("ended", "The access that was to be extended has already ended. Nothing is left to approve.");
        }

        if (command.Verdict == Verdict.Deny && Reasons.Clean(command.Comment).Length == 0)
        {
            return new Refusal("reason_missing", "Say why, so that the requester knows what would help.") { Field = "comment" };
        }

        return command.Verdict == Verdict.Approve && AsksForTargetName(request) && !IsSameName(command.TypedTarget ?? "", request.Target)
            ? new Refusal("target_name_mismatch", PlainText.Clean(command.TypedTarget ?? "", 60) is { Length: > 0 } typed
                ? $"You typed '{typed}', but this is {request.Target}. Type {request.Target} if that is what you mean to approve."
                : $"Type the target's name to confirm: {request.Target}.") { Field = "target" }
            : null;
    }

    /// <summary>A calm answer to the second click: what was decided, by whom, when.</summary>
    public static Refusal AlreadyDecided(AccessRequest request)
    {
        var last = request.Reviews.Count > 0 ? request.Reviews[^1] : null;
        return new Refusal("already_decided", request.State switch
        {
            RequestState.Approved when last is not null => $"{request.Id.Handle} was already approved; {last.Reviewer.Name} gave the last approval at {PlainText.Utc(last.At)}.",
            RequestState.Denied when last is not null => $"{request.Id.Handle} was already denied by {last.Reviewer.Name} at {PlainText.Utc(last.At)}.",
            RequestState.Withdrawn => $"{request.Id.Handle} was withdrawn by its requester.",
            RequestState.Lapsed => $"{request.Id.Handle} has lapsed: nobody answered in time.",
            RequestState.Voided => $"{request.Id.Handle} was approved, and the approval was taken back.",
            _ => $"{request.Id.Handle} is already decided.",
        });
    }

    private static RequestApproved Approved(AccessRequest request, EffectivePolicy effective, Facts facts) => new()
    {
        Request = request.Id,
        Grant = request.Extends ?? new GrantId(request.Id.Value),
        CurrentPolicyHash = effective.ChangedTo,
        By = facts.Actor.Id,
        At = facts.Now,
    };
}
