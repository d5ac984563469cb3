using DbChatOps.Chat;
using DbChatOps.Host.Flow;

namespace DbChatOps.Tests.Desk;

/// <summary>Something happens between the first look and what is made of it, or the disk is full for a while.</summary>
internal sealed class WatchedInbox(IInbox inner) : IInbox
{
    public Func<Task>? AfterFirstLook { get; set; }

    public int FailsToForget { get; set; }

    public Task<bool> AcceptAsync(Delivery delivery, CancellationToken ct) => inner.AcceptAsync(delivery, ct);

    public async Task<IReadOnlyList<Delivery>> UndecidedAsync(CancellationToken ct) => await LookedAsync(await inner.UndecidedAsync(ct));

    public async Task<IReadOnlyList<Delivery>> UndecidedAsync(DeliveryKind kind, int most, CancellationToken ct) =>
        await LookedAsync(await inner.UndecidedAsync(kind, most, ct));

    public Task ForgetAsync(string deliveryKey, CancellationToken ct) =>
        FailsToForget-- > 0 ? throw new Ledger.LedgerUnavailableException("disk full") : inner.ForgetAsync(deliveryKey, ct);

    private async Task<IReadOnlyList<Delivery>> LookedAsync(IReadOnlyList<Delivery> found)
    {
        if (AfterFirstLook is { } happens)
        {
            AfterFirstLook = null;
            await happens();
        }

        return found;
    }
}
