using DbChatOps.Chat;
using DbChatOps.Policies;
using DbChatOps.Targets;

namespace DbChatOps.Access;

/// <summary>Private answers to what somebody typed or pressed. Each echoes what was understood.</summary>
public static class AccessReplies
{
    /// <summary>Lists that say themselves how to see the rest. Of the others the platform shows what it has room for, and counts what is left out.</summary>
    private const int LongestList = 20;

    public static Card Refused(Refusal refusal) => new() { Title = Phrase.Of($"✋ {Phrase.Spoken(refusal.Message)}") };

    /// <summary>
    /// To whoever spoke to the bot in words. Words of a conversation decide nothing: they stand there for good, can be quoted and edited, and carry no
    /// digest. What reads like a command is given back as one.
    /// </summary>
    public static Card Addressed(string text, bool isInThread) => new()
    {
        Title = Phrase.Of($"I act on commands and buttons only; nothing was done."),
        Lines =
        [
            IsCommand(text)
                ? Phrase.Of($"As a command it is {"/db " + text.Trim():code}")
                : Phrase.Of($"`/db help` lists what you can do, and `/db access` asks for access in a dialog. My Home tab shows what is yours and what waits for you."),
            .. isInThread ? [Phrase.Of($"Commands cannot be typed in threads; *Request access* in the menu of a message can be used there.")] : Array.Empty<Phrase>(),
        ],
    };

    /// <summary>
    /// The request as filed (or approved at once), with where to look next. <paramref name="owed"/> are ends that its server is behind with: nothing
    /// new is granted there until they are proven.
    /// </summary>
    public static Card Asked(AccessRequest request, params IReadOnlyList<Grant> owed) => new()
    {
        Banner = new Banner(request.Environment, request.Target),
        Title = Phrase.Of($"Understood: {RequestCards.What(request)}"),
        Quotes = [new Quote("Reason", request.Reason)],
        Lines =
        [
            request.State == RequestState.Approved
                ? Phrase.Of($"✅ Policy {request.Policy.Policy.Name} asks nobody here. Look at our direct messages for the next step.")
                : Phrase.Of($"⏳ {request.Id.Handle:code} waits for {Seats(request.Policy.Policy.Rule)} until {request.LapsesAt}. Everything else happens in our direct messages."),
            .. HeldUp(owed),
        ],
        Footnotes = request.State == RequestState.Pending ? [Phrase.Of($"Take it back with `/db withdraw {Phrase.Ours(request.Id.Handle)}`.")] : [],
    };

    /// <summary>Said to whoever asks and to whoever approves.</summary>
    internal static IEnumerable<Phrase> HeldUp(IReadOnlyList<Grant> owed) => owed is []
        ? []
        : [Phrase.Of($"⚠️ {owed[0].Server} still has access that should have ended ({owed[0].Id.Handle:code}). Nothing new is granted there until it is gone; people have been paged.")];

    /// <summary>What would happen; nothing did.</summary>
    public static Card DryRun(RequestAsked would) => new()
    {
        Banner = new Banner(would.Environment, would.Target),
        Title = Phrase.Of($"Dry run: *{would.Level.ToWord()}* on {would.Target} for *{would.Window}*. Nothing was asked."),
        Fields =
        [
            new("Policy", Phrase.Of($"{would.Policy.Policy.Name}")),
            new("Approval", would.Policy.Policy.AutoApprove ? Phrase.Of($"none needed") : Phrase.Of($"{Seats(would.Policy.Policy.Rule)}")),
            new("Standing role", Phrase.Of($"{would.StandingRole:code} in database {would.Database:code}")),
            new("Clocks", Phrase.Of($"answered within {would.Policy.Policy.Rule.PendingFor}, claimed within {would.Policy.Policy.Rule.ClaimWithin}, then {would.Window} of work")),
        ],
        Quotes = [new Quote("Reason", would.Reason)],
    };

    public static Card Reviewed(AccessRequest request) => new()
    {
        Banner = new Banner(request.Environment, request.Target),
        Title = request.State switch
        {
            RequestState.Approved => Phrase.Of($"✅ Approved: {request.Requester.Id}, {RequestCards.What(request)}"),
            RequestState.Denied => Phrase.Of($"⛔ Denied: {request.Requester.Id}, {RequestCards.What(request)}"),
            _ => Phrase.Of($"Noted. {request.Id.Handle:code} needs further approvals."),
        },
        Lines = request.State == RequestState.Pending ? [RequestCards.Progress(request)] : [],
    };

    /// <summary>A typed yes without the digest, in production: what it would approve, and the line that approves exactly this. Nothing was decided.</summary>
    public static Card WouldApprove(Card shown, AccessRequest request)
    {
        var name = ReviewRequest.AsksForTargetName(request) ? " " + request.Target : "";
        return shown with
        {
            Lines =
            [
                .. shown.Lines,
                Phrase.Of($"Nothing is approved yet. To approve exactly this, type `/db approve {Phrase.Ours($"{request.Id.Handle} {ReviewRequest.BriefDigest(request)}{name}")}`."),
            ],
        };
    }

