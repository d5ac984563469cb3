using DbChatOps.Chat;
using DbChatOps.Targets;

namespace DbChatOps.Access;

/// <summary>The modals of this slice. Every one that decides something is drawn from the ledger, never from the message that carried the button.</summary>
public static class AccessDialogs
{
    public const string ApproveAction = "review.approve";
    public const string DenyAction = "review.deny";
    public const string ExtendAction = "ask.extend";
    public const string AgainAction = "ask.again";
    public const string AskAction = "ask.access";

    /// <summary>A no in the place of a form; nothing can be submitted.</summary>
    public const string RefusedAction = "refused";

    /// <summary>The entry "Request access" of a message's menu, as the app's manifest names it.</summary>
    public const string AskShortcut = "request_access";

    public const string RevokeAction = "grant.revoke";
    public const string CutOffAction = "person.cutoff";

    /// <summary>The input of <see cref="Ask"/> whose answers are looked up while somebody types.</summary>
    public const string TargetInput = "target";

    /// <summary>Submitted from a dialog that is none of ours, or of another time.</summary>
    public static readonly Refusal Unknown = new("unknown_dialog", "I do not know this dialog any more.");

    /// <summary>What the approver confirms; production write and ddl ask for the target's name, against mix-ups.</summary>
    public static Dialog Approve(AccessRequest request, ReviewBackground background)
    {
        List<DialogInput> inputs = [];
        if (ReviewRequest.AsksForTargetName(request))
        {
            inputs.Add(new DialogInput.TextBox("target", "Type the target's name to confirm") { Placeholder = request.Target.Value, MaximumLength = 80 });
        }

        inputs.Add(new DialogInput.TextBox("comment", "Comment") { Optional = true, Multiline = true, MaximumLength = 500 });
        return new Dialog
        {
            Action = ApproveAction,
            Value = Bind(request),
            Title = "Approve access",
            Submit = "Approve",
            Close = "Cancel",
            Body = Shown(request, background),
            Inputs = inputs,
        };
    }

    public static Dialog Deny(AccessRequest request) => new()
    {
        Action = DenyAction,
        Value = Bind(request),
        Title = "Deny access",
        Submit = "Deny",
        Close = "Cancel",
        Body = Shown(request, new ReviewBackground()),
        Inputs = [new DialogInput.TextBox("comment", "Why? The requester reads this") { Multiline = true, MaximumLength = 500 }],
    };

    public static Dialog Extend(Grant grant) => new()
    {
        Action = ExtendAction,
        Value = grant.Id.ToString(),
        Title = "Extend access",
        Submit = "Ask",
        Close = "Cancel",
        Body = About(grant, Phrase.Of($"More *{grant.Level.ToWord()}* on {grant.Target}")),
        Inputs =
        [
            new DialogInput.TextBox("window", "How much longer") { Initial = "30m", Hint = "30m, 2h, 1h30m", MaximumLength = 20 },
            new DialogInput.TextBox("reason", "Reason") { Optional = true, Multiline = true, Initial = grant.Reason, MaximumLength = 500 },
        ],
    };

    /// <summary>Ends somebody's access before its time; says whose it is and what it is for.</summary>
    public static Dialog Revoke(Grant grant) => new()
    {
        Action = RevokeAction,
        Value = grant.Id.ToString(),
        Title = "Revoke access",
        Submit = "Revoke",
        Close = "Cancel",
        Body = About(
            grant,
            Phrase.Of($"Ends *{grant.Level.ToWord()}* of {grant.Holder.Id} on {grant.Target} now"),
            Phrase.Of($"Sessions of {grant.Login:code} are ended, whatever they are doing. What was not committed is rolled back.")) with
        {
            Quotes = [new Quote("It was asked for because", grant.Reason)],
        },
        Inputs = [new DialogInput.TextBox("reason", "Why? The holder reads this") { Multiline = true, MaximumLength = 300 }],
    };

