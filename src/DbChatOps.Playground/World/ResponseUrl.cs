namespace DbChatOps.Playground.World;

/// <summary>A place to answer a gesture without a token: thirty minutes, five times.</summary>
public sealed record ResponseUrl
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(30);
    public const int Uses = 5;

    public required string Ticket { get; init; }
    public required string UserId { get; init; }
    public required string ChannelId { get; init; }
    public required DateTimeOffset IssuedAt { get; init; }

    /// <summary>The message whose button was clicked; null after a slash command.</summary>
    public string? OriginalTs { get; init; }

    public int Used { get; init; }
}
