using DbChatOps.Host.Flow;
using DbChatOps.Ledger;
using Xunit;

namespace DbChatOps.Tests.Contracts;

/// <summary>A fresh store for each test; one subclass per kind of store provides it.</summary>
public abstract class StoreContract : IAsyncLifetime
{
    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    protected abstract ILedger Ledger { get; }

    protected abstract IInbox Inbox { get; }

    protected abstract IAgendaStore Agenda { get; }

    protected abstract IMessageBook Messages { get; }

    protected abstract IHomeBook Homes { get; }

    /// <summary>Every entry as stored, in order.</summary>
    protected abstract Task<IReadOnlyList<LedgerEntry>> EntriesAsync();

    public abstract ValueTask InitializeAsync();

    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        GC.SuppressFinalize(this);
    }

    protected abstract ValueTask CloseAsync();
}

internal static class Shows
{
    public static AgendaRow Row(
        string name, DateTimeOffset due, string lane = "chat:C1", AgendaPriority priority = AgendaPriority.Rest, string? card = null) => new()
    {
        Key = "show:" + name,
        Lane = lane,
        Priority = priority,
        Due = due,
        Item = new AgendaItem.Show(card ?? name),
    };
}
