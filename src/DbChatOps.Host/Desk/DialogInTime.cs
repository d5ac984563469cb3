using DbChatOps.Access;
using DbChatOps.Chat;
using DbChatOps.Host.Flow;

namespace DbChatOps.Host.Desk;

/// <summary>
/// Opens the dialog that a press asks for while its trigger lives, which is three seconds: the real one where it is ready at once, else one
/// that says "one moment", which then becomes the real one. A trigger that is lost costs another press and nothing else.
/// </summary>
public sealed class DialogInTime(IChatPlatform chat, TimeProvider clock)
{
    public static readonly Refusal PressAgain = new("press_again", "The dialog could not be opened just now. Nothing was done; please press again.");

    /// <summary>Leaves the trigger the time that two slow calls of the platform may take.</summary>
    private static readonly TimeSpan AtOnce = TimeSpan.FromMilliseconds(800);

    /// <summary>The press's answer, after what it wants to show is on the screen. <paramref name="work"/> opens nothing itself.</summary>
    public async Task<Acknowledgement> ShowAsync(Delivery press, Task<Acknowledgement> work, CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        if (await Task.WhenAny(work, Task.Delay(AtOnce, clock, patience.Token)) == work)
        {
            await patience.CancelAsync();
            return await work is not Acknowledgement.ShowDialog { Dialog: var ready } ? await work
                : await OpenAsync(press, ready, ct) is null ? Again()
                : new Acknowledgement.Nothing();
        }

        var view = await OpenAsync(press, AccessDialogs.Loading("One moment"), ct);
        return (view, await work) switch
        {
            (null, Acknowledgement.ShowDialog) => Again(),
            (null, var answer) => answer,
            ({ } open, Acknowledgement.ShowDialog { Dialog: var late }) => await BecomesAsync(open, late, ct),
            ({ } open, Acknowledgement.Reply { Card: var instead }) => await BecomesAsync(open, AccessDialogs.Answer(instead), ct),
            (_, var answer) => answer,
        };
    }

    /// <summary>The view's id; null when the trigger or chat is lost.</summary>
    public async Task<string?> OpenAsync(Delivery press, Dialog dialog, CancellationToken ct)
    {
        try
        {
            return press.TriggerId is { } trigger ? await chat.OpenAsync(trigger, dialog, press.Key, ct) : null;
        }
        catch (Exception fault) when (fault is TriggerExpiredException or ChatUnavailableException or ChatRefusedException)
        {
            return null;
        }
    }

    private static Acknowledgement.Reply Again() => new(AccessReplies.Refused(PressAgain));

    private async Task<Acknowledgement> BecomesAsync(string view, Dialog dialog, CancellationToken ct)
    {
        try
        {
            // False: the person has closed it, which is an answer too.
            await chat.UpdateDialogAsync(view, dialog, ct);
            return new Acknowledgement.Nothing();
        }
        catch (ChatUnavailableException)
        {
            return Again();
        }
    }
}
