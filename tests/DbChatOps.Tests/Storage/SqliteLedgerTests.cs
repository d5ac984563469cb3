using DbChatOps.Host.Flow;
using DbChatOps.Ledger;
using DbChatOps.Tests.Contracts;

namespace DbChatOps.Tests.Storage;

public sealed class SqliteLedgerTests : LedgerContract
{
    private readonly SqliteStoreUnderTest _store = new();

    protected override ILedger Ledger => _store.Store.Ledger;

    protected override IInbox Inbox => _store.Store.Inbox;

    protected override IAgendaStore Agenda => _store.Store.Agenda;

    protected override IMessageBook Messages => _store.Store.Messages;

    protected override IHomeBook Homes => _store.Store.Homes;

    public override ValueTask InitializeAsync() => ValueTask.CompletedTask;

    protected override Task<IReadOnlyList<LedgerEntry>> EntriesAsync() => _store.EntriesAsync(Ct);

    protected override ValueTask CloseAsync() => _store.DisposeAsync();
}
