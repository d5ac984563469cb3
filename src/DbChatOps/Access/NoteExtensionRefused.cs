using DbChatOps.Chat;

namespace DbChatOps.Access;

/// <summary>
/// The server does not take the later end and will not: the window ends when the server's own end is, as before the extension, and the holder is told why.
/// An end that moved once more meanwhile, or that the server knows already, stays.
/// </summary>
/// <param name="Asked">The end that the server refused.</param>
public sealed record NoteExtensionRefused(GrantId Grant, DateTimeOffset Asked, Refusal Refusal) : Command
{
    public override Subject Subject => Subject.Of(Grant);

    public static Result<Decision<Grant>> Decide(Grant? grant, NoteExtensionRefused command, Facts facts)
    {
        if (grant is null)
        {
            return GrantRules.Unknown;
        }

        if (grant is not { State: GrantState.Active, ValidUntil: { } enforced } || grant.Expiry != command.Asked || enforced >= command.Asked || command.Asked <= facts.Now)
        {
            return Decision<Grant>.Unchanged(grant);
        }

        var end = enforced > facts.Now ? enforced : facts.Now;
        return Decision<Grant>.Of(grant, new ExtensionRefused
        {
            Grant = grant.Id,
            Expiry = end,
            Warned = WarnHolder.LastBefore(end, grant.Window, facts.Now),
            Code = command.Refusal.Code,
            Message = $"{command.Refusal.Message} The access {(end > facts.Now ? $"ends at {PlainText.Utc(end)}, as before" : "is over: the server refuses its password already")}.",
            By = facts.Actor.Id,
            At = facts.Now,
        });
    }
}
