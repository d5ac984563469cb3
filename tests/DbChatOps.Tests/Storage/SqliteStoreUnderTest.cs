using DbChatOps.Host.Storage;
using DbChatOps.Ledger;

namespace DbChatOps.Tests.Storage;

/// <summary>A store in a folder of its own, which goes with it.</summary>
internal sealed class SqliteStoreUnderTest : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dbchatops-store-");

    public SqliteStoreUnderTest() => Store = Open();

    public string Path => System.IO.Path.Combine(_folder.FullName, "store.db");

    public SqliteStore Store { get; private set; }

    public SqliteStore Open() => SqliteStore.Open(Path, TimeProvider.System, TimeSpan.FromSeconds(1));

    public async Task ReopenAsync()
    {
        await Store.DisposeAsync();
        Store = Open();
    }

    public async Task<IReadOnlyList<LedgerEntry>> EntriesAsync(CancellationToken ct)
    {
        await using var reader = SqliteLedgerReader.Open(Path);
        return await reader.ReadEntriesAsync(EntryFilter.Everything, ct).ToListAsync(ct);
    }

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        _folder.Delete(recursive: true);
    }
}
