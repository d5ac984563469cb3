namespace DbChatOps.Access;

/// <summary>What was seen of the use of a grant. Sampled from the server's views: it can miss short sessions, and says so.</summary>
public sealed record Receipt
{
    public DateTimeOffset? FirstSeen { get; init; }

    public DateTimeOffset? LastSeen { get; init; }

    public IReadOnlyList<string> ClientAddresses { get; init; } = [];

    public Receipt With(SessionsSeen seen) => this with
    {
        FirstSeen = FirstSeen ?? seen.FirstSeen,
        LastSeen = seen.LastSeen,
        ClientAddresses = [.. ClientAddresses.Union(seen.ClientAddresses, StringComparer.Ordinal).Order(StringComparer.Ordinal)],
    };
}
