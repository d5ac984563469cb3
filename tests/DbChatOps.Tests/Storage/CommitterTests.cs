using Dapper;
using DbChatOps.Host.Storage;
using DbChatOps.Ledger;
using DbChatOps.Tests.Contracts;
using Microsoft.Data.Sqlite;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Storage;

public sealed class CommitterTests : IAsyncDisposable
{
    private readonly SqliteStoreUnderTest _store = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private ILedger Ledger => _store.Store.Ledger;

    [Fact]
    public async Task In_one_batch_losers_drop_out_alone_and_numbers_stay_gapless()
    {
        var refusal = new Refusal("no", "No.");
        var guard = new Guard("none", new SnapshotQuery { Kind = "ticket" }, AtMost: 0, refusal);
        var gate = await HoldWriterAsync();

        var first = Ledger.CommitAsync(Tickets.Open("a"), Ct);
        var sameKey = Ledger.CommitAsync(Tickets.Open("a"), Ct);
        var guarded = Ledger.CommitAsync(Tickets.Open("b") with { Guards = [guard] }, Ct);
        var broken = _store.Store.Committer.WriteAsync<int>(_ => throw new FormatException("a mistake of ours"), Ct);
        var last = Ledger.CommitAsync(Tickets.Open("c"), Ct);
        gate.SetResult();

        (await first).ShouldBe(new CommitOutcome.Committed(1));
        (await sameKey).ShouldBe(new CommitOutcome.VersionConflict(new Subject("ticket", "a")));
        (await guarded).ShouldBe(new CommitOutcome.GuardRefused("none", refusal));
        await Should.ThrowAsync<FormatException>(() => broken);
        (await last).ShouldBe(new CommitOutcome.Committed(2));
        (await _store.EntriesAsync(Ct)).Select(entry => entry.Subject).ShouldBe(["ticket:a", "ticket:c"]);
    }

    /// <summary>A write that fails after some of its statements leaves none of them, and neither does the chain remember its entries.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task What_a_write_had_done_before_it_failed_is_undone(int place)
    {
        var gate = await HoldWriterAsync();
        List<Task<CommitOutcome>> others = [];
        Task<int>? broken = null;
        for (var turn = 0; turn < 3; turn++)
        {
            if (turn == place)
            {
                broken = _store.Store.Committer.WriteAsync<int>(
                    batch =>
                    {
                        batch.Append(Tickets.Open("broken").Entries[0]);
                        batch.Execute("INSERT INTO agenda (key, lane, priority, due, revision, attempts, item) VALUES ('broken', 'x', 0, 0, 1, 0, x'00')");
                        throw new FormatException("a mistake of ours");
                    },
                    Ct);
            }

            others.Add(Ledger.CommitAsync(Tickets.Open($"t{turn}"), Ct));
        }

        gate.SetResult();

        await Should.ThrowAsync<FormatException>(() => broken!);
        (await Task.WhenAll(others)).ShouldBe([new CommitOutcome.Committed(1), new CommitOutcome.Committed(2), new CommitOutcome.Committed(3)]);
        (await _store.EntriesAsync(Ct)).Select(entry => entry.Subject).ShouldBe(["ticket:t0", "ticket:t1", "ticket:t2"]);
        (await _store.Store.Agenda.ExistingKeysAsync(["broken"], Ct)).ShouldBeEmpty();
    }

    [Fact]
    public async Task When_the_first_of_a_batch_loses_the_chain_still_holds()
    {
        await Ledger.CommitAsync(Tickets.Open("a"), Ct);
        var gate = await HoldWriterAsync();
        var loser = Ledger.CommitAsync(Tickets.Open("a"), Ct);
        var empty = Ledger.CommitAsync(new Change(), Ct);
        gate.SetResult();

        (await loser).ShouldBeOfType<CommitOutcome.VersionConflict>();
        (await empty).ShouldBe(new CommitOutcome.Committed(1));
    }

    [Fact]
    public async Task A_batch_carries_at_most_64_writes()
    {
        var batches = new List<SqliteBatch>();
        var gate = await HoldWriterAsync();
        var writes = Enumerable.Range(0, 100).Select(_ => _store.Store.Committer.WriteAsync(
            batch =>
            {
                batches.Add(batch);
                return ValueTask.FromResult(new Written<bool>(true, Stays: true));
            },
            Ct)).ToList();
        gate.SetResult();
        await Task.WhenAll(writes);

        batches.GroupBy(batch => batch).Select(batch => batch.Count()).ShouldBe([64, 36]);
    }

