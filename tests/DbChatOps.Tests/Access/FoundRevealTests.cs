using DbChatOps.Access;
using DbChatOps.Chat;
using DbChatOps.Tests.Chat;
using Shouldly;
using Xunit;
using static DbChatOps.Tests.Access.AccessGiven;

namespace DbChatOps.Tests.Access;

/// <summary>A server shows a password, or a login, that the ledger knows nothing of: the safe direction is taken and the card says what happened.</summary>
public sealed class FoundRevealTests
{
    [Theory]
    [InlineData(5, 500, 35)]
    [InlineData(5, 20, 20)]
    [InlineData(10, 500, 40)]
    public void What_a_copy_revealed_ends_at_the_earliest_of_its_own_window_and_the_servers_end(int revealed, int server, int end)
    {
        var taken = Decide(Ready(), Found(byCopy: true, validUntil: At(server), revealedAt: At(revealed)), At(12));

        (taken.State, taken.ClaimedAt, taken.Expiry, taken.Generation).ShouldBe((GrantState.Active, At(revealed), At(end), 5));
        taken.ValidUntil.ShouldBe(At(server));
        EndGrant.Decide(taken, new EndGrant(TheGrant, EndReason.Unclaimed), Facts(Principal.Bot, At(61))).OrThrow().Events.ShouldBeEmpty();
        EndGrant.Decide(taken, new EndGrant(TheGrant, EndReason.Expired), Facts(Principal.Bot, At(end))).OrThrow().Next.Ending!.DueAt.ShouldBe(At(end));
    }

    [Fact]
    public void A_reveal_that_this_ledger_had_begun_bounds_it_too()
    {
        var taken = Decide(Revealing(at: At(2)), Found(byCopy: true, validUntil: At(500), revealedAt: At(9)), At(12));

        taken.Expiry.ShouldBe(At(32));
        taken.Revealing.ShouldBeNull();
    }

    [Fact]
    public void Without_the_servers_word_the_window_counts_from_the_opening()
    {
        var found = Found(byCopy: true);
        var silent = found with { Reading = found.Reading with { FirstRevealedAt = null, ValidUntil = null } };

        Decide(Ready(), silent, At(12)).Expiry.ShouldBe(Ready().OpenedAt + Ready().Window);
    }

    [Fact]
    public void What_the_ledger_asked_for_is_nothing_found()
    {
        RecordFoundReveal.Decide(Active(), Found(byCopy: false, generation: 1), Facts(Principal.Bot, At(12))).OrThrow().Events.ShouldBeEmpty();
        RecordFoundReveal.Decide(Revealing(), Found(byCopy: false, generation: 1), Facts(Principal.Bot, At(12))).OrThrow().Events.ShouldBeEmpty();
    }

    [Fact]
    public void What_somebody_else_revealed_ends_at_once_and_a_second_look_adds_nothing()
    {
        var ended = Decide(Active(), Found(byCopy: false), At(12));

        (ended.Ending!.Reason, ended.Ending.DueAt).ShouldBe((EndReason.RevealedElsewhere, At(12)));
        RecordFoundReveal.Decide(ended, Found(byCopy: false), Facts(Principal.Bot, At(13))).OrThrow().Events.ShouldBeEmpty();
        Text(ended).ShouldContain("it was not this bot");
    }

    [Fact]
    public void A_live_grant_that_a_copy_revealed_once_more_keeps_its_end()
    {
        var noted = Decide(Active(), Found(byCopy: true, validUntil: At(500)), At(12));

        (noted.State, noted.Expiry, noted.Generation).ShouldBe((GrantState.Active, At(32), 5));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_was_revealed_is_never_called_unclaimed(bool byCopy)
    {
        var unclaimed = EndGrant.Decide(Ready(), new EndGrant(TheGrant, EndReason.Unclaimed), Facts(Principal.Bot, At(61))).OrThrow().Next;
        Text(unclaimed).ShouldContain("never claimed");
        var noted = Decide(unclaimed, Found(byCopy), At(61));
        var gone = RecordRevocation.Decide(noted, Gone(At(62)), Facts(Principal.Bot, At(62))).OrThrow().Next;

        foreach (var text in new[] { Text(noted), Text(gone) })
        {
            text.ShouldNotContain("never claimed");
            text.ShouldNotContain("never shown");
            text.ShouldContain(byCopy ? "by a copy of this bot that is gone" : "it was not this bot");
        }
    }

    [Fact]
    public void A_closed_grant_whose_login_is_found_again_says_so_and_each_news_once()
    {
        var closed = Revoked(Ready());
        var again = NoteFoundAgain.Decide(closed, FoundAgain(1, null), Facts(Principal.Bot, At(50))).OrThrow().Next;
        NoteFoundAgain.Decide(again, FoundAgain(1, null), Facts(Principal.Bot, At(51))).OrThrow().Events.ShouldBeEmpty();
        var gone = NoteFoundAgain.Decide(again, FoundAgain(1, closed.Proof), Facts(Principal.Bot, At(52))).OrThrow().Next;

        Text(closed).ShouldContain("never shown");
        Text(again).ShouldContain("It is being ended once more");
        Text(gone).ShouldContain("It was ended once more");
        Text(gone).ShouldNotContain("never shown");
        NoteFoundAgain.Decide(gone, FoundAgain(1, closed.Proof), Facts(Principal.Bot, At(53))).OrThrow().Events.ShouldBeEmpty();
    }

    private static Grant Decide(Grant grant, RecordFoundReveal found, DateTimeOffset now) => RecordFoundReveal.Decide(grant, found, Facts(Principal.Bot, now)).OrThrow().Next;

    private static string Text(Grant grant) => CardText.Of(GrantCards.ForHolder(grant));
}
