using DbChatOps.Policies;
using Shouldly;
using Xunit;
using static DbChatOps.Tests.Policies.Given;

namespace DbChatOps.Tests.Policies;

public sealed class RuleFeasibilityTests
{
    private static readonly ApprovalRule TwoSeats = Rule(("tech", ["dba"]), ("business", ["business"]));

    [Fact]
    public void A_rule_that_distinct_people_can_fill_is_feasible() => RuleFeasibility.Check(TwoSeats, Ana, Usual).ShouldBeNull();

    [Fact]
    public void One_person_for_two_seats_is_not_enough_and_the_seat_is_named()
    {
        var refusal = RuleFeasibility.Check(TwoSeats, Ana, Members(Group("dba", Bo), Group("business", Bo)))!;

        refusal.Code.ShouldBe("rule_unsatisfiable");
        refusal.Message.ShouldContain("seat business");
        refusal.Message.ShouldContain("another seat");
    }

    [Fact]
    public void An_empty_group_is_named() =>
        RuleFeasibility.Check(TwoSeats, Ana, Members(Group("dba", Bo), Group("business")))!.Message.ShouldContain("business): the group has no member");

    [Fact]
    public void The_requester_does_not_count() =>
        RuleFeasibility.Check(Rule(("tech", ["dba"])), Bo, Members(Group("dba", Bo)))!.Message.ShouldContain("only member");

    [Fact]
    public void An_unlinked_account_of_another_organisation_does_not_count() =>
        RuleFeasibility.Check(Rule(("tech", ["dba"])), Ana, Members(Group("dba", Bo with { Realm = "T9" })))!.Message.ShouldContain("linked account");

    [Fact]
    public void The_escalation_group_makes_a_rule_feasible()
    {
        var rule = TwoSeats with { Escalation = new Escalation { Group = "oncall", After = TimeSpan.FromMinutes(5) } };

        RuleFeasibility.Check(rule, Ana, Members(Group("dba", Bo), Group("business"), Group("oncall", Cy))).ShouldBeNull();
    }

    [Fact]
    public void A_rule_without_seats_is_not_feasible() => RuleFeasibility.Check(Rule(), Ana, Usual)!.Code.ShouldBe("rule_unsatisfiable");
}
