namespace DbChatOps.Host.Operations.Alerts;

/// <summary>One event for whatever pages people: a trouble begins, or is over. The receiver keeps them together by <see cref="Key"/>.</summary>
public sealed record AlertMessage
{
    public required string Key { get; init; }

    /// <summary>True when the trouble is over.</summary>
    public bool Resolves { get; init; }

    public required string Summary { get; init; }

    /// <summary>The server, or the bot itself.</summary>
    public required string Source { get; init; }

    /// <summary>What it is about: a target, a login.</summary>
    public required string Component { get; init; }

    public required DateTimeOffset At { get; init; }

    public IReadOnlyList<string> Details { get; init; } = [];
}
