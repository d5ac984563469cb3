using DbChatOps.Access;
using DbChatOps.Chat;
using DbChatOps.Host.Flow;

namespace DbChatOps.Host.Desk;

/// <summary>The platform waits for an answer only so long. What takes longer goes on, and is answered when it is done.</summary>
public sealed class AnswerInTime(IChatPlatform chat, TimeProvider clock, ILogger<AnswerInTime> log)
{
    private readonly OpenWork _late = new();

    public static Card WorkingOnIt { get; } = new() { Title = Phrase.Of($"Working on it…") };

    /// <summary>Work that has outlived its acknowledgement.</summary>
    public IReadOnlyCollection<Task> UnderWay => _late.Tasks;

    public void GoesOn(Task work) => _late.Add(work);

    /// <summary>The answer of <paramref name="work"/>, which does not fail, or what to show until it follows.</summary>
    public async Task<Acknowledgement> WithinAsync(TimeSpan budget, Task<Acknowledgement> work, Delivery delivery, CancellationToken ct)
    {
        if (await IsOverAsync(work, budget, ct))
        {
            return await work;
        }

        GoesOn(FinishAsync(delivery, work, ct));
        return delivery.Kind switch
        {
            DeliveryKind.SlashCommand => new Acknowledgement.Reply(WorkingOnIt),
            DeliveryKind.DialogSubmitted => new Acknowledgement.ShowDialog(AccessDialogs.Loading("Working on it")),
            _ => new Acknowledgement.Nothing(),
        };
    }

    /// <summary>Through the response URL, or in the dialog that waits for it; best effort, as long as the platform takes it.</summary>
    public async Task AnswerLateAsync(Delivery delivery, Acknowledgement answer, CancellationToken ct)
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

    private async Task FinishAsync(Delivery delivery, Task<Acknowledgement> work, CancellationToken ct) =>
        await AnswerLateAsync(delivery, await work, ct);

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
}
