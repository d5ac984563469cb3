using DbChatOps.Access;
using DbChatOps.Policies;
using DbChatOps.Targets;
using Shouldly;
using Xunit;
using static DbChatOps.Tests.Access.AccessGiven;
using static DbChatOps.Tests.Policies.Given;

namespace DbChatOps.Tests.Access;

/// <summary>An approval does not outlive a tightening, neither until the grant is opened nor until its holder claims it.</summary>
[Trait("Trap", "T-18")]
public sealed class SpendingTests
{
    public static TheoryData<string, AccessPolicy> Tightened => new()
    {
        { "policy_gone", WritePolicy },
        { "window_too_long", ReadPolicy with { MaximumWindow = TimeSpan.FromMinutes(29), DefaultWindow = TimeSpan.FromMinutes(29) } },
        { "no_longer_eligible", ReadPolicy with { Requesters = ["business"] } },
        { "policy_tightened", ReadPolicy with { Rule = WritePolicy.Rule } },
        { "policy_tightened", ReadPolicy with { Rule = Rule(("tech", ["business"])) } },
    };

    [Theory, MemberData(nameof(Tightened), DisableDiscoveryEnumeration = true)]
    public void A_policy_tightened_after_the_approval_opens_nothing_and_ends_what_was_not_claimed(string code, AccessPolicy now)
    {
        CodeOf(Open(Facts(Principal.Bot, At(2), now))).ShouldBe(code);

        var ended = RequestReveal.Decide(Ready(), new RequestReveal(TheGrant, "V1"), Facts(Asker, At(2), now)).OrThrow().Next;
        (ended.State, ended.Ending!.Reason, ended.Ending.By).ShouldBe((GrantState.Revoking, EndReason.NoLongerAllowed, PersonId.Bot));
        ended.Revealing.ShouldBeNull();
        GrantCards.ForHolder(ended).Quotes.ShouldHaveSingleItem().Text.ShouldBe(ended.Ending.Detail);
    }

    [Fact]
    public void A_loosened_policy_spends_what_the_old_one_approved() =>
        CodeOf(Open(Facts(Principal.Bot, At(2), ReadPolicy with { MaximumWindow = TimeSpan.FromHours(9) }))).ShouldBe("allowed");

    [Fact]
    public void A_requester_who_left_the_askers_since_gets_nothing()
    {
        var left = Members([.. Groups.Where(group => group.Name != "developers"), Group("developers")]);

        CodeOf(Open(Facts(Principal.Bot, At(2)) with { Membership = left })).ShouldBe("no_longer_eligible");
        RequestReveal.Decide(Ready(), new RequestReveal(TheGrant, "V1"), Facts(Asker, At(2)) with { Membership = left }).OrThrow().Next.State.ShouldBe(GrantState.Revoking);
    }

    [Fact]
    [Trait("Trap", "T-16")]
    public void An_approval_does_not_outlive_the_membership_that_made_it_count()
    {
        var left = Members([.. Groups.Where(group => group.Name != "dba"), Group("dba", Cy)]);

        CodeOf(Open(Facts(Principal.Bot, At(2)) with { Membership = left })).ShouldBe("policy_tightened");
        var claimed = RequestReveal.Decide(Ready(), new RequestReveal(TheGrant, "V1"), Facts(Asker, At(2)) with { Membership = left }).OrThrow().Next;
        (claimed.State, claimed.Ending!.Detail).ShouldBe((GrantState.Revoking, "Whoever approved this may no longer do so. Ask again."));
    }

    [Fact]
    public void The_shorter_claim_clock_counts()
    {
        var shorter = ReadPolicy with { Rule = ReadPolicy.Rule with { ClaimWithin = TimeSpan.FromMinutes(10) } };
        var longer = ReadPolicy with { Rule = ReadPolicy.Rule with { ClaimWithin = TimeSpan.FromHours(10) } };

        Open(Facts(Principal.Bot, At(2), shorter)).OrThrow().Next.ClaimBy.ShouldBe(At(11));
        CodeOf(Open(Facts(Principal.Bot, At(11), shorter))).ShouldBe("too_late");
        Open(Facts(Principal.Bot, At(2), longer)).OrThrow().Next.ClaimBy.ShouldBe(At(61));
    }

    [Fact]
    public void A_second_password_inside_the_window_is_not_judged_again() =>
        RequestReveal.Decide(Active(), new RequestReveal(TheGrant, "V2"), Facts(Asker, At(10), WritePolicy)).OrThrow().Next.Generation.ShouldBe(2);

    [Fact]
    public void An_approval_that_was_taken_back_or_is_nowhere_opens_nothing()
    {
        CodeOf(Open(Facts(Principal.Bot, At(2)) with { Request = Request(RequestState.Voided) })).ShouldBe("approval_void");
        CodeOf(Open(Facts(Principal.Bot, At(2)) with { Request = Pending() })).ShouldBe("approval_void");
        CodeOf(Open(Facts(Principal.Bot, At(2)) with { Request = null })).ShouldBe("approval_void");
    }

    [Fact]
    public void An_automatic_approval_ends_with_the_policy_that_gave_it()
    {
        var asked = AskAccess.Decide(null, Ask(target: "orders-staging"), Facts(Asker)).OrThrow().Next;
        var facts = Facts(Principal.Bot, At(1), StagingPolicy with { AutoApprove = false }) with { Request = asked };

        CodeOf(OpenGrant.Decide(null, OpenGrant.For(asked), facts)).ShouldBe("policy_tightened");
        CodeOf(OpenGrant.Decide(null, OpenGrant.For(asked), Facts(Principal.Bot, At(1)) with { Request = asked })).ShouldBe("allowed");
    }

    [Fact]
    public void Only_the_bot_the_operator_and_security_cut_a_request()
    {
        CodeOf(CutRequest.Decide(Pending(), new CutRequest(TheRequest, "left"), Facts(Approver, At(1)))).ShouldBe("unknown_request");
        CodeOf(CutRequest.Decide(Pending(), new CutRequest(TheRequest, " "), Facts(Business, At(1)))).ShouldBe("reason_missing");
        CutRequest.Decide(Pending(), new CutRequest(TheRequest, "left"), Facts(Business, At(1))).OrThrow().Next.Outcome.ShouldBe("left");
        CutRequest.Decide(Approved(), new CutRequest(TheRequest, "left"), Facts(Principal.Bot, At(1)) with { Grant = Ready() }).OrThrow().Events.ShouldBeEmpty();
    }

    private static Result<Decision<Grant>> Open(Facts facts) => OpenGrant.Decide(null, OpenGrant.For(Approved()), facts);
}
