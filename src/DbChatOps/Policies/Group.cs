namespace DbChatOps.Policies;

/// <summary>A named set of people. The roster stands in configuration; a chat user group may narrow it. An empty roster is nobody.</summary>
public sealed record Group
{
    public required string Name { get; init; }

    public required IReadOnlyList<PersonId> Roster { get; init; }

    /// <summary>Id of a chat user group (<c>S012ABC</c>), asked afresh at every click; absent when the roster alone decides.</summary>
    public string? ChatGroup { get; init; }

    public ChatGroupUse ChatGroupUse { get; init; }
}

/// <summary>What a chat user group, which a workspace administrator can edit, may do to a roster.</summary>
public enum ChatGroupUse
{
    /// <summary>Members are those in both: chat administrators can take away, never add.</summary>
    Narrows = 0,

    /// <summary>Members are those in either: chat administrators can add. Warned about where it fills seats in production.</summary>
    Widens = 1,
}
