namespace DbChatOps.Policies;

/// <summary>Where a request stands after its reviews: who sits where under each rule, and what follows.</summary>
public sealed record Tally
{
    public static Refusal SelfApproval { get; } = new("self_approval", "You cannot review your own request: somebody else has to. If it is not needed any more, take it back with `/db withdraw`.");

    public required TallyOutcome Outcome { get; init; }

    /// <summary>One per rule: usually one, two when the policy changed after the request.</summary>
    public required IReadOnlyList<SeatAssignment> Assignments { get; init; }

    /// <summary>Seats that still need somebody, each name once.</summary>
    public IReadOnlyList<Seat> OpenSeats => [.. Assignments.SelectMany(assignment => assignment.Open).DistinctBy(seat => seat.Name, StringComparer.Ordinal)];

    public static Tally Of(IReadOnlyList<ApprovalRule> rules, Ballot ballot, Membership membership)
    {
        IReadOnlyList<SeatAssignment> assignments = [.. rules.Select(rule => SeatAssignment.Of(rule, ballot, membership))];
        return new Tally { Outcome = Decide(rules, assignments, ballot, membership), Assignments = assignments };
    }

    /// <summary>
    /// Null when this person's review would count now. Else <c>self_approval</c>, <c>already_reviewed</c>, <c>unlinked_realm</c>, <c>not_an_approver</c>,
    /// <c>seat_taken</c> (for an approval that would fill no open seat; a denial needs only the right to one), or one of <see cref="Eligibility"/>.
    /// </summary>
    public static Refusal? RefuseReview(
        IReadOnlyList<ApprovalRule> rules, Ballot ballot, Principal reviewer, bool approves, Membership membership, DateTimeOffset now)
    {
        var human = membership.HumanOf(reviewer.Id);
        if (Eligibility.Refuse(reviewer) is { } ineligible)
        {
            return ineligible;
        }

        if (human == membership.HumanOf(ballot.Requester))
        {
            return SelfApproval;
        }

        if (ballot.Votes.Any(vote => membership.HumanOf(vote.By) == human))
        {
            return new Refusal("already_reviewed", "You have already reviewed this request.");
        }

        if (!human.IsKnownBesides(ballot.Requester))
        {
            return new Refusal("unlinked_realm", "Your account is in another organisation than the requester's and is not linked to one there. An administrator can link your accounts.");
        }

        var vote = new Vote(reviewer.Id, approves, now);
        if (rules.All(rule => SeatAssignment.SeatsFor(rule, ballot, vote, membership).Count == 0))
        {
            return new Refusal("not_an_approver", $"Only members of {Groups(rules, ballot, now)} can review this request.");
        }

        return approves && !FillsASeat(rules, ballot, vote, membership)
            ? new Refusal("seat_taken", $"The seats you could fill are already taken. Still open: {Open(rules, ballot, membership)}.")
            : null;
    }

    private static TallyOutcome Decide(
        IReadOnlyList<ApprovalRule> rules, IReadOnlyList<SeatAssignment> assignments, Ballot ballot, Membership membership)
    {
        var deniers = ballot.Votes.Where(vote => !vote.Approves).Select(vote => membership.HumanOf(vote.By)).ToHashSet();
        if (deniers.Count > 0 && rules.Any(rule => rule.OneDenialIsFinal || RuleFeasibility.Check(rule, ballot.Requester, membership, deniers) is not null))
        {
            return TallyOutcome.Denied;
        }

        return assignments.Count > 0 && assignments.All(assignment => assignment.Complete) ? TallyOutcome.Approved : TallyOutcome.Open;
    }

    private static bool FillsASeat(IReadOnlyList<ApprovalRule> rules, Ballot ballot, Vote vote, Membership membership)
    {
        var after = ballot with { Votes = [.. ballot.Votes, vote] };
        return rules.Any(rule => SeatAssignment.Of(rule, after, membership).Open.Count() < SeatAssignment.Of(rule, ballot, membership).Open.Count());
    }

    private static string Groups(IReadOnlyList<ApprovalRule> rules, Ballot ballot, DateTimeOffset now) => string.Join(
        ", ",
        rules.SelectMany(rule => rule.Seats.SelectMany(seat => rule.GroupsFor(seat, ballot.AskedAt, now))).Distinct(StringComparer.Ordinal));

    private static string Open(IReadOnlyList<ApprovalRule> rules, Ballot ballot, Membership membership) =>
        string.Join(", ", Of(rules, ballot, membership).OpenSeats.Select(seat => seat.Name));
}

/// <summary>What the reviews so far amount to.</summary>
public enum TallyOutcome
{
    Open = 0,
    Approved = 1,
    Denied = 2,
}
