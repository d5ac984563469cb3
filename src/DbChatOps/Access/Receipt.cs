namespace DbChatOps.Access;

/// <summary>What was seen of the use of a grant. Sampled from the server's views: it can miss short sessions, and says so.</summary>
public sealed record Receipt
{
    public DateTimeOffset? FirstSeen { get; init; }

    /// <summary>While it lives, the last look that was worth an entry; after the end, the last look that found a session, or the step that ended one.</summary>
    public DateTimeOffset? LastSeen { get; init; }

    public IReadOnlyList<string> ClientAddresses { get; init; } = [];

    /// <summary>When nobody looked, or a node could not be looked at; known at the end, and absent when there was no such time.</summary>
    public Gaps? Gaps { get; init; }

    public Receipt With(SessionsSeen seen) => this with
    {
        FirstSeen = FirstSeen ?? seen.FirstSeen,
        LastSeen = seen.LastSeen,
        ClientAddresses = [.. ClientAddresses.Union(seen.ClientAddresses, StringComparer.Ordinal).Order(StringComparer.Ordinal)],
    };

    public Receipt SeenUntil(DateTimeOffset? last) => last is { } at && !(at <= LastSeen) ? this with { LastSeen = at } : this;
}
