namespace DbChatOps.Playground.Deliveries;

/// <summary>One signed request to the bot, byte for byte, so that it can be sent again.</summary>
public sealed record SentDelivery
{
    /// <summary><c>commands</c>, <c>interactions</c> or <c>events</c>.</summary>
    public required string Doorway { get; init; }

    public required string ContentType { get; init; }
    public required string Body { get; init; }
    public required IReadOnlyDictionary<string, string> Headers { get; init; }
}

/// <summary>What may be wrong with the signature of the next delivery.</summary>
public enum SignatureFault
{
    None,
    WrongSecret,
    BodyAltered,
    StaleTimestamp,
    FutureTimestamp,
    Missing,
}
