using DbChatOps.Chat;
using DbChatOps.Host.Flow;
using DbChatOps.Ledger;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Contracts;

public abstract partial class LedgerContract
{
    private static readonly PersonId Viewer = new("slack", "T1", "U1");

    [Fact]
    public async Task A_page_that_is_opened_is_kept_and_drawn()
    {
        DateTimeOffset? woken = null;
        Agenda.RowsAdded = due => woken = due;

        await Homes.OpenedAsync(Viewer, Noon, isBlank: true, Ct);

        (await Homes.FindAsync(Viewer, Ct)).ShouldBe(new OpenHome(Viewer, null));
        woken.ShouldBe(Noon);
        var claim = (await Agenda.ClaimDueLanesAsync(Noon, Noon.AddMinutes(1), new ClaimSize(10, 10), Ct)).ShouldHaveSingleItem();
        claim.Lane.ShouldBe(Lanes.Homes);
        claim.Rows.ShouldHaveSingleItem().Row.Item.ShouldBe(new AgendaItem.Show(HomeKeys.Of(Viewer)));
    }

    [Fact]
    public async Task What_a_page_shows_is_remembered_until_chat_says_that_it_is_blank()
    {
        await Homes.OpenedAsync(Viewer, Noon, isBlank: true, Ct);
        await Homes.ShownAsync(new OpenHome(Viewer, "ab12"), Ct);

        await Homes.OpenedAsync(Viewer, Noon, isBlank: false, Ct);
        (await Homes.FindAsync(Viewer, Ct))!.ShownDigest.ShouldBe("ab12");

        await Homes.OpenedAsync(Viewer, Noon, isBlank: true, Ct);
        (await Homes.FindAsync(Viewer, Ct))!.ShownDigest.ShouldBeNull();
    }

    [Fact]
    public async Task The_pages_opened_last_come_first_and_old_ones_not_at_all()
    {
        foreach (var number in Enumerable.Range(1, 4))
        {
            await Homes.OpenedAsync(Viewer with { User = $"U{number}" }, Noon.AddHours(number), isBlank: true, Ct);
        }

        (await Homes.LastOpenedAsync(Noon.AddHours(2), 2, Ct)).Select(home => home.Person.User).ShouldBe(["U4", "U3"]);
        (await Homes.LastOpenedAsync(Noon.AddHours(2), 9, Ct)).Select(home => home.Person.User).ShouldBe(["U4", "U3", "U2"]);
    }

    [Fact]
    public async Task All_pages_can_be_asked_to_be_drawn_again()
    {
        await Homes.RedrawAsync(Noon, Ct);

        (await Agenda.ExistingKeysAsync([Rows.ShowHomes(Noon).Key], Ct)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_forgotten_page_stays_forgotten()
    {
        await Homes.OpenedAsync(Viewer, Noon, isBlank: true, Ct);
        await Homes.ForgetAsync(Viewer, Ct);

        await Homes.ShownAsync(new OpenHome(Viewer, "ab12"), Ct);

        (await Homes.FindAsync(Viewer, Ct)).ShouldBeNull();
    }
}
