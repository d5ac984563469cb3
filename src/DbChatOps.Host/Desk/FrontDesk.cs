using System.Collections.Concurrent;
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
    IInbox inbox, IHomeBook homes, Identification identification, IChatPlatform chat, Decider decider, AccessDesk access, PressDesk presses,
    SubmissionDesk submissions, OpeningDesk openings, AskDesk asking, PickDesk picks, DialogInTime dialogs, Turns turns, Backlog backlog, TimeProvider clock, ILogger<FrontDesk> log) : IDeliveryHandler
{
    private static readonly TimeSpan PressBudget = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SubmissionBudget = TimeSpan.FromSeconds(2);
    private static readonly Card WorkingOnIt = new() { Title = Phrase.Of($"Working on it…") };
    private static readonly Card SeenBefore = new() { Title = Phrase.Of($"This was received before and is being worked on.") };

    private readonly ConcurrentDictionary<Task, Delivery> _late = new();

    /// <summary>Deliveries that took longer than the platform waits and are still being worked on.</summary>
    public IReadOnlyCollection<Task> UnderWay => [.. _late.Keys.Append(backlog.Draining).Where(work => !work.IsCompletedSuccessfully)];

    public async Task<Acknowledgement> HandleAsync(Delivery delivery, CancellationToken ct)
    {
        switch (delivery.Kind)
        {
            case DeliveryKind.SlashCommand:
                return await SlashAsync(delivery, ct);
            case DeliveryKind.ButtonPressed when PressDesk.IsQuestion(delivery.Action):
                return await WithinAsync(PressBudget, SaidAsync(delivery, dialogs.ShowAsync(delivery, SafelyAsync(delivery, PressAsync(delivery, null, ct)), ct), ct), delivery, ct);
            case DeliveryKind.ButtonPressed:
                return await inbox.AcceptAsync(delivery, ct)
                    ? await WithinAsync(PressBudget, SaidAsync(delivery, SafelyAsync(delivery, PressAsync(delivery, delivery.Key, ct)), ct), delivery, ct)
                    : new Acknowledgement.Nothing();
            case DeliveryKind.DialogSubmitted:
                return await inbox.AcceptAsync(delivery, ct)
                    ? await WithinAsync(SubmissionBudget, SubmitAsync(delivery, ct), delivery, ct)
                    : new Acknowledgement.Nothing();
            case DeliveryKind.Suggestion:
                return await SuggestAsync(delivery, ct);
            case DeliveryKind.MessageShortcut when delivery.Action == AccessDialogs.AskShortcut:
                return await WithinAsync(PressBudget, dialogs.ShowAsync(delivery, SafelyAsync(delivery, openings.AskAboutAsync(delivery, ct)), ct), delivery, ct);
            case DeliveryKind.Addressed when !delivery.FromOutside:
                return new Acknowledgement.Reply(AccessReplies.Addressed(delivery.Text, isInThread: delivery.ThreadId is not null));
            case DeliveryKind.HomeOpened when !delivery.FromOutside:
                await homes.OpenedAsync(delivery.Person, clock.GetUtcNow(), isBlank: delivery.ViewId is null, ct);
                return new Acknowledgement.Nothing();
            default:
                return new Acknowledgement.Nothing();
        }
    }

    /// <summary>Takes up what an earlier process accepted and did not decide. Triggers are long dead; decisions are not.</summary>
    public async Task TakeUpAsync(CancellationToken ct)
    {
        foreach (var delivery in (await inbox.UndecidedAsync(ct)).Where(delivery => delivery.Kind != DeliveryKind.CommandLine))
        {
            await DecideLateAsync(delivery, ct);
        }
    }

    /// <summary>What was acknowledged when it was durable, and read from the inbox again.</summary>
    private async Task<Acknowledgement> DecideLateAsync(Delivery delivery, CancellationToken ct)
    {
        var answer = await SafelyAsync(delivery, delivery.Kind switch
        {
            DeliveryKind.SlashCommand when AccessGrammar.Read(delivery.Text).TryGet(out var intent, out _) => TypedAsync(delivery, intent, delivery.Key, ct),
            DeliveryKind.ButtonPressed => PressAsync(delivery, delivery.Key, ct),
            DeliveryKind.DialogSubmitted => SubmitAsync(delivery, ct),
            _ => Task.FromResult<Acknowledgement>(new Acknowledgement.Nothing()),
        });
        await inbox.ForgetAsync(delivery.Key, ct);
        await AnswerLateAsync(delivery, answer, ct);
        return answer;
    }

    private async Task<Acknowledgement> SlashAsync(Delivery delivery, CancellationToken ct)
    {
        if (!AccessGrammar.Read(delivery.Text).TryGet(out var intent, out var refusal))
        {
            return new Acknowledgement.Reply(AccessReplies.Refused(refusal));
        }

        if (intent is AccessIntent.FillIn alone)
        {
            return await WithinAsync(PressBudget, dialogs.ShowAsync(delivery, SafelyAsync(delivery, openings.FillInAsync(delivery, alone.Command, ct)), ct), delivery, ct);
        }

        if (intent.IsQuestion)
        {
            return await WithinAsync(PressBudget, TypedAsync(delivery, intent, null, ct), delivery, ct);
        }

        if (!await backlog.AcceptAsync(delivery, ct))
        {
            return new Acknowledgement.Reply(SeenBefore);
        }

        // In a flood the acknowledgement does not wait for the answer, which follows; what ends access waits for nobody.
        var endsAccess = intent is AccessIntent.Revoke or AccessIntent.RevokePerson or AccessIntent.Release;
        if (!endsAccess && backlog.IsNeeded)
        {
            backlog.Leave(delivery, waited => DecideLateAsync(waited, ct), ct);
            return new Acknowledgement.Reply(WorkingOnIt);
        }

        var work = endsAccess ? TypedAsync(delivery, intent, delivery.Key, ct) : turns.TakeAsync(() => TypedAsync(delivery, intent, delivery.Key, ct), ct);
        return await WithinAsync(PressBudget, backlog.HoldAsync(delivery, SafelyAsync(delivery, work)), delivery, ct);
    }

    /// <summary>What is pressed on somebody's own page has no conversation in which to be answered: a dialog says it.</summary>
    private async Task<Acknowledgement> SaidAsync(Delivery press, Task<Acknowledgement> work, CancellationToken ct)
    {
        var answer = await work;
        return answer is Acknowledgement.Reply { Card: var card } && press.ResponseUrl is null && await dialogs.OpenAsync(press, AccessDialogs.Answer(card), ct) is not null
            ? new Acknowledgement.Nothing()
            : answer;
    }

    /// <summary>Only reads; whoever may not take part is offered nothing.</summary>
    private async Task<Acknowledgement> SuggestAsync(Delivery delivery, CancellationToken ct) =>
        new Acknowledgement.Suggestions((await identification.OfAsync(delivery, ct)).TryGet(out var actor, out _)
            ? delivery.Action == AccessDialogs.TargetInput
                ? await asking.SuggestAsync(delivery.Text, actor, ct)
                : await picks.SuggestAsync(delivery.Action, delivery.Text, actor, ct)
            : []);

    private async Task<Acknowledgement> TypedAsync(Delivery delivery, AccessIntent intent, string? key, CancellationToken ct)
    {
        if (!(await identification.OfAsync(delivery, ct)).TryGet(out var actor, out var refusal))
        {
            await TurnAwayAsync(delivery, intent.GetType().Name, refusal, key, ct);
            return new Acknowledgement.Reply(AccessReplies.Refused(refusal));
        }

        var card = await access.AnswerAsync(intent, actor, key, ct);
        await ForgetAsync(key, ct);
        return new Acknowledgement.Reply(card);
    }

    private async Task<Acknowledgement> PressAsync(Delivery delivery, string? key, CancellationToken ct)
    {
        if (!(await identification.OfAsync(delivery, ct)).TryGet(out var actor, out var refusal))
        {
            await TurnAwayAsync(delivery, delivery.Action, refusal, key, ct);
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
            await TurnAwayAsync(delivery, delivery.Action, refusal, delivery.Key, ct);
            return TypedText.Kept(new Acknowledgement.ShowDialog(AccessDialogs.Refused("Not done", refusal)), delivery);
        }

        var answer = await submissions.SubmitAsync(delivery, actor, ct);
        await ForgetAsync(delivery.Key, ct);
        return TypedText.Kept(answer, delivery);
    }

    /// <summary>An account that may take no part: its attempt belongs to the record. Questions and a silent directory leave nothing behind.</summary>
    private async Task TurnAwayAsync(Delivery delivery, string attempt, Refusal refusal, string? key, CancellationToken ct)
    {
        if (key is not null && refusal.Code != Identification.DirectoryUnavailable)
        {
            await decider.RecordRefusalAsync(Subject.Of(delivery.Person), attempt, delivery.Person, refusal, key, ct);
        }

        await ForgetAsync(key, ct);
    }

    private Task ForgetAsync(string? key, CancellationToken ct) => key is null ? Task.CompletedTask : inbox.ForgetAsync(key, ct);

    private async Task<Acknowledgement> WithinAsync(TimeSpan budget, Task<Acknowledgement> work, Delivery delivery, CancellationToken ct)
    {
        var safe = SafelyAsync(delivery, work);
        if (await IsOverAsync(safe, budget, ct))
        {
            return await safe;
        }

        GoesOn(FinishLaterAsync(delivery, safe, ct), delivery);
        return delivery.Kind switch
        {
            DeliveryKind.SlashCommand => new Acknowledgement.Reply(WorkingOnIt),
            DeliveryKind.DialogSubmitted => new Acknowledgement.ShowDialog(AccessDialogs.Loading("Working on it")),
            _ => new Acknowledgement.Nothing(),
        };
    }

    private async Task<bool> IsOverAsync(Task work, TimeSpan budget, CancellationToken ct)
    {
        if (work.IsCompleted)
        {
            return true;
        }

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var isOver = await Task.WhenAny(work, Task.Delay(budget, clock, patience.Token)) == work;
        await patience.CancelAsync();
        return isOver;
    }

    /// <summary>Work that failed stays in sight.</summary>
    private void GoesOn(Task work, Delivery delivery)
    {
        _late[work] = delivery;
        _ = work.ContinueWith(done => _late.TryRemove(done, out _), CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private async Task FinishLaterAsync(Delivery delivery, Task<Acknowledgement> work, CancellationToken ct) =>
        await AnswerLateAsync(delivery, await work, ct);

    private async Task<Acknowledgement> SafelyAsync(Delivery delivery, Task<Acknowledgement> work)
    {
        try
        {
            return await work;
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            log.DeliveryFailed(delivery.Key, fault);
            await GiveUpAsync(delivery);
            var sorry = new Refusal("failed", fault is Ledger.LedgerUnavailableException
                ? "Nothing was done: the store cannot be written just now. Please try again."
                : "Something went wrong on our side; it is in the log. Please try again.");
            return delivery.Kind == DeliveryKind.DialogSubmitted
                ? TypedText.Kept(new Acknowledgement.ShowDialog(AccessDialogs.Refused("Not done", sorry)), delivery)
                : new Acknowledgement.Reply(AccessReplies.Refused(sorry));
        }
    }

    /// <summary>What somebody is told has failed must not happen at the next start. A store that fails here failed before, too.</summary>
    private async Task GiveUpAsync(Delivery delivery)
    {
        try
        {
            await inbox.ForgetAsync(delivery.Key, CancellationToken.None);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            log.DeliveryFailed(delivery.Key, fault);
            backlog.GiveUp(delivery.Key);
        }
    }

    private async Task AnswerLateAsync(Delivery delivery, Acknowledgement answer, CancellationToken ct)
    {
        try
        {
            switch (answer)
            {
                case Acknowledgement.Reply reply when delivery.ResponseUrl is { } url:
                    await chat.ReplyAsync(url, reply.Card, ct);
                    break;
                case Acknowledgement.ShowDialog show when delivery.ViewId is { } view:
                    await chat.UpdateDialogAsync(view, show.Dialog, ct);
                    break;
                case Acknowledgement.FieldErrors errors when delivery.ViewId is { } view:
                    await chat.UpdateDialogAsync(view, TypedText.Instead(errors, delivery), ct);
                    break;
            }
        }
        catch (Exception fault) when (fault is ChatUnavailableException or ChatRefusedException)
        {
            log.AnswerLost(delivery.Key, fault);
        }
    }
}
