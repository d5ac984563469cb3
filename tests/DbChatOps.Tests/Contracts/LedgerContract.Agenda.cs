using DbChatOps.Host.Flow;
using DbChatOps.Ledger;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Contracts;

public abstract partial class LedgerContract
{
    private static DateTimeOffset Noon => Tickets.Noon;

    [Fact]
    public async Task A_due_row_is_claimed_with_its_item()
    {
        await AddAsync(Shows.Row("card", Noon));

        var claim = (await ClaimAsync(Noon)).ShouldHaveSingleItem();

        claim.Lane.ShouldBe("chat:C1");
        var row = claim.Rows.ShouldHaveSingleItem();
        row.Row.ShouldBe(Shows.Row("card", Noon));
        row.Attempts.ShouldBe(0);
    }

    [Fact]
    public async Task A_timer_waits_for_its_time()
    {
        await AddAsync(Shows.Row("card", Noon.AddMinutes(5)));

        (await ClaimAsync(Noon.AddMinutes(5).AddTicks(-1))).ShouldBeEmpty();
        (await Agenda.NextDueAsync(Ct)).ShouldBe(Noon.AddMinutes(5));
        (await ClaimAsync(Noon.AddMinutes(5))).Count.ShouldBe(1);
    }

    [Fact]
    public async Task With_nothing_on_the_agenda_nothing_is_due() => (await Agenda.NextDueAsync(Ct)).ShouldBeNull();

    [Fact]
    public async Task Rows_of_a_lane_come_by_priority_then_due_time()
    {
        await AddAsync(
            Shows.Row("late", Noon),
            Shows.Row("early", Noon.AddMinutes(-1)),
            Shows.Row("revoke", Noon, priority: AgendaPriority.Revoke),
            Shows.Row("beyond", Noon.AddHours(1), priority: AgendaPriority.Revoke));

        (await ClaimAsync(Noon)).Single().Rows.Select(row => row.Row.Key).ShouldBe(["show:revoke", "show:early", "show:late"]);
    }

    [Fact]
    public async Task A_claim_takes_no_more_rows_than_asked()
    {
        await AddAsync([.. Enumerable.Range(0, 10).Select(i => Shows.Row($"{i}", Noon))]);

        (await Agenda.ClaimDueLanesAsync(Noon, Noon.AddMinutes(1), new ClaimSize(4, 4), Ct)).Single().Rows.Count.ShouldBe(4);
    }

    [Fact]
    public async Task Endings_are_claimed_beyond_what_a_claim_takes_of_the_rest()
    {
        await AddAsync(
            [.. Enumerable.Range(0, 6).Select(i => Shows.Row($"end-{i}", Noon, priority: AgendaPriority.Revoke)), .. Enumerable.Range(0, 10).Select(i => Shows.Row($"{i}", Noon))]);

        var rows = (await Agenda.ClaimDueLanesAsync(Noon, Noon.AddMinutes(1), new ClaimSize(2, 5), Ct)).Single().Rows;

        rows.Select(row => row.Row.Key).ShouldBe(["show:end-0", "show:end-1", "show:end-2", "show:end-3", "show:end-4"]);
    }

    [Fact]
    public async Task Each_due_lane_is_claimed_once()
    {
        await AddAsync(Shows.Row("a", Noon), Shows.Row("b", Noon, lane: "engine:pg1"), Shows.Row("c", Noon.AddDays(1), lane: "engine:pg2"));

        (await ClaimAsync(Noon)).Select(claim => claim.Lane).ShouldBe(["chat:C1", "engine:pg1"], ignoreOrder: true);
        (await ClaimAsync(Noon)).ShouldBeEmpty();
        (await Agenda.NextDueAsync(Ct)).ShouldBe(Noon.AddMinutes(1), "a claimed lane can be had when its claim ends");
    }

