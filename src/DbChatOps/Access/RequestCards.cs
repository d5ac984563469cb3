using DbChatOps.Chat;
using DbChatOps.Policies;

namespace DbChatOps.Access;

/// <summary>A request as approvers and as its requester see it. Functions of state: the same state always draws the same card.</summary>
public static class RequestCards
{
    public const string ApproveAction = "approve";
    public const string DenyAction = "deny";
    public const string WithdrawAction = "withdraw";
    public const string AgainAction = "again";

    /// <summary>For the approval channel. <paramref name="grant"/> is what became of an approval, as far as it has become anything.</summary>
    public static Card ForApprovers(AccessRequest request, Grant? grant, PolicyBook policies) => new()
    {
        Banner = new Banner(request.Environment, request.Target),
        Title = Asks(request),
        Fields = Facts(request),
        Quotes = [new Quote("Reason", request.Reason)],
        Lines = [.. Reviews(request), .. Status(request, grant, policies)],
        Buttons = grant is { State: GrantState.Provisioning or GrantState.Ready or GrantState.Active }
            ? [new Button(GrantCards.RevokeAction, "Revoke…", request.Id.ToString()) { Style = ButtonStyle.Danger }]
            : Answers(request),
        Footnotes = [Footnote(request)],
    };

    /// <summary>For the requester, by direct message.</summary>
    public static Card ForRequester(AccessRequest request, PolicyBook policies) => new()
    {
        Banner = new Banner(request.Environment, request.Target),
        Title = request.State switch
        {
            RequestState.Pending => Phrase.Of($"Your request for {What(request)} waits for approval"),
            RequestState.Approved when IsVoidExtension(request) => Phrase.Of($"Your request for {What(request)} was approved, but not applied"),
            RequestState.Approved => Phrase.Of($"Your request for {What(request)} was approved"),
            RequestState.Voided => Phrase.Of($"Your request for {What(request)} was approved, and taken back before anything was opened"),
            RequestState.Denied => Phrase.Of($"Your request for {What(request)} was denied"),
            RequestState.Withdrawn => Phrase.Of($"You withdrew your request for {What(request)}"),
            _ => Phrase.Of($"Your request for {What(request)} lapsed: nobody answered in time"),
        },
        Fields = Facts(request),
        Quotes = request.State == RequestState.Denied && request.Outcome is { } why
            ? [new Quote("Reason", request.Reason), new Quote("Why it was denied", why)]
            : [new Quote("Reason", request.Reason)],
        Lines = [.. Reviews(request with { Reviews = [.. request.Reviews.Select(WithoutQuoted)] }), .. Status(request, null, policies)],
        Buttons = request.State switch
        {
            RequestState.Pending => [new Button(WithdrawAction, "Withdraw", request.Id.ToString())],
            RequestState.Denied or RequestState.Lapsed or RequestState.Withdrawn or RequestState.Voided when request.Kind == RequestKind.Access =>
                [new Button(AgainAction, "Request again…", request.Id.ToString())],
            _ => [],
        },
        Footnotes = [Footnote(request)],
    };

    /// <summary>Called when nobody answered within the policy's delay; calm again once somebody has.</summary>
    public static Card Escalation(AccessRequest request, PolicyBook policies) => new()
    {
        Banner = new Banner(request.Environment, request.Target),
        Title = request.State == RequestState.Pending
            ? Phrase.Of($"Nobody has answered {request.Id.Handle:code} yet")
            : Phrase.Of($"{request.Id.Handle:code} no longer waits: {request.State.ToString().ToLowerInvariant()}"),
        Lines = request.State == RequestState.Pending ? [.. Call(request, policies)] : [],
        Buttons = Answers(request),
    };

