using DbChatOps.Chat;

namespace DbChatOps.Host.Flow;

/// <summary>Stored arrivals that are not yet decided. Durable before the platform is told "received".</summary>
public interface IInbox
{
    /// <summary>Stores a delivery, already claimed by this process. False when its key was seen within 24 h: a redelivery.</summary>
    /// <exception cref="Ledger.LedgerUnavailableException">It could not be made durable; the platform must not be told otherwise.</exception>
    Task<bool> AcceptAsync(Delivery delivery, CancellationToken ct);

    /// <summary>What an earlier process accepted and did not decide.</summary>
    Task<IReadOnlyList<Delivery>> UndecidedAsync(CancellationToken ct);

    /// <summary>The oldest of one kind that are not decided, those that this process is deciding among them.</summary>
    Task<IReadOnlyList<Delivery>> UndecidedAsync(DeliveryKind kind, int most, CancellationToken ct);

    /// <summary>Deletes the payload and keeps the key, for deliveries that end without a change (a query, a refusal that was recorded elsewhere).</summary>
    Task ForgetAsync(string deliveryKey, CancellationToken ct);
}
