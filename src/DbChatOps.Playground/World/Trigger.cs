namespace DbChatOps.Playground.World;

/// <summary>The right to open one view, born with a person's gesture. Good once, for three seconds.</summary>
public sealed record Trigger
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(3);

    public required string Id { get; init; }
    public required string UserId { get; init; }
    public required DateTimeOffset IssuedAt { get; init; }

    /// <summary>The view the gesture was made in; only then may a view be pushed.</summary>
    public string? ViewId { get; init; }

    public bool IsExchanged { get; init; }
}