    /// <summary>What the requester is told when the answer is no, or not yet possible.</summary>
    public static Card Answered(AccessRequest request) => new()
    {
        Banner = new Banner(request.Environment, request.Target),
        Title = request.State switch
        {
            RequestState.Denied => Phrase.Of($"Your request {request.Id.Handle:code} was denied"),
            RequestState.Lapsed => Phrase.Of($"Your request {request.Id.Handle:code} lapsed: nobody answered in time"),
            RequestState.Voided => Phrase.Of($"The approval of your request {request.Id.Handle:code} was taken back"),
            _ when request.Kind == RequestKind.Extension => Phrase.Of($"Your approved extension {request.Id.Handle:code} was not applied"),
            _ => Phrase.Of($"Your approved request {request.Id.Handle:code} could not be granted"),
        },
        Quotes = request.Outcome is { } why ? [new Quote("Why", why)] : [],
        Buttons = request.Kind == RequestKind.Access ? [new Button(AgainAction, "Request again…", request.Id.ToString())] : [],
    };

    /// <summary>The level, the target and how long, as one part of a sentence.</summary>
    internal static Phrase What(AccessRequest request) => request.Kind == RequestKind.Extension
        ? Phrase.Of($"*{request.Window}* more of *{request.Level.ToWord()}* on {request.Target}")
        : Phrase.Of($"*{request.Level.ToWord()}* on {request.Target} for *{request.Window}*");

    internal static Phrase Asks(AccessRequest request) => Phrase.Of($"{request.Requester.Id} asks for {What(request)}");

    /// <summary>The facts that an approver decides about, in one order everywhere.</summary>
    internal static IReadOnlyList<Field> Facts(AccessRequest request) =>
    [
        new("Level", Phrase.Of($"{request.Level.ToWord()} ({request.StandingRole:code})")),
        new("Window", request.Kind == RequestKind.Extension
            ? Phrase.Of($"{request.Window}, after the present end")
            : Phrase.Of($"{request.Window}, from the moment it is claimed")),
        .. request.State == RequestState.Pending ? new Field[] { new("Answer by", Phrase.Of($"{request.LapsesAt}")) } : [],
        .. request is { State: RequestState.Pending, Kind: RequestKind.Access }
            ? new Field[] { new("To be claimed", Phrase.Of($"within {request.Policy.Policy.Rule.ClaimWithin} of the approval")) }
            : [],
        .. request.Ticket is { } ticket ? new Field[] { new("Ticket", Phrase.Of($"{ticket}")) } : [],
        new("Policy", Phrase.Of($"{request.Policy.Policy.Name} · {request.Policy.Hash[..8]:code}")),
    ];

    /// <summary>Who is mentioned for a list of groups: at most five people, so that a large roster does not flood the channel.</summary>
    internal static Phrase Mentions(IEnumerable<string> groups, PolicyBook policies)
    {
        var names = groups.ToHashSet(StringComparer.Ordinal);
        var people = policies.Groups.Where(group => names.Contains(group.Name)).SelectMany(group => group.Roster).Distinct().Take(5);
        return Phrase.Join(" ", people.Select(person => Phrase.Of($"{person}")));
    }

    private static IEnumerable<Phrase> Call(AccessRequest request, PolicyBook policies)
    {
        yield return Phrase.Of($"{request.Requester.Id} has waited since {request.AskedAt} for {What(request)}; it lapses {request.LapsesAt}.");
        if (request.Policy.Policy.Rule.Escalation is { } escalation && Mentions([escalation.Group], policies) is { Pieces.Count: > 0 } called)
        {
            yield return Phrase.Of($"Please look: {called}");
        }
    }

    private static IReadOnlyList<Button> Answers(AccessRequest request) => request.State != RequestState.Pending
        ? []
        :
        [
            new Button(ApproveAction, "Approve…", request.Id.ToString()) { Style = ButtonStyle.Primary },
            new Button(DenyAction, "Deny…", request.Id.ToString()) { Style = ButtonStyle.Danger },
        ];

    /// <summary>Why it was denied stands as a quote already.</summary>
    private static Review WithoutQuoted(Review review) => review.Verdict == Verdict.Deny ? review with { Comment = null } : review;

    private static IEnumerable<Phrase> Reviews(AccessRequest request) => request.Reviews.Select(review => review.Verdict == Verdict.Approve
        ? Phrase.Of($"✅ {review.Reviewer.Id} approved {review.At}{Comment(review)}{Returned(request, review)}")
        : Phrase.Of($"⛔ {review.Reviewer.Id} denied {review.At}{Comment(review)}"));

