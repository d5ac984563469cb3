namespace DbChatOps.Policies;

/// <summary>Whether anybody could satisfy a rule at all: asked before a request is filed, and after a denial that is not final.</summary>
public static class RuleFeasibility
{
    /// <summary>
    /// Null when distinct humans other than the requester could fill every seat (the escalation group, which may fill any seat later, included).
    /// Otherwise <c>rule_unsatisfiable</c> with the first seat that stays empty and why.
    /// </summary>
    public static Refusal? Check(ApprovalRule rule, PersonId requester, Membership membership, IReadOnlySet<Human>? without = null)
    {
        if (rule.Seats.Count == 0)
        {
            return new Refusal("rule_unsatisfiable", "The policy's rule has no seat, so nobody could approve.");
        }

        var candidates = rule.DecidingGroups.Distinct(StringComparer.Ordinal).SelectMany(membership.Members).Distinct()
            .Where(human => IsCandidate(human, requester, membership) && without?.Contains(human) is not true)
            .OrderBy(human => human.Key, StringComparer.Ordinal).ToList();
        var seatsOfPerson = candidates.Select(IReadOnlySet<int> (human) => SeatsOf(rule, human, membership)).ToList();
        var personIn = SeatMatching.Maximum(rule.Seats.Count, seatsOfPerson);
        var open = Array.FindIndex(personIn, person => person is null);
        return open < 0 ? null : new Refusal("rule_unsatisfiable", Explain(rule.Seats[open], requester, membership, seatsOfPerson.Any(seats => seats.Contains(open))));
    }

    private static bool IsCandidate(Human human, PersonId requester, Membership membership) =>
        human != membership.HumanOf(requester) && human.IsKnownBesides(requester);

    private static HashSet<int> SeatsOf(ApprovalRule rule, Human human, Membership membership) =>
        Enumerable.Range(0, rule.Seats.Count)
            .Where(seat => Admits(rule.Seats[seat].Groups, human, membership)
                || (rule.Escalation is { } escalation && Admits([escalation.Group], human, membership)))
            .ToHashSet();

    private static bool Admits(IEnumerable<string> groups, Human human, Membership membership) =>
        groups.Any(group => membership.Members(group).Contains(human));

    private static string Explain(Seat seat, PersonId requester, Membership membership, bool peopleAreNeededElsewhere)
    {
        var groups = string.Join(" or ", seat.Groups);
        var members = seat.Groups.SelectMany(membership.Members).Distinct().ToList();
        var reason = (peopleAreNeededElsewhere, members) switch
        {
            (true, _) => "everybody who could fill it is needed for another seat, and one person fills only one",
            (_, []) => "the group has no member",
            (_, [var only]) when only == membership.HumanOf(requester) => "you are its only member, and nobody approves their own request",
            _ => "none of its members is known in your organisation by a linked account",
        };
        return $"Nobody could fill seat {seat.Name} (group {groups}): {reason}. An administrator has to add people to the group.";
    }
}
