using DbChatOps.Access;
using DbChatOps.Chat;
using DbChatOps.Host.Flow;

namespace DbChatOps.Host.Desk;

/// <summary>A no that takes the place of a form shows what was typed into it, so that nobody has to write a reason twice.</summary>
internal static class TypedText
{
    /// <summary>What people write themselves; what they picked means nothing to a reader, and a code would be nobody's to show again.</summary>
    private static readonly string[] Written = ["reason", "comment", "window"];

    /// <summary>A refusal with what was typed under it; anything else as it is.</summary>
    public static Acknowledgement Kept(Acknowledgement answer, Delivery submission) =>
        answer is Acknowledgement.ShowDialog { Dialog: { Action: AccessDialogs.RefusedAction, Body: { } body } dialog }
            ? new Acknowledgement.ShowDialog(dialog with { Body = body with { Quotes = [.. body.Quotes, .. Quotes(submission)] } })
            : answer;

    /// <summary>Field errors that come when the form is gone.</summary>
    public static Dialog Instead(Acknowledgement.FieldErrors errors, Delivery submission)
    {
        var refused = AccessDialogs.Refused("Not done", new Refusal("invalid", string.Join(' ', errors.Errors.Values)));
        return refused with { Body = refused.Body! with { Quotes = [.. Quotes(submission)] } };
    }

    private static IEnumerable<Quote> Quotes(Delivery submission) => Written
        .Select(name => submission.Answers.GetValueOrDefault(name) ?? "")
        .Where(answer => !string.IsNullOrWhiteSpace(answer))
        .Select(answer => new Quote("You wrote", answer));
}
