namespace DbChatOps.Policies;

/// <summary>Which seats must be filled before anything is granted, how long that may take, and who hears of it.</summary>
public sealed record ApprovalRule
{
    /// <summary>Each is filled by a distinct human who is not the requester. Without seats a rule is never satisfied.</summary>
    public required IReadOnlyList<Seat> Seats { get; init; }

    /// <summary>First clock: how long a request may wait for its approvals before it lapses.</summary>
    public required TimeSpan PendingFor { get; init; }

    /// <summary>Second clock: how long an approved grant may wait to be claimed. The third, the work window, starts at the claim.</summary>
    public required TimeSpan ClaimWithin { get; init; }

    /// <summary>Where the approval card is posted; absent: the configured approval channel.</summary>
    public string? Channel { get; init; }

    /// <summary>Groups that are mentioned on the card. Being pinged gives no right to approve.</summary>
    public IReadOnlyList<string> PingGroups { get; init; } = [];

    public Escalation? Escalation { get; init; }

    /// <summary>When false, a denial only removes that human from the candidates; the request is denied once the seats can no longer be filled.</summary>
    public bool OneDenialIsFinal { get; init; } = true;

    /// <summary>The groups that may fill a seat with a review given at this time.</summary>
    public IEnumerable<string> GroupsFor(Seat seat, DateTimeOffset askedAt, DateTimeOffset reviewedAt) =>
        Escalation is { } escalation && reviewedAt >= askedAt + escalation.After ? seat.Groups.Append(escalation.Group) : seat.Groups;

    /// <summary>Every group whose members decide something under this rule.</summary>
    public IEnumerable<string> DecidingGroups =>
        Seats.SelectMany(seat => seat.Groups).Concat(Escalation is { } escalation ? [escalation.Group] : []);
}

/// <summary>A place in a rule, such as <c>tech</c> or <c>business</c>; a member of any of the groups may fill it.</summary>
public sealed record Seat
{
    public required string Name { get; init; }

    public required IReadOnlyList<string> Groups { get; init; }
}

/// <summary>Who is called when a request has waited too long: from then on a member of the group may fill any open seat.</summary>
public sealed record Escalation
{
    public required string Group { get; init; }

    /// <summary>Counted from the request.</summary>
    public required TimeSpan After { get; init; }
}
