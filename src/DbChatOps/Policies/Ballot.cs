namespace DbChatOps.Policies;

/// <summary>The reviews of one request, as far as seats are concerned.</summary>
public sealed record Ballot
{
    public required PersonId Requester { get; init; }

    public required DateTimeOffset AskedAt { get; init; }

    public required IReadOnlyList<Vote> Votes { get; init; }

    /// <summary>
    /// The approvals that may be seated: one per human, the earliest; never the requester's human; nobody who also denied; and across realms
    /// only people whose account in the requester's realm is known.
    /// </summary>
    internal IReadOnlyList<Vote> Approvals(Membership membership)
    {
        var requester = membership.HumanOf(Requester);
        var denied = Votes.Where(vote => !vote.Approves).Select(vote => membership.HumanOf(vote.By)).ToHashSet();
        return
        [
            .. Votes.Where(vote => vote.Approves)
                .OrderBy(vote => vote.At)
                .DistinctBy(vote => membership.HumanOf(vote.By))
                .Where(vote => membership.HumanOf(vote.By) is var human
                    && human != requester && !denied.Contains(human) && human.IsKnownBesides(Requester)),
        ];
    }
}

/// <summary>One review: who, yes or no, when.</summary>
public sealed record Vote(PersonId By, bool Approves, DateTimeOffset At);
