namespace DbChatOps.Host.Configuration.Reading;

/// <summary>Reads <c>Alerts</c>, and knows which addresses are safe to speak to.</summary>
internal static class AlertReading
{
    public static async Task<(Secret? Url, Secret? RoutingKey, (SecretSource? Url, SecretSource? RoutingKey) Sources)> ReadAsync(SettingReader root, CancellationToken ct)
    {
        if (root.Child("Alerts") is not { } alerts)
        {
            return (null, null, (null, null));
        }

        var sources = (Url: alerts.Secret("WebhookUrl"), RoutingKey: alerts.Secret("RoutingKey"));
        var routingKey = await SecretReading.FetchAsync(alerts, "RoutingKey", sources.RoutingKey, ct);
        var url = await SecretReading.FetchAsync(alerts, "WebhookUrl", sources.Url, ct);
        if (url is not null && SafeUrl(url.Reveal()) is null)
        {
            alerts.Wrong("WebhookUrl", "must be an https address (http only on loopback)");
        }

        if (routingKey is not null && url is null)
        {
            alerts.Wrong("WebhookUrl", "is missing beside RoutingKey: PagerDuty's is https://events.pagerduty.com/v2/enqueue");
        }

        alerts.Done();
        return (url, routingKey, sources);
    }

    /// <summary>An absolute https address without user name; http only on loopback. Null for everything else.</summary>
    public static Uri? SafeUrl(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.UserInfo.Length == 0
        && (url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && url.IsLoopback))
            ? url
            : null;
}
