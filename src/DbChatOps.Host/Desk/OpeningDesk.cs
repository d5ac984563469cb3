using DbChatOps.Access;
using DbChatOps.Chat;
using DbChatOps.Host.Flow;

namespace DbChatOps.Host.Desk;

/// <summary>Dialogs that begin something: nothing has been asked for yet, so nothing is stored.</summary>
public sealed class OpeningDesk(Identification identification, AccessLookup lookup, IChatPlatform chat)
{
    private static readonly Refusal NothingToAsk = new("nothing_to_ask", "There is no target that you may ask for. `/db whoami` says which groups you are in; whoever runs the bot can add you to one.");

    /// <summary>The fields of a command that was typed bare.</summary>
    public async Task<Acknowledgement> FillInAsync(Delivery delivery, string command, CancellationToken ct)
    {
        if (!(await identification.OfAsync(delivery, ct)).TryGet(out var actor, out var refusal))
        {
            return new Acknowledgement.Reply(AccessReplies.Refused(refusal));
        }

        return Show(command == "access" ? await AskAsync(actor, null, ct) : PickDialogs.For(command));
    }

    /// <summary>Asks for access from a message's menu: the dialog names the message, so that approvers find the conversation.</summary>
    public async Task<Acknowledgement> AskAboutAsync(Delivery delivery, CancellationToken ct) =>
        (await identification.OfAsync(delivery, ct)).TryGet(out var actor, out var refusal)
            ? Show(await AskAsync(actor, await LinkAsync(delivery, ct), ct))
            : new Acknowledgement.Reply(AccessReplies.Refused(refusal));

    /// <summary>Offers the levels that the person may ask for somewhere. Nobody fills in a dialog that cannot be completed.</summary>
    public async Task<Result<Dialog>> AskAsync(Principal actor, Uri? about, CancellationToken ct)
    {
        if (!(await lookup.EveryGroupAsync(ct)).TryGet(out var membership, out _))
        {
            // What a silent directory leaves open is said when it is submitted.
            return AccessDialogs.Ask(Enum.GetValues<AccessLevel>(), about);
        }

        var levels = lookup.Offers(actor, membership).SelectMany(target => target.Offers, (_, offer) => offer.Level).Distinct().Order().ToList();
        return levels.Count == 0 ? NothingToAsk : AccessDialogs.Ask(levels, about);
    }

    private static Acknowledgement Show(Result<Dialog> asked) =>
        asked.TryGet(out var dialog, out var refusal) ? new Acknowledgement.ShowDialog(dialog) : new Acknowledgement.Reply(AccessReplies.Refused(refusal));

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