    /// <summary>The one confirmation before everything of somebody ends; <paramref name="preview"/> says what that is.</summary>
    public static Dialog CutOff(CutOffOrder order, Card preview) => new()
    {
        Action = CutOffAction,
        Value = order.Person.ToString(),
        Title = "Cut somebody off",
        Submit = "Cut off",
        Close = "Cancel",
        Body = preview with { Buttons = [], Footnotes = [] },
        Inputs = [new DialogInput.TextBox("reason", "Why? The person reads this") { Multiline = true, Initial = order.Reason, MaximumLength = 300 }],
    };

    /// <summary>
    /// What one line of text would say. Targets are offered by name and tag, only those that the person may ask for, and so are
    /// <paramref name="levels"/>, of which there is one at least. <paramref name="about"/> is the message that made them ask, where they asked from one.
    /// </summary>
    public static Dialog Ask(IReadOnlyList<AccessLevel> levels, Uri? about = null) => new()
    {
        Action = AskAction,
        Title = "Ask for access",
        Submit = "Ask",
        Close = "Cancel",
        Body = new Card { Title = Phrase.Empty, Lines = [Phrase.Of($"Temporary access to a database. The window starts when you press *Show credentials*, not before.")] },
        Inputs =
        [
            new DialogInput.Lookup(TargetInput, "Target") { Hint = "Part of its name, or a tag" },
            new DialogInput.Choice("level", "Level", [.. levels.Select(level => new Option(level.ToWord(), level.ToWord()))]) { Initial = levels[0].ToWord() },
            new DialogInput.TextBox("window", "For how long") { Optional = true, Hint = "30m, 2h, 1h30m. Left empty, as long as the policy gives", MaximumLength = 20 },
            new DialogInput.TextBox("reason", "Reason") { Multiline = true, Hint = "Approvers decide by it. Name the ticket here if there is one, such as INC-42", Initial = AboutPrefix(about), MaximumLength = 500 },
        ],
    };

    /// <summary>How a reason begins that was asked for from a message; alone it is none.</summary>
    public static bool IsOnlyTheLink(string reason) => reason.StartsWith("About http", StringComparison.Ordinal) && reason.EndsWith(':') && !reason.Contains(": ", StringComparison.Ordinal);

    private static string? AboutPrefix(Uri? about) => about is null ? null : $"About {about}: ";

    /// <summary>The same target and level once more.</summary>
    public static Dialog Again(AccessRequest request) => new()
    {
        Action = AgainAction,
        Value = request.Id.ToString(),
        Title = "Request again",
        Submit = "Request",
        Close = "Cancel",
        Body = new Card
        {
            Banner = new Banner(request.Environment, request.Target),
            Title = Phrase.Of($"*{request.Level.ToWord()}* on {request.Target}"),
        },
        Inputs =
        [
            new DialogInput.TextBox("window", "For how long") { Initial = Durations.ToTyped(request.Window), Hint = "30m, 2h, 1h30m", MaximumLength = 20 },
            new DialogInput.TextBox("reason", "Reason") { Multiline = true, Initial = request.Reason, MaximumLength = 500 },
        ],
    };

    /// <summary>Opened at once, because a trigger lives three seconds; replaced by what was asked for.</summary>
    public static Dialog Loading(string title) => new()
    {
        Action = "loading",
        Title = title,
        Body = new Card { Title = Phrase.Of($"One moment…") },
        ClearOnClose = true,
    };

    public static Dialog Refused(string title, Refusal refusal) => new()
    {
        Action = RefusedAction,
        Title = title,
        Body = new Card { Title = Phrase.Spoken(refusal.Message) },
        ClearOnClose = true,
    };

    /// <summary>An answer where a dialog is the place to say it: after a submission, or a press on Home.</summary>
    public static Dialog Answer(Card answer) => new() { Action = "answer", Title = "DbChatOps", Body = answer, ClearOnClose = true };