    [Fact]
    public async Task Nobody_is_answered_before_the_commit()
    {
        var gate = await HoldWriterAsync();
        var written = Ledger.CommitAsync(Tickets.Open("a"), Ct);
        var holding = HoldWriterAsync();
        gate.SetResult();
        var secondGate = await holding;

        written.IsCompleted.ShouldBeFalse();
        (await Ledger.LoadAsync<Ticket>("a", Ct)).ShouldBeNull();
        secondGate.SetResult();
        (await written).ShouldBe(new CommitOutcome.Committed(1));
    }

    [Fact]
    public async Task A_caller_who_gives_up_while_waiting_wrote_nothing()
    {
        using var impatience = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var gate = await HoldWriterAsync();
        var waiting = Ledger.CommitAsync(Tickets.Open("a"), impatience.Token);

        await impatience.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(() => waiting);
        gate.SetResult();
        await Ledger.CommitAsync(Tickets.Open("b"), Ct);
        (await Ledger.LoadAsync<Ticket>("a", Ct)).ShouldBeNull();
    }

    [Fact]
    public async Task Closing_finishes_what_waits_and_refuses_what_comes_after()
    {
        var gate = await HoldWriterAsync();
        var waiting = Ledger.CommitAsync(Tickets.Open("a"), Ct);
        var closing = _store.Store.DisposeAsync();
        gate.SetResult();
        await closing;

        (await waiting).ShouldBeOfType<CommitOutcome.Committed>();
        await Should.ThrowAsync<LedgerUnavailableException>(() => Ledger.CommitAsync(Tickets.Open("b"), Ct));
    }

    [Fact]
    public async Task On_a_full_disk_nothing_of_the_batch_is_written_and_afterwards_it_works_again()
    {
        await Ledger.CommitAsync(Tickets.Open("before"), Ct);
        var gate = await HoldWriterAsync();
        var small = Ledger.CommitAsync(Tickets.Open("small"), Ct);
        var filling = _store.Store.Committer.WriteAsync(
            batch =>
            {
                var pages = batch.Query(connection => connection.ExecuteScalar<long>("PRAGMA page_count"));
                batch.Query(connection => connection.Execute($"PRAGMA max_page_count = {pages}"));
                return ValueTask.FromResult(new Written<bool>(true, Stays: true));
            },
            Ct);
        var big = Ledger.CommitAsync(Tickets.Open("big") with { Entries = [Tickets.Entry(Tickets.Counted("big", new string('x', 100_000)))] }, Ct);
        gate.SetResult();

        foreach (var write in new Task[] { small, filling, big })
        {
            (await Should.ThrowAsync<LedgerUnavailableException>(() => write)).Message.ShouldContain("disk is full");
        }

        (await Ledger.LoadAsync<Ticket>("small", Ct)).ShouldBeNull();
        (await _store.EntriesAsync(Ct)).Count.ShouldBe(1);
        (await Ledger.CommitAsync(Tickets.Open("after"), Ct)).ShouldBe(new CommitOutcome.Committed(2));
    }

    [Fact]
    public async Task While_another_process_holds_the_file_the_store_is_unavailable_and_afterwards_it_works_again()
    {
        await using (var other = new SqliteConnection($"Data Source={_store.Path};Pooling=False"))
        {
            await other.OpenAsync(Ct);
            await other.ExecuteAsync("BEGIN IMMEDIATE -- and hold");

            (await Should.ThrowAsync<LedgerUnavailableException>(() => Ledger.CommitAsync(Tickets.Open("a"), Ct))).Message.ShouldContain("locked");
        }

        (await Ledger.CommitAsync(Tickets.Open("a"), Ct)).ShouldBe(new CommitOutcome.Committed(1));
    }

    public ValueTask DisposeAsync() => _store.DisposeAsync();

    /// <summary>Returns when the writer is busy with a write that ends when the gate is opened: what is queued meanwhile makes the next batch.</summary>
    private async Task<TaskCompletionSource> HoldWriterAsync()
    {
        var busy = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _ = _store.Store.Committer.WriteAsync(
            async _ =>
            {
                busy.SetResult();
                await gate.Task;
                return new Written<bool>(true, Stays: true);
            },
            Ct);
        await busy.Task;
        return gate;
    }
}
