using DbChatOps.Chat;

namespace DbChatOps.Host.Flow;

/// <summary>Where each card stands in chat and what it shows, so that a redraw finds it and an equal one is skipped.</summary>
public interface IMessageBook
{
    Task<PostedCard?> FindAsync(string cardKey, CancellationToken ct);

    /// <summary>The card that was posted as this message; null when it is not one of ours (or a lost twin).</summary>
    Task<PostedCard?> FindByMessageAsync(MessageReference message, CancellationToken ct);

    /// <summary>A card whose key ends so and whose posting has begun without our knowing the message yet; null when there is none.</summary>
    Task<PostedCard?> FindInPostingAsync(string keyEnding, CancellationToken ct);

    Task SaveAsync(PostedCard card, CancellationToken ct);
}

public sealed record PostedCard
{
    public required string CardKey { get; init; }

    public MessageReference? Message { get; init; }

    /// <summary>Digest of the rendered card that is shown; null when unknown.</summary>
    public string? ShownDigest { get; init; }

    /// <summary>Set before posting and cleared after: an unknown outcome is looked up in chat from this time on.</summary>
    public DateTimeOffset? PostingSince { get; init; }
}
