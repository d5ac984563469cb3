namespace DbChatOps.Access;

/// <summary>What an approver is shown beside the request itself.</summary>
public sealed record ReviewBackground
{
    /// <summary>Earlier requests of the same human for the same target.</summary>
    public IReadOnlyList<AccessRequest> Earlier { get; init; } = [];

    /// <summary>What else the standing role reaches; null while nobody has looked since the start.</summary>
    public IReadOnlyList<string>? AlsoReaches { get; init; } = [];

    /// <summary>The approver's own request that this requester approved within the last day.</summary>
    public AccessRequest? Returned { get; init; }

    /// <summary>Ends that the server is behind with: nothing new is granted there meanwhile.</summary>
    public IReadOnlyList<Grant> Owed { get; init; } = [];
}
