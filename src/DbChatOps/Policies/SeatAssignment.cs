namespace DbChatOps.Policies;

/// <summary>Who fills which seat of one rule. As many seats as possible are filled; one human never fills two, the requester none.</summary>
public sealed record SeatAssignment
{
    /// <summary>Every seat in the rule's order.</summary>
    public required IReadOnlyList<SeatHolding> Seats { get; init; }

    public IEnumerable<Seat> Open => Seats.Where(holding => holding.By is null).Select(holding => holding.Seat);

    /// <summary>All seats are filled. A rule without seats is never complete: nothing is granted by forgetting to say who decides.</summary>
    public bool Complete => Seats.Count > 0 && Seats.All(holding => holding.By is not null);

    /// <summary>Seats the approvals, earliest first. Votes of the requester's human, of deniers and of strangers to the rule do not count.</summary>
    public static SeatAssignment Of(ApprovalRule rule, Ballot ballot, Membership membership)
    {
        var approvals = ballot.Approvals(membership);
        var seatsOfPerson = approvals.Select(vote => SeatsFor(rule, ballot, vote, membership)).ToList();
        var personIn = SeatMatching.Maximum(rule.Seats.Count, seatsOfPerson);
        return new SeatAssignment
        {
            Seats = [.. rule.Seats.Select((seat, index) => new SeatHolding(seat, personIn[index] is { } person ? approvals[person].By : null))],
        };
    }

    /// <summary>The seats (by index) that this vote could fill.</summary>
    internal static IReadOnlySet<int> SeatsFor(ApprovalRule rule, Ballot ballot, Vote vote, Membership membership) =>
        Enumerable.Range(0, rule.Seats.Count)
            .Where(seat => membership.ContainsAny(rule.GroupsFor(rule.Seats[seat], ballot.AskedAt, vote.At), vote.By))
            .ToHashSet();
}

/// <summary>A seat and the identity whose approval fills it; absent while it is open.</summary>
public sealed record SeatHolding(Seat Seat, PersonId? By);
