using DbChatOps.Chat;
using DbChatOps.Policies;
using DbChatOps.Targets;

namespace DbChatOps.Access;

/// <summary>
/// What a command asks that was typed alone: which request, which access, whose login. The answer leads to the dialog that the button on the card
/// opens, so nothing is decided here.
/// </summary>
public static class PickDialogs
{
    /// <summary>Inputs whose answers are looked up while somebody types: what waits for the person, what they hold, what they may end.</summary>
    public const string WaitingInput = "request";
    public const string HeldInput = "held";
    public const string LiveInput = "live";
    public const string LoginInput = "login";

    private const string Prefix = "pick.";

    /// <summary>The dialog of a command; that of <c>access</c> asks for everything at once and is <see cref="AccessDialogs.Ask"/>.</summary>
    public static Dialog For(string command) => command switch
    {
        "approve" => Pick(command, "Approve access", $"You see everything once more before you decide.", new DialogInput.Lookup(WaitingInput, "Which request?") { Hint = "Those that wait for you" }),
        "deny" => Pick(command, "Deny access", $"Next you say why.", new DialogInput.Lookup(WaitingInput, "Which request?") { Hint = "Those that wait for you" }),
        "extend" => Pick(command, "Extend access", $"Next you say how much longer.", new DialogInput.Lookup(HeldInput, "Which access?") { Hint = "What you hold now" }),
        "revoke" => Pick(command, "Revoke access", $"Everything of one person ends by `/db revoke @person`.", new DialogInput.Lookup(LiveInput, "Which access?") { Hint = "What you may end" }),
        "who" => Pick(command, "Who is it?", $"Logins of this bot begin with `dbco_`; they stand in the database's log and in its list of sessions.", new DialogInput.TextBox(LoginInput, "Login") { MaximumLength = 63 }),
        _ => throw new ArgumentOutOfRangeException(nameof(command), command, "This command asks for nothing."),
    };

    /// <summary>The command that a submitted dialog of these belongs to; null when it is none of them.</summary>
    public static string? CommandOf(string action) => action.StartsWith(Prefix, StringComparison.Ordinal) ? action[Prefix.Length..] : null;

    /// <summary>A target as one of several to choose from.</summary>
    public static Option Offer(Target target, IReadOnlyList<(AccessLevel Level, AccessPolicy Policy)> offers) =>
        new(target.Id.Value, $"{AccessReplies.Sign(target.Environment)} {target.Id} · {string.Join(", ", offers.Select(offer => offer.Level.ToWord()))}");

    /// <summary>A request as one of several to choose from.</summary>
    public static Option Offer(AccessRequest request) => new(
        request.Id.ToString(),
        $"{AccessReplies.Sign(request.Environment)} {request.Id.Handle} · {request.Requester.Name} · {request.Level.ToWord()} on {request.Target}");

    /// <summary>A grant as one of several to choose from; <paramref name="subject"/> is what the button of the dialog that follows would carry.</summary>
    public static Option Offer(Grant grant, string subject) => new(
        subject,
        $"{AccessReplies.Sign(grant.Environment)} {grant.Id.Handle} · {grant.Holder.Name} · {grant.Level.ToWord()} on {grant.Target}");

    private static Dialog Pick(string command, string title, PhraseBuilder why, DialogInput input) => new()
    {
        Action = Prefix + command,
        Title = title,
        Submit = "Next",
        Close = "Cancel",
        Body = new Card { Title = Phrase.Empty, Lines = [Phrase.Of(why)] },
        Inputs = [input],
    };
}
