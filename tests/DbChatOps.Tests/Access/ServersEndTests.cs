using DbChatOps.Access;
using DbChatOps.Targets;
using DbChatOps.Tests.Chat;
using Shouldly;
using Xunit;
using static DbChatOps.Tests.Access.AccessGiven;

namespace DbChatOps.Tests.Access;

/// <summary>What a server reports can make access shorter, never longer.</summary>
public sealed class ServersEndTests
{
    [Fact]
    public void A_reveal_that_is_read_back_with_a_later_end_keeps_the_approved_one_and_the_server_is_told()
    {
        var active = Revealed(At(392));

        (active.Expiry, active.ValidUntil).ShouldBe((At(32), At(392)));
        Consequences.Of(active, Step(At(392))).ShouldContain(row => row.Key == $"converge:{TheGrant}");
        CardText.Of(GrantCards.ForHolder(active)).ShouldContain("later than what was approved");
        EndGrant.Decide(active, new EndGrant(TheGrant, EndReason.Expired), Facts(Principal.Bot, At(32))).OrThrow().Next.Ending!.DueAt.ShouldBe(At(32));
    }

    [Fact]
    public void A_login_that_is_read_back_without_an_end_keeps_the_approved_one() => Revealed(null).Expiry.ShouldBe(At(32));

    [Fact]
    public void A_reveal_that_is_read_back_with_an_earlier_end_ends_then()
    {
        var active = Revealed(At(22));

        (active.Expiry, active.ValidUntil).ShouldBe((At(22), At(22)));
        Consequences.Of(active, Step(At(22))).ShouldNotContain(row => row.Key == $"converge:{TheGrant}");
    }

    [Theory]
    [InlineData(-1000), InlineData(-1), InlineData(1), InlineData(1000)]
    public void A_difference_of_a_second_is_rounding(int milliseconds)
    {
        var said = At(32).AddMilliseconds(milliseconds);
        var active = Revealed(said);

        active.Expiry!.Value.ShouldBeLessThanOrEqualTo(At(32));
        active.HasOtherEndOnServer.ShouldBeFalse();
        NoteServersEnd.Decide(Active(), new NoteServersEnd(Active(), said), Facts(Principal.Bot, At(10))).OrThrow().Events.ShouldBeEmpty();
    }

    [Fact]
    public void An_extension_that_is_read_back_later_than_approved_ends_as_approved_and_the_server_is_told_again()
    {
        var extended = Extended();
        var decision = ConcludeExtension.Decide(extended, new ConcludeExtension(TheGrant, At(422)), Facts(Principal.Bot, At(12))).OrThrow();

        decision.Next.Expiry.ShouldBe(At(62));
        Consequences.Of(decision.Next, decision.Events.ShouldHaveSingleItem()).ShouldContain(row => row.Key == $"converge:{TheGrant}");
        EndGrant.Decide(decision.Next, new EndGrant(TheGrant, EndReason.Expired), Facts(Principal.Bot, At(62))).OrThrow().Next.State.ShouldBe(GrantState.Revoking);
        ConcludeExtension.Decide(decision.Next, new ConcludeExtension(TheGrant, At(422)), Facts(Principal.Bot, At(13))).OrThrow().Events.ShouldBeEmpty();
    }

    [Fact]
    public void A_later_end_that_somebody_set_changes_only_what_is_known_of_the_server()
    {
        var moved = Note(Active(), Active(), At(500));
        moved.Next.Expiry.ShouldBe(At(32));
        moved.Events.ShouldHaveSingleItem().ShouldBeOfType<ExtensionApplied>();
        Note(moved.Next, moved.Next, At(500)).Events.ShouldBeEmpty();

        var right = Note(moved.Next, moved.Next, At(32));
        right.Next.HasOtherEndOnServer.ShouldBeFalse();
    }

    [Fact]
    public void An_earlier_end_that_somebody_set_holds_and_the_holder_is_told()
    {
        var shorter = Note(Active(), Active(), At(25));

        (shorter.Next.Expiry, shorter.Next.ValidUntil).ShouldBe((At(25), At(25)));
        shorter.Next.Warned.ShouldBeNull();
        Consequences.Of(shorter.Next, shorter.Events.ShouldHaveSingleItem()).Select(row => row.Key).ShouldContain($"tell:shortened@{At(25).ToUnixTimeSeconds()}:grant:{TheGrant}");
        Note(Active(), Active(), At(11)).Next.Warned.ShouldBe(EndWarning.Last);
    }

    [Fact]
    public void An_extension_that_is_on_its_way_is_nobodys_earlier_end()
    {
        Note(Extended(), Extended(), At(32)).Events.ShouldBeEmpty();
        Note(Extended(), Extended(), At(25)).Next.Expiry.ShouldBe(At(25));
    }

    [Fact]
    public void An_end_that_was_rounded_up_before_and_down_now_is_nobodys_earlier_end()
    {
        var rounded = Active() with { ValidUntil = At(32).AddMilliseconds(900) };

        Note(rounded, rounded, At(32).AddMilliseconds(-500)).Events.ShouldBeEmpty();
        Note(rounded, rounded, At(32).AddMilliseconds(-1100)).Next.Expiry.ShouldBe(At(32).AddMilliseconds(-1100));
    }

    [Fact]
    public void A_reading_that_something_overtook_says_nothing()
    {
        Note(Extended(), Active(), At(25)).Events.ShouldBeEmpty();
        Note(Revealing(Active(), At(10)), Active(), At(25)).Events.ShouldBeEmpty();
        var second = Revealing(Active(), At(10));
        var concluded = ConcludeReveal.Decide(second, ReadBack(second), Facts(Principal.Bot, At(10, 1))).OrThrow().Next;
        Note(concluded, Active(), At(25)).Events.ShouldBeEmpty();
    }

    private static Grant Revealed(DateTimeOffset? said) => DbChatOps.Access.Grant.Apply(Revealing(), Step(said));

    private static GrantRevealed Step(DateTimeOffset? said)
    {
        var read = ReadBack(Revealing());
        var decided = ConcludeReveal.Decide(Revealing(), read with { Reading = read.Reading with { ValidUntil = said } }, Facts(Principal.Bot, At(2, 1))).OrThrow();
        return decided.Events.ShouldHaveSingleItem().ShouldBeOfType<GrantRevealed>();
    }

    private static Decision<Grant> Note(Grant grant, Grant seen, DateTimeOffset said) =>
        NoteServersEnd.Decide(grant, new NoteServersEnd(seen, said), Facts(Principal.Bot, At(11))).OrThrow();
}
