using DbChatOps.Chat;

namespace DbChatOps.Host.Flow;

/// <summary>What every doorway calls: stores the delivery, and says what the person is shown at once.</summary>
public interface IDeliveryHandler
{
    /// <summary>
    /// Returns within the platform's patience (events at once, the rest within two seconds), whether decided or not. A redelivery is answered
    /// and not decided twice. The token ends with the process, not with the caller's connection: what arrived is worked even if nobody waits.
    /// </summary>
    /// <exception cref="Ledger.LedgerUnavailableException">Not stored; the doorway says so.</exception>
    Task<Acknowledgement> HandleAsync(Delivery delivery, CancellationToken ct);
}

/// <summary>What goes back in the answer to a delivery.</summary>
public abstract record Acknowledgement
{
    private Acknowledgement()
    {
    }

    /// <summary>Received; nothing to show. Closes a submitted dialog.</summary>
    public sealed record Nothing : Acknowledgement;

    /// <summary>Shown privately to the person who typed or pressed. The answer to a button or a shortcut goes out after the acknowledgement.</summary>
    public sealed record Reply(Card Card) : Acknowledgement;

    /// <summary>The dialog stays open with a sentence under each named input.</summary>
    public sealed record FieldErrors(IReadOnlyDictionary<string, string> Errors) : Acknowledgement;

    /// <summary>Replaces the submitted dialog.</summary>
    public sealed record ShowDialog(Dialog Dialog) : Acknowledgement;

    /// <summary>Closes the submitted dialog and all behind it.</summary>
    public sealed record CloseAll : Acknowledgement;

    /// <summary>Options for what the person is typing.</summary>
    public sealed record Suggestions(IReadOnlyList<Option> Options) : Acknowledgement;
}
