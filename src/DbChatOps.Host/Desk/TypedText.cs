using DbChatOps.Access;
using DbChatOps.Chat;
using DbChatOps.Host.Flow;

namespace DbChatOps.Host.Desk;

/// <summary>A no that takes the place of a form shows what was typed into it, so that nobody has to write a reason twice.</summary>
internal static class TypedText
{
    private const int MostAnswers = 5;

    /// <summary>A refusal with what was typed under it; anything else as it is.</summary>
    public static Acknowledgement Kept(Acknowledgement answer, Delivery submission) =>
        answer is Acknowledgement.ShowDialog { Dialog: { Action: "refused", Body: { } body } dialog }
            ? new Acknowledgement.ShowDialog(dialog with { Body = body with { Quotes = [.. body.Quotes, .. Quotes(submission)] } })
            : answer;

    /// <summary>Field errors that come when the form is gone.</summary>
    public static Dialog Instead(Acknowledgement.FieldErrors errors, Delivery submission)
    {
        var refused = AccessDialogs.Refused("Not done", new Refusal("invalid", string.Join(' ', errors.Errors.Values)));
        return refused with { Body = refused.Body! with { Quotes = [.. Quotes(submission)] } };
    }

    /// <summary>Ids that were picked mean nothing to a reader.</summary>
    private static IEnumerable<Quote> Quotes(Delivery submission) => submission.Answers.Values
        .Where(answer => !string.IsNullOrWhiteSpace(answer) && !Guid.TryParse(answer, out _))
        .Take(MostAnswers)
        .Select(answer => new Quote("You wrote", answer));
}
