using DbChatOps.Access;
using DbChatOps.Policies;
using Shouldly;
using Xunit;
using static DbChatOps.Tests.Access.AccessGiven;
using static DbChatOps.Tests.Policies.Given;

namespace DbChatOps.Tests.Access;

/// <summary>A person who is linked, renamed or unlinked in the configuration while something of theirs is open keeps what is theirs, by the accounts that are theirs now.</summary>
public sealed class LinkedLaterTests
{
    private static readonly People Linked = new([new Human { Key = "ana", Identities = [Ana, Dee] }]);
    private static readonly People Renamed = new([new Human { Key = "ana-maria", Identities = [Ana] }]);

    public static TheoryData<string> Whens => ["linked", "renamed"];

    [Theory, MemberData(nameof(Whens))]
    public void The_holder_can_do_what_holders_do(string when)
    {
        var facts = Now(Asker, People(when));

        CodeOf(RequestReveal.Decide(Ready(), new RequestReveal(TheGrant, "V1"), facts)).ShouldBe("allowed");
        CodeOf(ReleaseGrant.Decide(Active(), new ReleaseGrant(TheGrant), facts)).ShouldBe("allowed");
        CodeOf(AskExtension.Decide(null, AskMore(), facts with { Grant = Active() })).ShouldBe("allowed");
        CodeOf(RevokeGrant.Decide(Active(), new RevokeGrant(TheGrant, "mine"), facts)).ShouldBe("allowed");
        CodeOf(WithdrawRequest.Decide(Pending(), new WithdrawRequest(TheRequest), facts)).ShouldBe("allowed");
    }

    [Fact]
    public void So_can_an_account_that_was_linked_since()
    {
        var facts = Now(Business, Linked);

        CodeOf(ReleaseGrant.Decide(Active(), new ReleaseGrant(TheGrant), facts)).ShouldBe("allowed");
        CodeOf(WithdrawRequest.Decide(Pending(), new WithdrawRequest(TheRequest), facts)).ShouldBe("allowed");
    }

    [Fact]
    public void An_account_that_is_somebody_elses_now_cannot()
    {
        var byLinked = Active() with { Holder = Active().Holder with { Human = Business.Id.ToString() } };

        CodeOf(ReleaseGrant.Decide(byLinked, new ReleaseGrant(TheGrant), Now(Business, DbChatOps.Policies.People.Unlinked))).ShouldBe("unknown_grant");
    }

    [Fact]
    public void An_approver_who_was_renamed_can_revoke() =>
        CodeOf(RevokeGrant.Decide(Active(), new RevokeGrant(TheGrant, "odd"), Now(Approver, new People([new Human { Key = "bo", Identities = [Bo] }])))).ShouldBe("allowed");

    private static People People(string when) => when == "linked" ? Linked : Renamed;

    private static Facts Now(Principal actor, People people)
    {
        var facts = Facts(actor with { Human = people.Of(actor.Id).Key }, At(5));
        return facts with { Policies = new PolicyBook(facts.Policies.Policies, facts.Policies.Groups, people) };
    }
}
