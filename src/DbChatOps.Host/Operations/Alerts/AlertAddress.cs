namespace DbChatOps.Host.Operations.Alerts;

/// <summary>Where alerts go beside chat. With a routing key they are PagerDuty events (version 2), without one plain JSON.</summary>
public sealed record AlertAddress
{
    /// <summary>Secret, because such addresses carry keys.</summary>
    public required Secret Url { get; init; }

    /// <summary>PagerDuty's integration key; absent for any other receiver.</summary>
    public Secret? RoutingKey { get; init; }
}
