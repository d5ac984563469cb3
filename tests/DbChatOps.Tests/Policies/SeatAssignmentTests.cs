using DbChatOps.Policies;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;
using static DbChatOps.Tests.Policies.Given;

namespace DbChatOps.Tests.Policies;

public sealed class SeatAssignmentTests
{
    private static readonly ApprovalRule TwoSeats = Rule(("tech", ["dba"]), ("business", ["business"]));

    [Fact]
    [Trait("Trap", "T-14")]
    public void One_person_in_all_groups_cannot_complete_a_two_group_rule()
    {
        var membership = Members(Group("dba", Bo), Group("business", Bo));

        var assignment = SeatAssignment.Of(TwoSeats, Ballot(Yes(Bo, 1), Yes(Bo, 2)), membership);

        assignment.Complete.ShouldBeFalse();
        assignment.Open.Count().ShouldBe(1);
    }

    [Fact]
    public void Somebody_already_seated_moves_so_that_both_seats_are_filled()
    {
        var membership = Members(Group("dba", Bo, Cy), Group("business", Bo));

        var assignment = SeatAssignment.Of(TwoSeats, Ballot(Yes(Bo, 1), Yes(Cy, 2)), membership);

        assignment.Seats.Select(seat => seat.By).ShouldBe([Cy, Bo]);
    }

    [Fact]
    public void The_requester_never_fills_a_seat() =>
        SeatAssignment.Of(Rule(("tech", ["dba"])), Ballot(Yes(Ana)), Members(Group("dba", Ana))).Complete.ShouldBeFalse();

    [Fact]
    public void A_rule_without_seats_is_never_complete() => SeatAssignment.Of(Rule(), Ballot(Yes(Bo)), Usual).Complete.ShouldBeFalse();

    [Fact]
    [Trait("Trap", "T-17")]
    public void SamePersonTwoRealms_fills_one_seat_only()
    {
        var elsewhere = new PersonId("teams", "contoso", "b-o");
        var people = new People([new Human { Key = "bo", Identities = [Bo, elsewhere] }]);
        var membership = Members(people, Group("dba", Bo), Group("business", elsewhere));

        SeatAssignment.Of(TwoSeats, Ballot(Yes(Bo, 1), Yes(elsewhere, 2)), membership).Open.Count().ShouldBe(1);
    }

    [Fact]
    [Trait("Trap", "T-17")]
    public void SamePersonTwoRealms_cannot_approve_their_own_request_from_the_other_account()
    {
        var elsewhere = new PersonId("slack", "T9", "U9");
        var people = new People([new Human { Key = "ana", Identities = [Ana, elsewhere] }]);

        SeatAssignment.Of(Rule(("tech", ["dba"])), Ballot(Yes(elsewhere)), Members(people, Group("dba", elsewhere))).Complete.ShouldBeFalse();
    }

    [Fact]
    public void Across_realms_an_unlinked_account_fills_no_seat_and_a_linked_one_does()
    {
        var elsewhere = new PersonId("slack", "T9", "U9");
        var rule = Rule(("tech", ["dba"]));

        SeatAssignment.Of(rule, Ballot(Yes(elsewhere)), Members(Group("dba", elsewhere))).Complete.ShouldBeFalse();
        var people = new People([new Human { Key = "bo", Identities = [Bo, elsewhere] }]);
        SeatAssignment.Of(rule, Ballot(Yes(elsewhere)), Members(people, Group("dba", Bo))).Complete.ShouldBeTrue();
    }

    [Fact]
    [Trait("Trap", "T-16")]
    public void Somebody_removed_from_the_group_since_no_longer_counts() =>
        SeatAssignment.Of(Rule(("tech", ["dba"])), Ballot(Yes(Bo)), Members(Group("dba", Cy))).Complete.ShouldBeFalse();

    [Fact]
    public void The_escalation_group_fills_a_seat_only_after_the_delay()
    {
        var rule = Rule(("tech", ["dba"])) with { Escalation = new Escalation { Group = "business", After = TimeSpan.FromMinutes(10) } };

        SeatAssignment.Of(rule, Ballot(Yes(Dee, 9)), Usual).Complete.ShouldBeFalse();
        SeatAssignment.Of(rule, Ballot(Yes(Dee, 10)), Usual).Complete.ShouldBeTrue();
    }

    /// <summary>Five people with random groups, three seats with random groups, random approvals: as many seats are filled as trying every way would.</summary>
    [Fact]
    [Trait("Trap", "T-14")]
    public void As_many_seats_are_filled_as_trying_every_way_finds()
    {
        var world = Gen.Choose(0, 63).ListOf(5).SelectMany(groupsOfPerson => Gen.Choose(0, 63).ListOf(3).SelectMany(groupsOfSeat =>
            Gen.Choose(0, 31).Select(approving => (People: groupsOfPerson.ToArray(), Seats: groupsOfSeat.ToArray(), approving))));

        Prop.ForAll(world.ToArbitrary(), sample =>
        {
            var people = Enumerable.Range(0, 5).Select(i => new PersonId("slack", "T0", $"U{i + 1}")).ToArray();
            var groups = Enumerable.Range(0, 6).Select(g => Group($"g{g}", [.. people.Where((_, i) => Has(sample.People[i], g))])).ToArray();
            var rule = Rule([.. sample.Seats.Select((mask, s) => ($"s{s}", Enumerable.Range(0, 6).Where(g => Has(mask, g)).Select(g => $"g{g}").ToArray()))]);
            var votes = people.Where((_, i) => Has(sample.approving, i)).Select((person, i) => Yes(person, i)).ToArray();

            var assignment = SeatAssignment.Of(rule, Ballot(votes), Members(groups));

            // U1 is Ana, the requester: the oracle never seats her.
            var voters = Enumerable.Range(1, 4).Where(i => Has(sample.approving, i)).ToList();
            var best = BestByTryingAll(0, sample.Seats, voters, (seat, person) => (sample.Seats[seat] & sample.People[person]) != 0);
            var seated = assignment.Seats.Where(holding => holding.By is not null).ToList();
            return seated.Count == best
                && seated.Select(holding => holding.By).Distinct().Count() == seated.Count
                && seated.All(holding => holding.By != Ana && Members(groups).ContainsAny(holding.Seat.Groups, holding.By!.Value));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }

    private static bool Has(int mask, int bit) => (mask >> bit & 1) == 1;

    private static int BestByTryingAll(int seat, int[] seats, List<int> free, Func<int, int, bool> fits) => seat == seats.Length
        ? 0
        : free.Where(person => fits(seat, person))
            .Select(person => 1 + BestByTryingAll(seat + 1, seats, [.. free.Where(other => other != person)], fits))
            .Append(BestByTryingAll(seat + 1, seats, free, fits))
            .Max();
}
