using DbChatOps.Access;
using DbChatOps.Chat;
using DbChatOps.Host.Flow;

namespace DbChatOps.Host.Desk;

/// <summary>Dialogs that begin something: nothing has been asked for yet, so nothing is stored.</summary>
public sealed class OpeningDesk(Identification identification, AccessLookup lookup, IChatPlatform chat)
{
    private static readonly Refusal NothingToAsk = new("nothing_to_ask", "There is no target that you may ask for. `/db whoami` says which groups you are in; whoever runs the bot can add you to one.");

    /// <summary>The fields of a command that was typed bare.</summary>
    public async Task<Acknowledgement> FillInAsync(Delivery delivery, string command, CancellationToken ct) =>
        (await (command == "access" ? AskerAsync(delivery, ct) : identification.OfAsync(delivery, ct))).TryGet(out _, out var refusal)
            ? new Acknowledgement.ShowDialog(PickDialogs.For(command))
            : new Acknowledgement.Reply(AccessReplies.Refused(refusal));

    /// <summary>Asks for access from a message's menu: the dialog names the message, so that approvers find the conversation.</summary>
    public async Task<Acknowledgement> AskAboutAsync(Delivery delivery, CancellationToken ct)
    {
        if (!(await AskerAsync(delivery, ct)).TryGet(out _, out var refusal))
        {
            return new Acknowledgement.Reply(AccessReplies.Refused(refusal));
        }

        return new Acknowledgement.ShowDialog(AccessDialogs.Ask(await LinkAsync(delivery, ct)));
    }

    /// <summary>Nobody fills in a dialog that cannot be completed. What a silent directory leaves open is said when it is submitted.</summary>
    private async Task<Result<Principal>> AskerAsync(Delivery delivery, CancellationToken ct)
    {
        if (!(await identification.OfAsync(delivery, ct)).TryGet(out var actor, out var refusal))
        {
            return refusal;
        }

        return (await lookup.EveryGroupAsync(ct)).TryGet(out var membership, out _) && lookup.Visible(actor, membership).Count == 0 ? NothingToAsk : actor;
    }

    /// <summary>Null when chat does not say: the dialog is worth more than the link.</summary>
    private async Task<Uri?> LinkAsync(Delivery delivery, CancellationToken ct)
    {
        try
        {
            return delivery is { Channel: { } channel, MessageId: { } message } ? await chat.LinkAsync(new MessageReference(channel, message), ct) : null;
        }
        catch (ChatUnavailableException)
        {
            return null;
        }
    }
}