    /// <summary>
    /// The only place where a password is ever shown. Nothing in it can be pressed, and a minute later it is replaced by <see cref="Blank"/>.
    /// </summary>
    public static Dialog Credentials(Grant grant, Target target, Secret password, DateTimeOffset until)
    {
        List<Preformatted> parts =
        [
            new("Login", new Secret(grant.Login)),
            new("Password (shown once)", password),
            new("Connect", new Secret(PsqlLine.Connect(target.Connect, target.Database, grant.Login))),
            new("Prompt that shows where you are", new Secret(Prompt(grant))),
        ];
        if (target.Connect.TunnelHint is { } tunnel)
        {
            parts.Insert(2, new Preformatted("Open the tunnel first", new Secret(tunnel)));
        }

        return new Dialog
        {
            Action = "credentials",
            Title = "Credentials",
            Body = new Card
            {
                Banner = new Banner(grant.Environment, grant.Target),
                Title = Phrase.Of($"*{grant.Level.ToWord()}* on {grant.Target} until {until:s}"),
                Footnotes = [Phrase.Of($"Shown for a minute and stored nowhere. *New password* on the card makes another.")],
            },
            Preformatted = parts,
            ClearOnClose = true,
        };
    }

    /// <summary>What is left of a credentials dialog after a minute, or when the access ends before.</summary>
    public static Dialog Blank() => new()
    {
        Action = "blank",
        Title = "Credentials",
        Body = new Card { Title = Phrase.Of($"The password is no longer shown. While your access lasts, *New password* on its card makes another.") },
        ClearOnClose = true,
    };

    /// <summary>What is decided about, as every approver must see it before a yes.</summary>
    public static Card Shown(AccessRequest request, ReviewBackground background) => new()
    {
        Banner = new Banner(request.Environment, request.Target),
        Title = RequestCards.Asks(request),
        Fields = RequestCards.Facts(request),
        Quotes = [new Quote("Reason", request.Reason)],
        Lines =
        [
            .. background.Earlier.Where(old => old.State == RequestState.Denied).Take(3)
                .Select(old => Phrase.Of($"⚠️ Denied earlier: {old.Level.ToWord()} for {old.Window}, {old.DecidedAt!.Value}: “{old.Outcome ?? ""}”")),
            .. background.Returned is { } returned
                ? [Phrase.Of($"↔ {request.Requester.Id} approved a request of {returned.Requester.Id} within the last 24 h ({returned.Id.Handle:code})")]
                : Array.Empty<Phrase>(),
            .. Reach(background.AlsoReaches),
            .. AccessReplies.HeldUp(background.Owed),
        ],
        Footnotes = [Phrase.Of($"{request.Id.Handle:code} · digest {ReviewRequest.BriefDigest(request):code}")],
    };

    /// <summary>Ties a submission to what was drawn: the request and its digest.</summary>
    public static (RequestId Request, string Digest)? Unbind(string value)
    {
        var parts = value.Split('.');
        return parts is [{ Length: 32 } id, var digest] && Guid.TryParseExact(id, "N", out var guid) ? (new RequestId(guid), digest) : null;
    }

    /// <summary>Silence would read as "nothing else".</summary>
    private static IEnumerable<Phrase> Reach(IReadOnlyList<string>? reach)
    {
        const int Most = 5;
        if (reach is null)
        {
            return [Phrase.Of($"⚠️ What else the role reaches is not known yet: its server has not been looked at since the start.")];
        }

        return
        [
            .. reach.Take(Most).Select(what => Phrase.Of($"⚠️ The role also reaches: {what}")),
            .. reach.Count > Most ? [Phrase.Of($"⚠️ … and {reach.Count - Most} more")] : Array.Empty<Phrase>(),
        ];
    }

    private static Card About(Grant grant, Phrase title, params ReadOnlySpan<Phrase> more) => new()
    {
        Banner = new Banner(grant.Environment, grant.Target),
        Title = title,
        Lines = [GrantCards.Status(grant), .. more],
    };

    private static string Bind(AccessRequest request) => $"{request.Id}.{request.Digest}";

    private static string Prompt(Grant grant)
    {
        var (colour, word) = grant.Environment switch
        {
            TargetEnvironment.Production => ("41", "PRODUCTION"),
            TargetEnvironment.Staging => ("43", "STAGING"),
            _ => ("42", "DEVELOPMENT"),
        };
        return PsqlLine.Prompt($"{word} {grant.Target} {grant.Level.ToWord()}", colour);
    }
}
