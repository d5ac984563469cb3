namespace DbChatOps.Host.Configuration.Reading;

/// <summary>Reads <c>Web</c> and <c>Alerts</c>, and knows which addresses are safe to speak to.</summary>
internal static class WebReading
{
    public static WebSettings ReadWeb(SettingReader root)
    {
        if (root.Child("Web") is not { } web)
        {
            return new WebSettings();
        }

        var text = web.Text("PublicUrl");
        var url = text is null ? null : SafeUrl(text);
        if (text is not null && url is null)
        {
            web.Wrong("PublicUrl", "must be an https address (http only on loopback)");
        }

        web.Done();
        return new WebSettings { PublicUrl = url };
    }

    public static async Task<Secret?> ReadAlertsAsync(SettingReader root, CancellationToken ct)
    {
        if (root.Child("Alerts") is not { } alerts)
        {
            return null;
        }

        var url = await SecretReading.OptionalAsync(alerts, "WebhookUrl", ct);
        if (url is not null && SafeUrl(url.Reveal()) is null)
        {
            alerts.Wrong("WebhookUrl", "must be an https address (http only on loopback)");
        }

        alerts.Done();
        return url;
    }

    /// <summary>An absolute https address without user name; http only on loopback. Null for everything else.</summary>
    public static Uri? SafeUrl(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.UserInfo.Length == 0
        && (url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && url.IsLoopback))
            ? url
            : null;
}
