using DbChatOps.Access;
using DbChatOps.Chat;
using DbChatOps.Host.Flow;
using DbChatOps.Policies;

namespace DbChatOps.Host.Desk;

/// <summary>
/// Receives every delivery: makes it durable, finds out who it is from, and answers within the platform's patience. What takes longer goes on
/// and is answered later; what a crash interrupted is taken up at the next start.
/// </summary>
public sealed class FrontDesk(
    IInbox inbox, IHomeBook homes, Identification identification, Decider decider, AccessDesk access, PressDesk presses,
    SubmissionDesk submissions, OpeningDesk openings, AskDesk asking, PickDesk picks, DialogInTime dialogs, Pointers pointers, AnswerInTime answers, Turns turns, Backlog backlog, Func<Rules> rules, TimeProvider clock, ILogger<FrontDesk> log) : IDeliveryHandler
{
    private static readonly TimeSpan PressBudget = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SubmissionBudget = TimeSpan.FromSeconds(2);
    private static readonly Refusal TooLate = new("too_late", "This was typed more than 30 minutes ago and could not be worked on before now. Nothing was done; please type it again.");
    private static readonly Card SeenBefore = new() { Title = Phrase.Of($"This was received before and is being worked on.") };

    /// <summary>As long as a response URL lives: whoever asked has heard nothing since, and may have helped themselves otherwise.</summary>
    private static readonly TimeSpan AskingHolds = TimeSpan.FromMinutes(30);

    /// <summary>Slack's limits pass within a minute; what is silent for longer is broken, and must not hold up the rest.</summary>
    private static readonly TimeSpan PatienceWithDirectory = TimeSpan.FromMinutes(2);

    /// <summary>Deliveries that took longer than the platform waits and are still being worked on.</summary>
    public IReadOnlyCollection<Task> UnderWay => [.. answers.UnderWay.Concat(backlog.UnderWay).Where(work => !work.IsCompletedSuccessfully)];

    public async Task<Acknowledgement> HandleAsync(Delivery delivery, CancellationToken ct)
    {
        switch (delivery.Kind)
        {
            case DeliveryKind.SlashCommand:
                return await SlashAsync(delivery, ct);
            case DeliveryKind.ButtonPressed when PressDesk.IsQuestion(delivery.Action):
                return await WithinAsync(PressBudget, SaysAsync(delivery, dialogs.ShowAsync(delivery, SafelyAsync(delivery, PressAsync(delivery, null, ct), ct), ct), ct), delivery, ct);
            case DeliveryKind.ButtonPressed:
                return await backlog.AcceptAsync(delivery, ct)
                    ? await WithinAsync(PressBudget, SaysAsync(delivery, HoldAsync(delivery, PressAsync(delivery, delivery.Key, ct), ct), ct), delivery, ct)
                    : new Acknowledgement.Nothing();
            case DeliveryKind.DialogSubmitted:
                return await backlog.AcceptAsync(delivery, ct)
                    ? await WithinAsync(SubmissionBudget, HoldAsync(delivery, SubmitAsync(delivery, ct), ct), delivery, ct)
                    : new Acknowledgement.Nothing();
            case DeliveryKind.Suggestion:
                return await SuggestAsync(delivery, ct);
            case DeliveryKind.MessageShortcut when delivery.Action == AccessDialogs.AskShortcut:
                return await WithinAsync(PressBudget, dialogs.ShowAsync(delivery, SafelyAsync(delivery, openings.AskAboutAsync(delivery, ct), ct), ct), delivery, ct);
            case DeliveryKind.Addressed when !delivery.FromOutside:
                answers.GoesOn(pointers.GiveAsync(delivery, ct));
                return new Acknowledgement.Nothing();
            case DeliveryKind.HomeOpened when !delivery.FromOutside && rules().EndingOnlyBecause is null:
                await homes.OpenedAsync(delivery.Person, clock.GetUtcNow(), isBlank: delivery.ViewId is null, ct);
                return new Acknowledgement.Nothing();
            default:
                return new Acknowledgement.Nothing();
        }
    }

    /// <summary>
    /// Takes up what an earlier process accepted and did not decide: clicks, dialogs and whatever ends access at once; other commands wait for their turn
    /// among those that arrive now. Triggers are long dead; decisions are not.
    /// </summary>
    public async Task TakeUpAsync(CancellationToken ct)
    {
        foreach (var delivery in await backlog.TakeOverAsync(IsFirst, ct))
        {
            await backlog.HoldAsync(delivery, DecideLateAsync(delivery, ct));
        }

        backlog.Resume(left => DecideLateAsync(left, ct), ct);

        static bool IsFirst(Delivery left) => left.Kind != DeliveryKind.CommandLine
            && (left.Kind != DeliveryKind.SlashCommand || (AccessGrammar.Read(left.Text).TryGet(out var intent, out _) && EndsAccess(intent)));
    }

    /// <summary>
    /// Decides what was acknowledged before and was read back from the inbox; the answer goes out by itself. False while the directory is silent: the command
    /// waits on.
    /// </summary>
    private async Task<bool> DecideLateAsync(Delivery delivery, CancellationToken ct)
    {
        var isNotNow = false;
        var answer = await SafelyAsync(delivery, DecideAsync(), ct);
        if (isNotNow)
        {
            return false;
        }

        answers.GoesOn(answers.AnswerLateAsync(delivery, answer, ct));
        return true;

        async Task<Acknowledgement> DecideAsync()
        {
            switch (delivery.Kind)
            {
                case DeliveryKind.ButtonPressed:
                    return await PressAsync(delivery, delivery.Key, ct);
                case DeliveryKind.DialogSubmitted:
                    return await SubmitAsync(delivery, ct);
                case DeliveryKind.SlashCommand when AccessGrammar.Read(delivery.Text).TryGet(out var intent, out _):
                    var age = clock.GetUtcNow() - delivery.ReceivedAt;
                    var result = intent is AccessIntent.Access or AccessIntent.Extend && age > AskingHolds
                        ? await RefuseAsync(delivery, intent, TooLate, delivery.Key, ct)
                        : await DecideTypedAsync(delivery, intent, delivery.Key, ct);
                    isNotNow = age < PatienceWithDirectory && !EndsAccess(intent) && !result.TryGet(out _, out var refusal) && refusal.Code == Membership.DirectoryUnavailable;
                    return isNotNow ? new Acknowledgement.Nothing() : await ReplyAsync(result, delivery.Key, ct);
                default:
                    await ForgetAsync(delivery.Key, ct);
                    return new Acknowledgement.Nothing();
            }
        }
    }

    private async Task<Acknowledgement> SlashAsync(Delivery delivery, CancellationToken ct)
    {
        if (!AccessGrammar.Read(delivery.Text).TryGet(out var intent, out var refusal))
        {
            return new Acknowledgement.Reply(AccessReplies.Refused(refusal));
        }

        if (intent is AccessIntent.FillIn alone)
        {
            return await WithinAsync(PressBudget, dialogs.ShowAsync(delivery, SafelyAsync(delivery, openings.FillInAsync(delivery, alone.Command, ct), ct), ct), delivery, ct);
        }

        if (intent.IsQuestion)
        {
            return await WithinAsync(PressBudget, TypedAsync(delivery, intent, null, ct), delivery, ct);
        }

        if (rules().EndingOnlyBecause is { } reason && !EndsAccess(intent) && intent is not AccessIntent.Withdraw)
        {
            // Not even stored: what room there is belongs to endings.
            return new Acknowledgement.Reply(AccessReplies.Refused(Decider.EndingOnly(reason)));
        }

        if (!await backlog.AcceptAsync(delivery, ct))
        {
            return new Acknowledgement.Reply(SeenBefore);
        }

        // In a flood the acknowledgement does not wait for the answer, which follows; what ends access waits for nobody.
        if (!EndsAccess(intent) && backlog.IsNeeded)
        {
            backlog.Leave(delivery, left => DecideLateAsync(left, ct), ct);
            return new Acknowledgement.Reply(AnswerInTime.WorkingOnIt);
        }

        var work = EndsAccess(intent) ? TypedAsync(delivery, intent, delivery.Key, ct) : turns.TakeAsync(() => TypedAsync(delivery, intent, delivery.Key, ct), ct);
        return await WithinAsync(PressBudget, HoldAsync(delivery, work, ct), delivery, ct);
    }

    private static bool EndsAccess(AccessIntent intent) => intent is AccessIntent.Revoke or AccessIntent.RevokePerson or AccessIntent.Release;

    /// <summary>What is pressed on somebody's own page has no conversation in which to be answered: a dialog says it.</summary>
    private async Task<Acknowledgement> SaysAsync(Delivery press, Task<Acknowledgement> work, CancellationToken ct)
    {
        var answer = await work;
        return answer is Acknowledgement.Reply { Card: var card } && press.ResponseUrl is null && await dialogs.OpenAsync(press, AccessDialogs.Answer(card), ct) is not null
            ? new Acknowledgement.Nothing()
            : answer;
    }

    /// <summary>Only reads; whoever may not take part is offered nothing.</summary>
    private async Task<Acknowledgement> SuggestAsync(Delivery delivery, CancellationToken ct) =>
        new Acknowledgement.Suggestions((await identification.OfLatelyAsync(delivery, ct)).TryGet(out var actor, out _)
            ? delivery.Action == AccessDialogs.TargetInput
                ? await asking.SuggestAsync(delivery.Text, actor, ct)
                : await picks.SuggestAsync(delivery.Action, delivery.Text, actor, ct)
            : []);

    private async Task<Acknowledgement> TypedAsync(Delivery delivery, AccessIntent intent, string? key, CancellationToken ct) =>
        await ReplyAsync(await DecideTypedAsync(delivery, intent, key, ct), key, ct);

    private async Task<Result<Card>> DecideTypedAsync(Delivery delivery, AccessIntent intent, string? key, CancellationToken ct) =>
        (await identification.OfAsync(delivery, ct)).TryGet(out var actor, out var refusal)
            ? await access.AnswerAsync(intent, actor, key, ct)
            : await RefuseAsync(delivery, intent, refusal, key, ct);

    private async Task<Result<Card>> RefuseAsync(Delivery delivery, AccessIntent intent, Refusal refusal, string? key, CancellationToken ct)
    {
        await RecordAsync(delivery, intent.GetType().Name, refusal, key, ct);
        return refusal;
    }

    private async Task<Acknowledgement> ReplyAsync(Result<Card> result, string? key, CancellationToken ct)
    {
        await ForgetAsync(key, ct);
        return new Acknowledgement.Reply(result.TryGet(out var card, out var refusal) ? card : AccessReplies.Refused(refusal));
    }

    private async Task<Acknowledgement> PressAsync(Delivery delivery, string? key, CancellationToken ct)
    {
        if (!(await identification.OfAsync(delivery, ct)).TryGet(out var actor, out var refusal))
        {
            await RecordAsync(delivery, delivery.Action, refusal, key, ct);
            await ForgetAsync(key, ct);
            return new Acknowledgement.Reply(AccessReplies.Refused(refusal));
        }

        var answer = await presses.PressAsync(delivery, actor, key, ct);
        await ForgetAsync(key, ct);
        return answer;
    }

    private async Task<Acknowledgement> SubmitAsync(Delivery delivery, CancellationToken ct)
    {
        if (!(await identification.OfAsync(delivery, ct)).TryGet(out var actor, out var refusal))
        {
            await RecordAsync(delivery, delivery.Action, refusal, delivery.Key, ct);
            await ForgetAsync(delivery.Key, ct);
            return TypedText.Kept(new Acknowledgement.ShowDialog(AccessDialogs.Refused("Not done", refusal)), delivery);
        }

        var answer = await submissions.SubmitAsync(delivery, actor, ct);
        await ForgetAsync(delivery.Key, ct);
        return TypedText.Kept(answer, delivery);
    }

    /// <summary>An account that may take no part: its attempt belongs to the record. Questions and a silent directory leave nothing behind.</summary>
    private async Task RecordAsync(Delivery delivery, string attempt, Refusal refusal, string? key, CancellationToken ct)
    {
        if (key is not null && refusal.Code != Membership.DirectoryUnavailable)
        {
            await decider.RecordRefusalAsync(Subject.Of(delivery.Person), attempt, delivery.Person, refusal, key, ct);
        }
    }

    /// <summary>What was decided is closed with the decision; what ended without a change is closed here. A store that fails now does not change the answer.</summary>
    private async Task ForgetAsync(string? key, CancellationToken ct)
    {
        if (key is null)
        {
            return;
        }

        try
        {
            await inbox.ForgetAsync(key, ct);
        }
        catch (Ledger.LedgerUnavailableException)
        {
            backlog.GiveUp(key, ct);
        }
    }

    private Task<Acknowledgement> WithinAsync(TimeSpan budget, Task<Acknowledgement> work, Delivery delivery, CancellationToken ct) =>
        answers.WithinAsync(budget, SafelyAsync(delivery, work, ct), delivery, ct);

    /// <summary>In our hand until it is decided, whatever goes wrong.</summary>
    private Task<Acknowledgement> HoldAsync(Delivery delivery, Task<Acknowledgement> work, CancellationToken ct) =>
        backlog.HoldAsync(delivery, SafelyAsync(delivery, work, ct));

    private async Task<Acknowledgement> SafelyAsync(Delivery delivery, Task<Acknowledgement> work, CancellationToken ct)
    {
        try
        {
            return await work;
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            log.DeliveryFailed(delivery.Key, fault);
            backlog.GiveUp(delivery.Key, ct);
            var sorry = new Refusal("failed", fault is Ledger.LedgerUnavailableException
                ? "Nothing was done: the store cannot be written just now. Please try again."
                : "Something went wrong on our side; it is in the log. Please try again.");
            return delivery.Kind == DeliveryKind.DialogSubmitted
                ? TypedText.Kept(new Acknowledgement.ShowDialog(AccessDialogs.Refused("Not done", sorry)), delivery)
                : new Acknowledgement.Reply(AccessReplies.Refused(sorry));
        }
    }
}