    private static Phrase Returned(AccessRequest request, Review review) => review.Returns is { } own
        ? Phrase.Of($" · ↔ {request.Requester.Id} approved a request of {review.Reviewer.Id} within the last 24 h ({own.Handle:code})")
        : Phrase.Empty;

    private static Phrase Comment(Review review) => review.Comment is { Length: > 0 } comment ? Phrase.Of($": “{comment}”") : Phrase.Empty;

    private static IEnumerable<Phrase> Status(AccessRequest request, Grant? grant, PolicyBook policies)
    {
        switch (request.State)
        {
            case RequestState.Pending:
                yield return OpenSeats(request, policies);
                break;
            case RequestState.Approved when grant is not null && request.Kind == RequestKind.Access:
                yield return GrantCards.Status(grant);
                foreach (var remark in GrantRemarks.Found(grant).Concat(GrantRemarks.FoundAgain(grant)))
                {
                    yield return remark;
                }

                break;
            case RequestState.Approved when request.Kind == RequestKind.Extension && request.Outcome is { } unapplied:
                yield return Phrase.Of($"⚠️ Approved, but not applied: {unapplied}");
                break;
            case RequestState.Voided:
                yield return Phrase.Of($"⛔ Approved, and taken back before anything was opened: {request.Outcome ?? ""}");
                break;
            case RequestState.Approved when request.Outcome is { } refused:
                yield return Phrase.Of($"⚠️ Approved, but not granted: {refused}");
                break;
            case RequestState.Approved when request.Reviews.Count == 0:
                yield return Phrase.Of($"✅ Approved by policy {request.Policy.Policy.Name}, which asks nobody here");
                break;
            case RequestState.Approved when request.Policy.Policy.Rule.Seats.Count > 1:
                yield return Phrase.Of($"✅ Every seat is filled");
                break;
            case RequestState.Denied when request.Reviews.All(review => review.Verdict == Verdict.Approve):
                yield return Phrase.Of($"⛔ Closed {request.DecidedAt!.Value}, because its requester or an approver was cut off: {request.Outcome ?? ""}");
                break;
            case RequestState.Withdrawn:
                yield return Phrase.Of($"Withdrawn by the requester {request.DecidedAt!.Value}");
                break;
            case RequestState.Lapsed:
                yield return Phrase.Of($"Lapsed {request.DecidedAt!.Value}: nobody answered in time");
                break;
        }
    }

    private static bool IsVoidExtension(AccessRequest request) => request is { Kind: RequestKind.Extension, Outcome: not null };

    /// <summary>A seat that is named as its only group needs no second name.</summary>
    internal static string Seat(Seat seat) => seat.Groups is [var only] && only == seat.Name ? seat.Name : $"{seat.Name} ({string.Join(" or ", seat.Groups)})";

    /// <summary>Approvals so far and the seats of the pinned rule; which seat whose approval fills is asked of the directory only when it is decided.</summary>
    internal static Phrase Progress(AccessRequest request)
    {
        var rule = request.Policy.Policy.Rule;
        var seats = string.Join(", ", rule.Seats.Select(Seat));
        return Phrase.Of($"⏳ {request.Reviews.Count(review => review.Verdict == Verdict.Approve)} of {rule.Seats.Count} {(rule.Seats.Count == 1 ? "approval" : "approvals")} · {(rule.Seats.Count == 1 ? "seat" : "seats")}: {seats}");
    }

    private static Phrase OpenSeats(AccessRequest request, PolicyBook policies)
    {
        var pinged = Mentions(request.Policy.Policy.Rule.PingGroups, policies);
        return pinged.Pieces.Count == 0 ? Progress(request) : Progress(request) + Phrase.Of($" · {pinged}");
    }

    private static Phrase Footnote(AccessRequest request) =>
        Phrase.Of($"{request.Id.Handle:code} · asked {request.AskedAt} · digest {ReviewRequest.BriefDigest(request):code}");
}
