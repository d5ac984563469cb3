namespace DbChatOps.Targets;

/// <summary>What <c>check</c> found on one server.</summary>
public sealed record ServerInspection
{
    public required ServerIdentity Identity { get; init; }

    public required IReadOnlyList<Finding> Findings { get; init; }

    /// <summary>Per target and level: what else the standing role reaches, in words ("also reaches: billing (SELECT on 12 tables)").</summary>
    public required IReadOnlyDictionary<string, IReadOnlyList<string>> AlsoReaches { get; init; }
}

/// <summary>One thing that is missing or dangerous. <see cref="Cure"/> is the exact statement to run, where one exists.</summary>
public sealed record Finding
{
    public required FindingSeverity Severity { get; init; }

    /// <summary>Stable, such as <c>facade_missing</c>, <c>standby_not_listed</c>, <c>standing_role_shared</c>.</summary>
    public required string Code { get; init; }

    public required string Message { get; init; }

    public string? Cure { get; init; }

    /// <summary>The levels it is confined to, each as <c>target/level</c>; absent when it concerns the whole server.</summary>
    public IReadOnlyList<string>? About { get; init; }
}

/// <summary>Whether a finding keeps the bot from granting.</summary>
public enum FindingSeverity
{
    /// <summary>Good to know; nothing is refused.</summary>
    Note = 0,

    /// <summary>A guard is missing; shown on approval cards.</summary>
    Warning = 1,

    /// <summary>New grants are refused until it is cured.</summary>
    Error = 2,
}
