using DbChatOps.Ledger;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Contracts;

/// <summary>What every store promises; this part: state and entries.</summary>
public abstract partial class LedgerContract : StoreContract
{
    [Fact]
    public async Task What_was_committed_is_loaded_with_version_one()
    {
        await Ledger.CommitAsync(Tickets.Open("a"), Ct);

        var stored = (await Ledger.LoadAsync<Ticket>("a", Ct)).ShouldNotBeNull();

        stored.Version.ShouldBe(1);
        stored.State.Key.ShouldBe("a");
    }

    [Fact]
    public async Task An_absent_snapshot_is_null() => (await Ledger.LoadAsync<Ticket>("nowhere", Ct)).ShouldBeNull();

    [Fact]
    public async Task Entries_are_numbered_from_one_without_gaps()
    {
        var first = await Ledger.CommitAsync(Tickets.Open("a"), Ct);
        var second = await Ledger.CommitAsync(new Change { Entries = [Tickets.Entry(Tickets.Counted("a")), Tickets.Entry(Tickets.Counted("a"))] }, Ct);
        var third = await Ledger.CommitAsync(Tickets.Open("b"), Ct);

        first.ShouldBe(new CommitOutcome.Committed(1));
        second.ShouldBe(new CommitOutcome.Committed(2));
        third.ShouldBe(new CommitOutcome.Committed(4));
        (await EntriesAsync()).Select(entry => entry.Sequence).ShouldBe([1, 2, 3, 4]);
    }