    public static Card Withdrawn(AccessRequest request) => new()
    {
        Banner = new Banner(request.Environment, request.Target),
        Title = Phrase.Of($"Withdrawn: {request.Id.Handle:code}, {RequestCards.What(request)}"),
    };

    public static Card ExtensionAsked(AccessRequest request) => new()
    {
        Banner = new Banner(request.Environment, request.Target),
        Title = request.State == RequestState.Approved
            ? Phrase.Of($"✅ Approved: {RequestCards.What(request)}. The card of your access shows the new end.")
            : Phrase.Of($"Understood: {RequestCards.What(request)}. {request.Id.Handle:code} waits for {Seats(request.Policy.Policy.Rule)}."),
    };

    public static Card Ending(Grant grant) => new()
    {
        Banner = new Banner(grant.Environment, grant.Target),
        Title = grant.State == GrantState.Revoked
            ? Phrase.Of($"{grant.Id.Handle:code} had already ended")
            : Phrase.Of($"Ending {grant.Id.Handle:code}: {grant.Login:code} on {grant.Target}"),
        Lines = [GrantCards.Status(grant)],
    };

    /// <summary>What cutting somebody off would end; nothing was done.</summary>
    public static Card WouldCutOff(CutOffOrder order, IReadOnlyList<AccessRequest> waiting, IReadOnlyList<Grant> live) => new()
    {
        Title = waiting.Count + live.Count == 0
            ? Phrase.Of($"{order.Person} holds no access and asks for none. Nothing has to be ended.")
            : Phrase.Of($"This ends everything of {order.Person}. Nothing was done yet."),
        Lines =
        [
            .. live.Select(Line),
            .. waiting.Select(request => Phrase.Of(
                $"{Sign(request.Environment)} {request.Id.Handle:code} {RequestCards.What(request)}: {(request.State == RequestState.Pending ? "waits for approval" : "approved")}")),
        ],
        Buttons = waiting.Count + live.Count == 0 ? [] : [new Button(GrantCards.CutOffAction, "Cut off…", order.ToValue()) { Style = ButtonStyle.Danger }],
        Footnotes = waiting.Count + live.Count == 0 ? [] : [Phrase.Of($"Without the button: `/db revoke @person --yes <reason>`")],
    };

    /// <summary>What cutting somebody off did, honestly, request by request and grant by grant, whichever account of theirs it was.</summary>
    public static Card CutOff(PersonId person, IReadOnlyList<AccessRequest> closed, IReadOnlyList<Grant> ending, IReadOnlyList<Refusal> refused) => new()
    {
        Title = closed.Count + ending.Count + refused.Count == 0
            ? Phrase.Of($"{person} holds no access and asks for none. Nothing had to be ended.")
            : Phrase.Of($"Ending everything of {person} ({ending.Count})"),
        Lines =
        [
            // First, because a long list is cut at its end.
            .. refused.Select(refusal => Phrase.Of($"• ✋ {Phrase.Spoken(refusal.Message)}")),
            .. closed.Select(request => Phrase.Of($"{Sign(request.Environment)} {request.Id.Handle:code} {RequestCards.What(request)}: {(request.State == RequestState.Voided ? "approval taken back" : "denied")}")),
            .. ending.Select(Line),
        ],
        Footnotes = ending.Count == 0 ? [] : [Phrase.Of($"The card of each grant says when it is proven gone.")],
    };

    /// <summary>Lists what the person may ask for; <paramref name="word"/> is the filter they typed, null without one.</summary>
    public static Card Targets(IReadOnlyList<(Target Target, IReadOnlyList<(AccessLevel Level, AccessPolicy Policy)> Offers)> targets, string? word = null) => new()
    {
        Title = (targets.Count, word) switch
        {
            (0, null) => Phrase.Of($"No policy lets you ask for anything here."),
            (0, _) => Phrase.Of($"No target that you may ask for has {PlainText.Clean(word!, 40):code} in its name or tags. `/db targets` lists all of them."),
            (_, null) => Phrase.Of($"What you may ask for ({targets.Count})"),
            _ => Phrase.Of($"What you may ask for with {PlainText.Clean(word!, 40):code} in its name or tags ({targets.Count})"),
        },
        Lines = [.. targets.Take(LongestList).Select(entry =>
            Phrase.Of($"{Sign(entry.Target.Environment)} {entry.Target.Id} · {Levels(entry.Offers)}"))],
        Footnotes = targets.Count > LongestList
            ? [Phrase.Of($"{targets.Count - LongestList} more; narrow it: `/db targets <word>`")]
            : targets.Count == 0 ? [] : [Phrase.Of($"`/db access {targets[0].Target.Id.Value} {targets[0].Offers[0].Level.ToWord()} 30m why you need it`")],
    };