    [Fact]
    public async Task Two_who_claim_at_once_share_no_lane()
    {
        await AddAsync([.. Enumerable.Range(0, 20).Select(i => Shows.Row($"{i}", Noon, lane: $"chat:{i}"))]);

        var claims = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => ClaimAsync(Noon)));

        claims.SelectMany(claim => claim).Select(claim => claim.Lane)
            .ShouldBe(Enumerable.Range(0, 20).Select(i => $"chat:{i}"), ignoreOrder: true);
    }

    [Fact]
    public async Task A_finished_row_is_gone_and_its_lane_is_free()
    {
        await AddAsync(Shows.Row("card", Noon));
        await FinishAsync((await ClaimAsync(Noon)).Single());

        (await Agenda.NextDueAsync(Ct)).ShouldBeNull();
        await AddAsync(Shows.Row("next", Noon));
        (await ClaimAsync(Noon)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_row_that_failed_comes_back_later_with_one_more_attempt()
    {
        await AddAsync(Shows.Row("card", Noon));
        var claim = (await ClaimAsync(Noon)).Single();

        await Agenda.ReleaseAsync(claim, [new RowResult(claim.Rows[0], Noon.AddSeconds(10))], Ct);

        (await ClaimAsync(Noon.AddSeconds(9))).ShouldBeEmpty();
        (await ClaimAsync(Noon.AddSeconds(10))).Single().Rows.Single().Attempts.ShouldBe(1);
    }

    [Fact]
    public async Task Rows_with_one_key_collapse_and_the_newest_wins()
    {
        await AddAsync(Shows.Row("card", Noon, card: "old"));
        var claim = (await ClaimAsync(Noon)).Single();
        await Agenda.ReleaseAsync(claim, [new RowResult(claim.Rows[0], Noon.AddDays(1))], Ct);

        await AddAsync(Shows.Row("card", Noon.AddSeconds(1), lane: "chat:C2", card: "new"));

        var row = (await ClaimAsync(Noon.AddSeconds(1))).Single().Rows.Single();
        row.Row.ShouldBe(Shows.Row("card", Noon.AddSeconds(1), lane: "chat:C2", card: "new"));
        row.Attempts.ShouldBe(0, "a renewed row starts over");
    }

    [Fact]
    public async Task A_row_renewed_while_worked_on_is_done_again()
    {
        await AddAsync(Shows.Row("card", Noon));
        var claim = (await ClaimAsync(Noon)).Single();
        await AddAsync(Shows.Row("card", Noon.AddSeconds(5)));

        await FinishAsync(claim);

        (await Agenda.NextDueAsync(Ct)).ShouldBe(Noon.AddSeconds(5));
        (await ClaimAsync(Noon.AddSeconds(5))).Single().Rows.Single().Revision.ShouldBeGreaterThan(claim.Rows[0].Revision);
    }

    [Fact]
    public async Task A_retry_does_not_delay_a_row_that_was_renewed_meanwhile()
    {
        await AddAsync(Shows.Row("card", Noon));
        var claim = (await ClaimAsync(Noon)).Single();
        await AddAsync(Shows.Row("card", Noon));

        await Agenda.ReleaseAsync(claim, [new RowResult(claim.Rows[0], Noon.AddHours(1))], Ct);

        (await ClaimAsync(Noon)).Single().Rows.Single().Attempts.ShouldBe(0);
    }

    [Fact]
    public async Task A_claim_that_ran_out_can_be_had_by_others_and_its_late_release_changes_nothing()
    {
        await AddAsync(Shows.Row("card", Noon));
        var late = (await ClaimAsync(Noon)).Single();
        (await ClaimAsync(Noon.AddSeconds(59))).ShouldBeEmpty();
        (await ClaimAsync(Noon.AddSeconds(60))).Count.ShouldBe(1);

        await FinishAsync(late);

        (await Agenda.ExistingKeysAsync(["show:card"], Ct)).ShouldBe(["show:card"]);
        (await ClaimAsync(Noon.AddSeconds(61))).ShouldBeEmpty();
    }

    [Fact]
    public async Task Voiding_frees_every_lane()
    {
        await AddAsync(Shows.Row("card", Noon));
        await ClaimAsync(Noon);

        await Agenda.VoidClaimsAsync(Ct);

        (await ClaimAsync(Noon)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Whoever_waits_is_told_the_earliest_due_time_of_what_was_added()
    {
        var told = new List<DateTimeOffset>();
        Agenda.RowsAdded = told.Add;

        await AddAsync(Shows.Row("a", Noon.AddMinutes(2)), Shows.Row("b", Noon.AddMinutes(1)));
        await Ledger.CommitAsync(new Change(), Ct);

        told.ShouldBe([Noon.AddMinutes(1)]);
    }

    [Fact]
    public async Task Only_existing_keys_are_reported()
    {
        await AddAsync(Shows.Row("a", Noon), Shows.Row("b", Noon));

        (await Agenda.ExistingKeysAsync(["show:b", "show:\"c'"], Ct)).ShouldBe(["show:b"]);
        (await Agenda.ExistingKeysAsync([], Ct)).ShouldBeEmpty();
    }

    private Task<CommitOutcome> AddAsync(params AgendaRow[] rows) => Ledger.CommitAsync(new Change { Agenda = rows }, Ct);

    private Task<IReadOnlyList<LaneClaim>> ClaimAsync(DateTimeOffset now) => Agenda.ClaimDueLanesAsync(now, now.AddSeconds(60), new ClaimSize(50, 50), Ct);

    private Task FinishAsync(LaneClaim claim) => Agenda.ReleaseAsync(claim, [.. claim.Rows.Select(row => new RowResult(row, null))], Ct);
}