    [Fact]
    public async Task What_came_into_being_in_a_span_is_found_by_it()
    {
        foreach (var hour in Enumerable.Range(0, 4))
        {
            var opened = Tickets.Opened($"at {hour}");
            var at = Tickets.Noon.AddHours(hour);
            await Ledger.CommitAsync(new Change { Snapshots = [Tickets.Snapshot(Ticket.Apply(null, opened), 0)], Entries = [Tickets.Entry(opened) with { At = at }] }, Ct);
        }

        var span = new SnapshotQuery { Kind = "ticket", BornFrom = Tickets.Noon.AddHours(1), BornBefore = Tickets.Noon.AddHours(3) };
        (await Ledger.FindAsync<Ticket>(span, Ct)).Select(stored => stored.State.Key).ShouldBe(["at 2", "at 1"]);
        (await Ledger.FindAsync<Ticket>(span with { BornBefore = Tickets.Noon.AddDays(1) }, Ct)).Select(stored => stored.State.Key).ShouldBe(["at 3", "at 2", "at 1"]);
        (await Ledger.FindAsync<Ticket>(span with { BornFrom = Tickets.Noon.AddDays(1), BornBefore = null }, Ct)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_change_without_entries_answers_with_the_head()
    {
        await Ledger.CommitAsync(Tickets.Open("a"), Ct);

        (await Ledger.CommitAsync(new Change(), Ct)).ShouldBe(new CommitOutcome.Committed(1));
    }

    [Fact]
    public async Task A_stale_version_conflicts_and_writes_nothing()
    {
        await Ledger.CommitAsync(Tickets.Open("a"), Ct);
        var stored = (await Ledger.LoadAsync<Ticket>("a", Ct)).ShouldNotBeNull();
        await Ledger.CommitAsync(Tickets.Count(stored), Ct);

        var late = Tickets.Count(stored) with { Agenda = [Shows.Row("late", Tickets.Noon)] };
        (await Ledger.CommitAsync(late, Ct)).ShouldBe(new CommitOutcome.VersionConflict(stored.State.Subject));

        (await Ledger.LoadAsync<Ticket>("a", Ct)).ShouldNotBeNull().State.Count.ShouldBe(1);
        (await EntriesAsync()).Count.ShouldBe(2);
        (await Agenda.ExistingKeysAsync(["show:late"], Ct)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Making_what_exists_conflicts()
    {
        await Ledger.CommitAsync(Tickets.Open("a"), Ct);

        (await Ledger.CommitAsync(Tickets.Open("a"), Ct)).ShouldBe(new CommitOutcome.VersionConflict(new Subject("ticket", "a")));
    }

    [Fact]
    public async Task A_handle_is_given_once()
    {
        var index = new SnapshotIndex { Open = true, State = "open", Handle = "t-1" };
        await Ledger.CommitAsync(Tickets.Open("a", index), Ct);

        (await Ledger.CommitAsync(Tickets.Open("b", index), Ct)).ShouldBe(new CommitOutcome.VersionConflict(new Subject("ticket", "b")));
    }

    [Fact]
    public async Task A_guard_refuses_the_whole_change()
    {
        var refusal = new Refusal("too_many", "Two are open already.");
        var guard = new Guard("at most two", new SnapshotQuery { Kind = "ticket", Open = true, Person = "ana" }, AtMost: 1, refusal);
        var index = new SnapshotIndex { Open = true, State = "open", Person = "ana" };
        await Ledger.CommitAsync(Tickets.Open("a", index) with { Guards = [guard] }, Ct);
        (await Ledger.CommitAsync(Tickets.Open("b", index) with { Guards = [guard] }, Ct)).ShouldBeOfType<CommitOutcome.Committed>();

        (await Ledger.CommitAsync(Tickets.Open("c", index) with { Guards = [guard] }, Ct)).ShouldBe(new CommitOutcome.GuardRefused("at most two", refusal));

        (await Ledger.LoadAsync<Ticket>("c", Ct)).ShouldBeNull();
        (await EntriesAsync()).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Find_returns_the_newest_first_within_the_limit()
    {
        foreach (var key in new[] { "a", "b", "c" })
        {
            await Ledger.CommitAsync(Tickets.Open(key), Ct);
        }

        var found = await Ledger.FindAsync<Ticket>(new SnapshotQuery { Kind = "ticket", Limit = 2 }, Ct);

        found.Select(stored => stored.State.Key).ShouldBe(["c", "b"]);
    }

    [Fact]
    public async Task Every_field_of_a_query_narrows_it()
    {
        var wanted = new SnapshotIndex
        {
            Open = true, State = "ready", Person = "ana", Server = "pg1", Target = "orders", Handle = "h1", Login = "l1", Due = Tickets.Noon, Exposed = true,
        };
        var other = new SnapshotIndex
        {
            Open = false, State = "ended", Person = "bo", Server = "pg2", Target = "users", Handle = "h2", Login = "l2", Due = Tickets.Noon.AddDays(1),
        };
        await Ledger.CommitAsync(Tickets.Open("wanted", wanted), Ct);
        await Ledger.CommitAsync(Tickets.Open("other", other), Ct);
        var any = new SnapshotQuery { Kind = "ticket" };

        foreach (var query in new[]
        {
            any with { Open = true }, any with { States = ["ready", "new"] }, any with { Person = "ana" }, any with { Server = "pg1" },
            any with { Target = "orders" }, any with { Handle = "h1" }, any with { Login = "l1" }, any with { Exposed = true },
            any with { DueBefore = Tickets.Noon.AddTicks(1) },
        })
        {
            (await Ledger.FindAsync<Ticket>(query, Ct)).Select(stored => stored.State.Key).ShouldBe(["wanted"], query.ToString());
        }

        (await Ledger.FindAsync<Ticket>(any with { DueBefore = Tickets.Noon }, Ct)).ShouldBeEmpty();
        (await Ledger.FindAsync<Ticket>(any with { States = [] }, Ct)).ShouldBeEmpty();
        (await Ledger.FindAsync<Ticket>(any with { Kind = "other" }, Ct)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Of_64_who_write_at_once_everyone_is_written_and_the_chain_holds()
    {
        await Task.WhenAll(Enumerable.Range(0, 64).Select(async writer =>
        {
            for (var i = 0; i < 4; i++)
            {
                (await Ledger.CommitAsync(Tickets.Open($"{writer}-{i}"), Ct)).ShouldBeOfType<CommitOutcome.Committed>();
            }
        }));

        var entries = await EntriesAsync();
        entries.Count.ShouldBe(256);
        ShouldBeOneChain(entries);
    }

    [Fact]
    public async Task Of_64_who_count_one_ticket_at_once_no_count_is_lost()
    {
        await Ledger.CommitAsync(Tickets.Open("shared"), Ct);

        await Task.WhenAll(Enumerable.Range(0, 64).Select(async _ =>
        {
            CommitOutcome outcome;
            do
            {
                var stored = (await Ledger.LoadAsync<Ticket>("shared", Ct)).ShouldNotBeNull();
                outcome = await Ledger.CommitAsync(Tickets.Count(stored), Ct);
            }
            while (outcome is not CommitOutcome.Committed);
        }));

        (await Ledger.LoadAsync<Ticket>("shared", Ct)).ShouldNotBeNull().State.Count.ShouldBe(64);
        var entries = await EntriesAsync();
        entries.Count.ShouldBe(65);
        ShouldBeOneChain(entries);
    }

    [Fact]
    public async Task A_cancelled_caller_knows_that_nothing_was_written()
    {
        await Should.ThrowAsync<OperationCanceledException>(() => Ledger.CommitAsync(Tickets.Open("a"), new CancellationToken(canceled: true)));

        await Ledger.CommitAsync(Tickets.Open("b"), Ct);
        (await Ledger.LoadAsync<Ticket>("a", Ct)).ShouldBeNull();
    }

    private static void ShouldBeOneChain(IReadOnlyList<LedgerEntry> entries)
    {
        var previous = HashChain.Genesis;
        for (var i = 0; i < entries.Count; i++)
        {
            HashChain.FindFault(previous, i + 1, entries[i]).ShouldBeNull();
            previous = entries[i].Hash;
        }
    }
}
