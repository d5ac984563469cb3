using DbChatOps.Access;
using DbChatOps.Targets;
using DbChatOps.Tests.Chat;
using Shouldly;
using Xunit;
using static DbChatOps.Tests.Access.AccessGiven;

namespace DbChatOps.Tests.Access;

/// <summary>A session that cannot be interrupted: locked and without rights, paged, never gone, and no reason to stop a server for ever.</summary>
public sealed class StrippedTests
{
    [Fact]
    public void People_are_paged_at_sixty_seconds_and_see_process_node_and_since_when()
    {
        Record(Revoking(), Stripped(4242), At(20, 59)).Events.OfType<GrantOverdue>().ShouldBeEmpty();

        var paged = Record(Revoking(), Stripped(4242), At(21));

        paged.Events.OfType<GrantOverdue>().ShouldHaveSingleItem();
        foreach (var card in new[] { GrantCards.Overdue(paged.Next), GrantCards.ForHolder(paged.Next) })
        {
            var text = CardText.Of(card);
            text.ShouldContain("Process 4242 on localhost:5432");
            text.ShouldContain("12:19:00");
            text.ShouldContain("A DBA can wait for that, or restart PostgreSQL on that node");
        }
    }

    [Fact]
    public void It_stops_new_grants_for_the_configured_time_only()
    {
        var paged = Record(Revoking(), Stripped(4242), At(21));
        paged.Next.Index.Exposed.ShouldBeTrue();

        Record(paged.Next, Stripped(4242), At(29, 59)).Events.ShouldBeEmpty();
        var later = Record(paged.Next, Stripped(4242), At(30));
        later.Events.ShouldHaveSingleItem().ShouldBeOfType<StoppedNoLonger>();
        later.Next.Index.Exposed.ShouldBeFalse();
        later.Next.State.ShouldBe(GrantState.Revoking);

        Record(later.Next, Stripped(4242), At(31)).Events.ShouldBeEmpty();
        Record(later.Next, Still(RevocationStage.Exposed), At(31)).Next.Index.Exposed.ShouldBeTrue();
    }

    [Fact]
    public void With_a_time_of_zero_it_stops_nothing_and_still_pages()
    {
        var decided = RecordRevocation.Decide(Revoking(), Stripped(4242), Facts(Principal.Bot, At(21)) with { StrippedStopsGrantsFor = TimeSpan.Zero }).OrThrow();

        decided.Events.OfType<GrantOverdue>().ShouldHaveSingleItem();
        decided.Next.Index.Exposed.ShouldBeFalse();
    }

    [Fact]
    public void Another_process_is_news_and_the_same_one_is_not()
    {
        var once = Record(Revoking(), Stripped(4242), At(20, 5)).Next;

        Record(once, Stripped(4242), At(20, 6)).Events.ShouldBeEmpty();
        Record(once, Stripped(4242, 4243), At(20, 6)).Events.ShouldHaveSingleItem();
        Record(once, Still(RevocationStage.Contained), At(20, 6)).Next.Ending!.Uninterruptible.ShouldBeNull();
    }

    [Fact]
    public void It_is_never_taken_for_gone_without_proof() =>
        Record(Record(Revoking(), Stripped(4242), At(20, 5)).Next, Still(RevocationStage.ProvenGone), At(20, 6)).Next.ShouldSatisfyAllConditions(
            next => next.State.ShouldBe(GrantState.Revoking),
            next => next.Ending!.Stage.ShouldBe(RevocationStage.Stripped));

    private static Decision<Grant> Record(Grant grant, RecordRevocation report, DateTimeOffset now) => RecordRevocation.Decide(grant, report, Facts(Principal.Bot, now)).OrThrow();
}
