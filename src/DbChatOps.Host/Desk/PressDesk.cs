using System.Collections.Concurrent;
using DbChatOps.Access;
using DbChatOps.Chat;
using DbChatOps.Host.Flow;
using DbChatOps.Ledger;
using DbChatOps.Policies;
using DbChatOps.Targets;

namespace DbChatOps.Host.Desk;

/// <summary>
/// A pressed button: most open a dialog drawn from the ledger; a few decide at once. The button's value is an id, looked up here;
/// the message it was pressed on must be the one that we remember for that card.
/// </summary>
public sealed class PressDesk(
    ILedger ledger, IChatPlatform chat, IMessageBook book, Decider decider, ReviewSight sight, RevokeDesk revocation, OpeningDesk openings, DialogInTime dialogs, Func<Rules> rules, TimeProvider clock)
{
    private static readonly Refusal Unknown = new("unknown_button", "I do not know this button any more.");
    private static readonly Refusal Moved = new("moved", "This message is out of date; the current card is further down.");

    /// <summary>Grants whose credentials dialog is being opened now.</summary>
    private readonly ConcurrentDictionary<GrantId, byte> _opening = [];

    /// <summary>True for buttons that only open a dialog, which the caller shows.</summary>
    public static bool IsQuestion(string action) => action is RequestCards.ApproveAction or RequestCards.DenyAction or RequestCards.AgainAction or GrantCards.ExtendAction or GrantCards.RevokeAction or GrantCards.CutOffAction or AccessHome.AskAction;

    public async Task<Acknowledgement> PressAsync(Delivery press, Principal actor, string? deliveryKey, CancellationToken ct)
    {
        if (await IsNotItsCardAsync(press, ct))
        {
            return Say(Moved);
        }

        if (IsQuestion(press.Action))
        {
            return (await OpenAsync(press.Action, press.Value, actor, ct)).TryGet(out var dialog, out var refusal) ? Show(dialog) : Say(refusal);
        }

        if (!Guid.TryParseExact(press.Value, "N", out var id))
        {
            return Say(Unknown);
        }

        return press.Action switch
        {
            GrantCards.RevealAction => await RevealAsync(press, new GrantId(id), actor, deliveryKey, ct),
            RequestCards.WithdrawAction => await DecideAsync(new WithdrawRequest(new RequestId(id)), actor, deliveryKey, state => AccessReplies.Withdrawn((AccessRequest)state), ct),
            GrantCards.ReleaseAction => await DecideAsync(new ReleaseGrant(new GrantId(id)), actor, deliveryKey, state => AccessReplies.Ending((Grant)state), ct),
            _ => Say(Unknown),
        };
    }

    /// <summary>The dialog that a button of this kind opens, for whoever names its subject in another way than by pressing it.</summary>
    public async Task<Result<Dialog>> OpenAsync(string action, string subject, Principal actor, CancellationToken ct)
    {
        if (action == GrantCards.CutOffAction && CutOffOrder.FromValue(subject) is { } order)
        {
            return await revocation.OpenAsync(order, actor, ct);
        }

        if (action == AccessHome.AskAction)
        {
            return await openings.AskAsync(actor, null, ct);
        }

        if (!Guid.TryParseExact(subject, "N", out var id))
        {
            return Unknown;
        }

        return action switch
        {
            RequestCards.ApproveAction or RequestCards.DenyAction => await OpenReviewAsync(action, new RequestId(id), actor, ct),
            RequestCards.AgainAction => await OpenAgainAsync(new RequestId(id), actor, ct),
            GrantCards.ExtendAction => await OpenExtendAsync(new GrantId(id), actor, ct),
            GrantCards.RevokeAction => await revocation.OpenAsync(new RequestId(id), actor, ct),
            _ => Unknown,
        };
    }

    private bool IsSame(Principal one, Principal other) => rules().Policies.People.AreSame(one.Id, other.Id);

    private static Acknowledgement.Reply Say(Refusal refusal) => new(AccessReplies.Refused(refusal));

    private static Acknowledgement.ShowDialog Show(Dialog dialog) => new(dialog);

    /// <summary>
    /// True when the message is not the one that we remember for the button's card: a double whose answer was lost, a card of something else, or a forgery
    /// by whoever holds the bot's token. Private answers are not remembered and are let through, and so is a card that is being posted, which people see
    /// before we are told its place: what they can do is authorised by id.
    /// </summary>
    private async Task<bool> IsNotItsCardAsync(Delivery press, CancellationToken ct)
    {
        if (press is not { IsEphemeral: false, Channel: { } channel, MessageId: { } id })
        {
            return false;
        }

        var message = new MessageReference(channel, id);
        var posted = await book.FindByMessageAsync(message, ct)
            ?? await book.FindInPostingAsync(press.Value, ct)
            // Known only since the first look.
            ?? await book.FindByMessageAsync(message, ct);
        return posted is null || !posted.CardKey.EndsWith(press.Value, StringComparison.Ordinal);
    }

    private async Task<Result<Dialog>> OpenReviewAsync(string action, RequestId id, Principal actor, CancellationToken ct)
    {
        if ((await ledger.LoadAsync<AccessRequest>(id.ToString(), ct))?.State is not { } request)
        {
            return new Refusal("unknown_request", "There is no such request.");
        }

        if (request.State != RequestState.Pending)
        {
            return ReviewRequest.AlreadyDecided(request);
        }

        if (IsSame(request.Requester, actor))
        {
            return await RefuseSelfReviewAsync(request, actor, ct);
        }

        return action == RequestCards.DenyAction ? AccessDialogs.Deny(request) : await sight.DialogAsync(request, actor, ct);
    }

    /// <summary>Refused at the press already, without a dialog; the attempt belongs to the record.</summary>
    private async Task<Refusal> RefuseSelfReviewAsync(AccessRequest request, Principal actor, CancellationToken ct)
    {
        await decider.RecordRefusalAsync(request.Subject, nameof(ReviewRequest), actor.Id, Tally.SelfApproval, null, ct);
        return Tally.SelfApproval;
    }

    private async Task<Result<Dialog>> OpenAgainAsync(RequestId id, Principal actor, CancellationToken ct) =>
        (await ledger.LoadAsync<AccessRequest>(id.ToString(), ct))?.State is { } request && IsSame(request.Requester, actor)
            ? AccessDialogs.Again(request)
            : new Refusal("unknown_request", "There is no such request of yours.");

    private async Task<Result<Dialog>> OpenExtendAsync(GrantId id, Principal actor, CancellationToken ct)
    {
        var grant = (await ledger.LoadAsync<Grant>(id.ToString(), ct))?.State;
        if (!GrantRules.HeldBy(grant, actor, rules().Policies.People).TryGet(out var held, out var refusal))
        {
            return refusal;
        }

        return held.State == GrantState.Active ? AccessDialogs.Extend(held) : GrantRules.Ended(held);
    }

    /// <summary>The dialog opens before the decision, because its trigger lives three seconds and the password is shown in it.</summary>
    private async Task<Acknowledgement> RevealAsync(Delivery press, GrantId id, Principal actor, string? deliveryKey, CancellationToken ct)
    {
        var grant = (await ledger.LoadAsync<Grant>(id.ToString(), ct))?.State;
        if (!GrantRules.HeldBy(grant, actor, rules().Policies.People).TryGet(out var held, out var refusal))
        {
            return Say(refusal);
        }

        if (held.State is GrantState.Revoking or GrantState.Revoked)
        {
            return Say(GrantRules.Ended(held));
        }

        // A second dialog would cover the one that shows the password.
        if (RequestReveal.IsUnderWay(held, clock.GetUtcNow()) || !_opening.TryAdd(id, 0))
        {
            return Say(RequestReveal.UnderWay);
        }

        try
        {
            return await OpenAndRevealAsync(press, id, actor, deliveryKey, ct);
        }
        finally
        {
            _opening.TryRemove(id, out _);
        }
    }

    private async Task<Acknowledgement> OpenAndRevealAsync(Delivery press, GrantId id, Principal actor, string? deliveryKey, CancellationToken ct)
    {
        if (await dialogs.OpenAsync(press, AccessDialogs.Loading("Credentials"), ct) is not { } view)
        {
            return Say(DialogInTime.PressAgain);
        }

        var decided = await decider.DecideAsync(new RequestReveal(id, view), actor, deliveryKey, ct);
        if (decided.Refused is { } no)
        {
            await chat.UpdateDialogAsync(view, AccessDialogs.Refused("Credentials", no), ct);
        }
        else if (decided.OrThrow().State is Grant { Ending: { } ended })
        {
            await chat.UpdateDialogAsync(view, AccessDialogs.Refused("Credentials", new Refusal("ended", ended.Detail ?? "Your access has ended.")), ct);
        }

        return new Acknowledgement.Nothing();
    }

    private async Task<Acknowledgement> DecideAsync(Command command, Principal actor, string? deliveryKey, Func<IAggregate, Card> answer, CancellationToken ct)
    {
        var decided = await decider.DecideAsync(command, actor, deliveryKey, ct);
        return decided.TryGet(out var done, out var refusal) ? new Acknowledgement.Reply(answer(done.State)) : Say(refusal);
    }
}
