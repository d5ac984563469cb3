using DbChatOps.Policies;
using Shouldly;
using Xunit;
using static DbChatOps.Tests.Policies.Given;

namespace DbChatOps.Tests.Policies;

public sealed class TallyTests
{
    private static readonly ApprovalRule OneSeat = Rule(("tech", ["dba"]));
    private static readonly ApprovalRule TwoSeats = Rule(("tech", ["dba"]), ("business", ["business"]));

    [Fact]
    public void A_request_is_approved_when_every_seat_is_filled()
    {
        Outcome(TwoSeats, Yes(Bo)).ShouldBe(TallyOutcome.Open);
        Outcome(TwoSeats, Yes(Bo), Yes(Dee)).ShouldBe(TallyOutcome.Approved);
    }

    [Fact]
    public void One_denial_is_final_even_after_enough_approvals() => Outcome(OneSeat, Yes(Bo), No(Cy)).ShouldBe(TallyOutcome.Denied);

    [Fact]
    public void Where_a_denial_is_not_final_others_may_still_fill_the_seats()
    {
        var lenient = OneSeat with { OneDenialIsFinal = false };

        Outcome(lenient, No(Bo)).ShouldBe(TallyOutcome.Open);
        Outcome(lenient, No(Bo), Yes(Cy)).ShouldBe(TallyOutcome.Approved);
        Outcome(lenient, No(Bo), No(Cy)).ShouldBe(TallyOutcome.Denied);
    }

    [Fact]
    public void Whoever_denied_does_not_also_approve() =>
        Outcome(OneSeat with { OneDenialIsFinal = false }, No(Bo, 1), Yes(Bo, 2)).ShouldBe(TallyOutcome.Open);

    [Fact]
    public void No_rule_at_all_approves_nothing() => Tally.Of([], Ballot(Yes(Bo)), Usual).Outcome.ShouldBe(TallyOutcome.Open);

    [Fact]
    public void Reviewing_your_own_request_is_refused() => Refused(OneSeat, Ana).ShouldBe("self_approval");

    [Fact]
    public void Reviewing_twice_is_refused() => Refused(OneSeat, Bo, Yes(Bo)).ShouldBe("already_reviewed");

    [Fact]
    public void Somebody_outside_the_seats_groups_is_refused() => Refused(OneSeat, Dee).ShouldBe("not_an_approver");

    [Fact]
    public void A_guest_is_refused() =>
        Tally.RefuseReview([OneSeat], Ballot(), Member(Bo, PrincipalKind.Guest), approves: true, Usual, Noon)!.Code.ShouldBe("guest");

    [Fact]
    public void An_unlinked_account_of_another_organisation_is_refused()
    {
        var stranger = new PersonId("teams", "contoso", "x");

        Tally.RefuseReview([OneSeat], Ballot(), Member(stranger), approves: true, Members(Group("dba", stranger)), Noon)!.Code.ShouldBe("unlinked_realm");
    }

    [Fact]
    public void An_approval_that_would_fill_no_open_seat_is_refused_with_the_seat_that_is_open()
    {
        var refusal = Tally.RefuseReview([TwoSeats], Ballot(Yes(Bo)), Member(Cy), approves: true, Usual, Noon)!;

        refusal.Code.ShouldBe("seat_taken");
        refusal.Message.ShouldContain("business");
    }

    [Fact]
    public void Somebody_whose_seat_is_taken_may_still_deny() =>
        Tally.RefuseReview([TwoSeats], Ballot(Yes(Bo)), Member(Cy), approves: false, Usual, Noon).ShouldBeNull();

    [Fact]
    public void Somebody_eligible_may_approve() => Tally.RefuseReview([TwoSeats], Ballot(Yes(Bo)), Member(Dee), approves: true, Usual, Noon).ShouldBeNull();

    [Fact]
    public void The_escalation_group_may_review_once_the_delay_has_passed()
    {
        var rule = OneSeat with { Escalation = new Escalation { Group = "business", After = TimeSpan.FromMinutes(10) } };

        Tally.RefuseReview([rule], Ballot(), Member(Dee), approves: true, Usual, Noon.AddMinutes(9))!.Code.ShouldBe("not_an_approver");
        Tally.RefuseReview([rule], Ballot(), Member(Dee), approves: true, Usual, Noon.AddMinutes(10)).ShouldBeNull();
    }

    private static TallyOutcome Outcome(ApprovalRule rule, params Vote[] votes) => Tally.Of([rule], Ballot(votes), Usual).Outcome;

    private static string? Refused(ApprovalRule rule, PersonId reviewer, params Vote[] votes) =>
        Tally.RefuseReview([rule], Ballot(votes), Member(reviewer), approves: true, Usual, Noon)?.Code;
}
