namespace DbChatOps.Playground.Deliveries;

/// <summary>How the bot answered one delivery. <see cref="Status"/> is null when no answer came.</summary>
public sealed record BotAnswer
{
    public int? Status { get; init; }
    public string Body { get; init; } = "";
    public string ContentType { get; init; } = "";

    /// <summary>The bot asked not to be sent this event again.</summary>
    public bool WantsNoRetry { get; init; }

    /// <summary>No answer within the budget; otherwise an absent status means that no connection could be made or kept.</summary>
    public bool TimedOut { get; init; }

    public required TimeSpan Took { get; init; }

    public bool IsAcknowledged => Status is >= 200 and < 300;

    /// <summary>Slack's word for what went wrong, as people read it; null when nothing did.</summary>
    public string? Trouble => this switch
    {
        { IsAcknowledged: true } => null,
        { TimedOut: true } => "operation_timeout",
        { Status: null } => "dispatch_failed",
        _ => "http_service_error",
    };
}