    public static Card Requests(IReadOnlyList<AccessRequest> mine, IReadOnlyList<AccessRequest> waitingForMe) => new()
    {
        Title = mine.Count + waitingForMe.Count == 0 ? Phrase.Of($"No request of yours is waiting, and none waits for you.") : Phrase.Of($"Requests"),
        Lines =
        [
            .. waitingForMe.Select(request => Phrase.Of(
                $"{Sign(request.Environment)} {request.Id.Handle:code} *waits for you*: {request.Requester.Id}, {request.Level.ToWord()} on {request.Target} for {request.Window}; answer by {request.LapsesAt}")),
            .. mine.Select(request => Phrase.Of(
                $"{Sign(request.Environment)} {request.Id.Handle:code} yours: {request.Level.ToWord()} on {request.Target} for {request.Window}; lapses {request.LapsesAt}")),
        ],
        Footnotes = waitingForMe.Count == 0 ? [] : [Phrase.Of($"`/db approve <request> <digest>` or `/db deny <request> <reason>`")],
    };

    public static Card Grants(IReadOnlyList<Grant> grants, bool everybody) => new()
    {
        Title = (grants.Count, everybody) switch
        {
            (0, true) => Phrase.Of($"Nobody whose access you may see has any now."),
            (0, false) => Phrase.Of($"You have no access now."),
            _ => Phrase.Of($"Live access"),
        },
        Lines = [.. grants.Take(LongestList).Select(grant => everybody
            ? Phrase.Of($"{Sign(grant.Environment)} {grant.Id.Handle:code} {grant.Holder.Id}: {grant.Level.ToWord()} on {grant.Target} · {GrantCards.Status(grant)}")
            : Phrase.Of($"{Sign(grant.Environment)} {grant.Id.Handle:code} {grant.Level.ToWord()} on {grant.Target} as {grant.Login:code} · {GrantCards.Status(grant)}"))],
        Buttons = everybody || grants is not [var only] || only.State is not (GrantState.Ready or GrantState.Active)
            ? []
            : [new Button(GrantCards.ReleaseAction, "Done", only.Id.ToString())],
        Footnotes = grants.Count > LongestList ? [Phrase.Of($"{grants.Count - LongestList} more")] : [],
    };

    public static Card Who(Grant grant) => new()
    {
        Banner = new Banner(grant.Environment, grant.Target),
        Title = Phrase.Of($"{grant.Login:code} is {grant.Holder.Id}"),
        Fields =
        [
            new("Access", Phrase.Of($"{grant.Level.ToWord()} on {grant.Target}")),
            new("Grant", Phrase.Of($"{grant.Id.Handle:code}, request {grant.Request.Handle:code}")),
            new("Approved by", grant.Approvers.Count == 0 ? Phrase.Of($"policy") : Phrase.Join(", ", grant.Approvers.Select(approver => Phrase.Of($"{approver.Id}")))),
        ],
        Quotes = [new Quote("Reason", grant.Reason)],
        Lines = [GrantCards.Status(grant), .. grant.State is GrantState.Active or GrantState.Revoked ? [GrantCards.Use(grant)] : Array.Empty<Phrase>()],
    };

    public static Card WhoAmI(Principal person, IReadOnlyList<string> groups, int targets) => new()
    {
        Title = Phrase.Of($"You are {person.Id}"),
        Fields =
        [
            new("Identity", Phrase.Of($"{person.Id.ToString():code}")),
            new("Account", Phrase.Of($"{person.Kind.ToString().ToLowerInvariant()}")),
            new("Groups", groups.Count == 0 ? Phrase.Of($"none") : Phrase.Of($"{string.Join(", ", groups)}")),
            new("Targets", Phrase.Of($"{targets} that you may ask for")),
            new("Time zone", Phrase.Of($"{person.TimeZone ?? "not known"}")),
        ],
    };

    /// <summary>
    /// Short enough to be typed again, without marks that would not survive it, such as mentions, and hardly anything else: "who can see this?" begins like a
    /// command, too.
    /// </summary>
    private static bool IsCommand(string text) =>
        text.Trim() is { Length: > 0 and <= 120 } line && !line.AsSpan().ContainsAny("<>`\n\r")
        && AccessGrammar.Read(line).TryGet(out var intent, out _) && (intent is AccessIntent.Access || line.Count(char.IsWhiteSpace) <= 1);

    private static Phrase Line(Grant grant) =>
        Phrase.Of($"{Sign(grant.Environment)} {grant.Id.Handle:code} {grant.Login:code} on {grant.Target} ({grant.Server}): {GrantCards.Status(grant)}");

    internal static string Sign(TargetEnvironment environment) => environment switch
    {
        TargetEnvironment.Production => "🔴",
        TargetEnvironment.Staging => "🟠",
        _ => "🟢",
    };

    private static string Levels(IReadOnlyList<(AccessLevel Level, AccessPolicy Policy)> offers) =>
        string.Join(", ", offers.Select(offer => $"{offer.Level.ToWord()} up to {PlainText.Duration(offer.Policy.MaximumWindow)}"));

    private static string Seats(ApprovalRule rule) => string.Join(" and ", rule.Seats.Select(RequestCards.Seat));
}
