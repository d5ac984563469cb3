using Dapper;
using DbChatOps.Host.Storage;
using DbChatOps.Ledger;
using DbChatOps.Tests.Contracts;
using Microsoft.Data.Sqlite;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Storage;

public sealed class SqliteStoreTests : IAsyncDisposable
{
    private readonly SqliteStoreUnderTest _store = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_acknowledged_survives_a_process_that_dies()
    {
        var acknowledged = new List<string>();
        for (var i = 0; i < 20; i++)
        {
            await _store.Store.Ledger.CommitAsync(Tickets.Open($"{i}") with { Agenda = [Shows.Row($"{i}", Tickets.Noon)] }, Ct);
            acknowledged.Add($"{i}");
        }

        // What a kill leaves behind: the files as they are, the write-ahead log not folded in.
        using var found = new TemporaryCopy(_store.Path);
        await using var reopened = SqliteStore.Open(found.Path, TimeProvider.System);

        foreach (var key in acknowledged)
        {
            (await reopened.Ledger.LoadAsync<Ticket>(key, Ct)).ShouldNotBeNull();
        }

        (await reopened.Agenda.ExistingKeysAsync([.. acknowledged.Select(key => "show:" + key)], Ct)).Count.ShouldBe(20);
        (await reopened.Ledger.CommitAsync(Tickets.Open("next"), Ct)).ShouldBe(new CommitOutcome.Committed(21));
    }

    [Fact]
    public async Task A_transaction_cut_off_in_the_middle_leaves_nothing()
    {
        await _store.Store.Ledger.CommitAsync(Tickets.Open("a"), Ct);
        TemporaryCopy? found = null;
        await _store.Store.Committer.WriteAsync(
            batch =>
            {
                batch.Append(Tickets.Entry(Tickets.Counted("a")));
                found = new TemporaryCopy(_store.Path);
                return ValueTask.FromResult(new Written<bool>(true, Stays: true));
            },
            Ct);

        await using var reopened = SqliteStore.Open(found.ShouldNotBeNull().Path, TimeProvider.System);
        (await reopened.Ledger.CommitAsync(new Change(), Ct)).ShouldBe(new CommitOutcome.Committed(1));
        found.Dispose();
    }

    [Fact]
    public async Task Every_commit_is_flushed_to_the_disk()
    {
        var settings = await _store.Store.Committer.WriteAsync(
            batch => ValueTask.FromResult(new Written<(string?, long)>(
                batch.Query(connection => (
                    connection.ExecuteScalar<string>("PRAGMA journal_mode"),
                    connection.ExecuteScalar<long>("PRAGMA synchronous"))),
                Stays: true)),
            Ct);

        settings.ShouldBe(("wal", 2));
    }

    [Fact]
    public async Task Opening_again_keeps_everything()
    {
        await _store.Store.Ledger.CommitAsync(Tickets.Open("a"), Ct);

        await _store.ReopenAsync();

        (await _store.Store.Ledger.LoadAsync<Ticket>("a", Ct)).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_store_of_a_newer_release_is_refused_and_both_versions_are_named()
    {
        await _store.Store.DisposeAsync();
        await using (var connection = new SqliteConnection($"Data Source={_store.Path};Pooling=False"))
        {
            await connection.ExecuteAsync("PRAGMA user_version = 99");
        }

        var message = Should.Throw<LedgerUnavailableException>(() => _store.Open()).Message;

        message.ShouldContain("99");
        message.ShouldContain($"up to {SqliteMigrations.Known}");
        Should.Throw<LedgerUnavailableException>(() => SqliteLedgerReader.Open(_store.Path));
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_unavailable()
    {
        await _store.Store.DisposeAsync();
        await File.WriteAllTextAsync(_store.Path, new string('x', 8192), Ct);

        Should.Throw<LedgerUnavailableException>(() => _store.Open()).Message.ShouldContain("damaged");
    }

    [Fact]
    public async Task Reading_works_beside_a_running_bot_and_after_it_has_gone()
    {
        await _store.Store.Ledger.CommitAsync(Tickets.Open("a"), Ct);
        (await _store.EntriesAsync(Ct)).Count.ShouldBe(1);

        await _store.Store.DisposeAsync();

        (await _store.EntriesAsync(Ct)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Old_keys_are_cleared_away_as_new_ones_arrive()
    {
        await Task.WhenAll(Enumerable.Range(0, SqliteInbox.PurgedWithBatch + 1).Select(async i =>
        {
            await _store.Store.Inbox.AcceptAsync(Delivery($"old-{i}", Tickets.Noon), Ct);
            await _store.Store.Inbox.ForgetAsync($"old-{i}", Ct);
        }));

        await _store.Store.Inbox.AcceptAsync(Delivery("a", Tickets.Noon.AddHours(24)), Ct);
        CountKeys().ShouldBe(2);
        await _store.Store.Inbox.AcceptAsync(Delivery("b", Tickets.Noon.AddHours(24)), Ct);
        CountKeys().ShouldBe(2);
    }

    [Fact]
    public async Task The_response_url_is_nowhere_in_the_file_once_its_delivery_is_decided()
    {
        for (var i = 0; i < 30; i++)
        {
            var delivery = Delivery($"k{i}", Tickets.Noon) with { ResponseUrl = new Secret("https://hooks.example/canary-7f3a"), Text = new string('x', i * 300) };
            await _store.Store.Inbox.AcceptAsync(delivery, Ct);
        }

        for (var i = 0; i < 30; i++)
        {
            await _store.Store.Ledger.CommitAsync(Tickets.Open($"{i}") with { DecidesDelivery = $"k{i}" }, Ct);
        }

        await _store.Store.DisposeAsync();

        (await File.ReadAllTextAsync(_store.Path, System.Text.Encoding.Latin1, Ct)).ShouldNotContain("canary-7f3a");
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    private static DbChatOps.Chat.Delivery Delivery(string key, DateTimeOffset at) => new()
    {
        Key = key,
        Kind = DbChatOps.Chat.DeliveryKind.SlashCommand,
        ReceivedAt = at,
        Person = PersonId.Operator("root"),
    };

    private long CountKeys()
    {
        using var connection = new SqliteConnection($"Data Source={_store.Path};Pooling=False");
        return connection.ExecuteScalar<long>("SELECT count(*) FROM inbox");
    }

    private sealed class TemporaryCopy : IDisposable
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dbchatops-copy-");

        public TemporaryCopy(string store)
        {
            foreach (var file in Directory.GetFiles(System.IO.Path.GetDirectoryName(store)!))
            {
                if (!file.EndsWith("-shm", StringComparison.Ordinal))
                {
                    File.Copy(file, System.IO.Path.Combine(_folder.FullName, System.IO.Path.GetFileName(file)));
                }
            }

            Path = System.IO.Path.Combine(_folder.FullName, System.IO.Path.GetFileName(store));
        }

        public string Path { get; }

        public void Dispose() => _folder.Delete(recursive: true);
    }
}
