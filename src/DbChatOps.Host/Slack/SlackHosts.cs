namespace DbChatOps.Host.Slack;

/// <summary>The only addresses of Slack that this program speaks to: the configured API, and the hosts of response URLs and sockets that belong to it.</summary>
public sealed class SlackHosts
{
    private readonly Uri _api;

    /// <summary>Pins everything to the API's address.</summary>
    /// <exception cref="ArgumentException">Not an absolute https address ending in a slash (http is for loopback only).</exception>
    public SlackHosts(Uri apiBaseUrl)
    {
        if (!apiBaseUrl.IsAbsoluteUri || !IsSafe(apiBaseUrl) || !apiBaseUrl.AbsolutePath.EndsWith('/')
            || apiBaseUrl.UserInfo.Length > 0 || apiBaseUrl.Query.Length > 0)
        {
            throw new ArgumentException("Slack.ApiBaseUrl must be an absolute https address that ends in a slash; http only on loopback.", nameof(apiBaseUrl));
        }

        _api = apiBaseUrl;
    }

    public Uri Method(string name) => new(_api, name);

    /// <summary>
    /// The address as one we may post to, or null: <c>hooks.</c> of the API's own domain over https. Where the API itself is on loopback
    /// (tests, the playground), loopback and nothing else.
    /// </summary>
    public Uri? ResponseUrl(string? text)
    {
        if (text is not { Length: <= 500 } || !Uri.TryCreate(text, UriKind.Absolute, out var url) || !IsSafe(url) || url.UserInfo.Length > 0)
        {
            return null;
        }

        var pinned = _api.IsLoopback
            ? url.IsLoopback
            : url.IsDefaultPort && string.Equals(url.IdnHost, "hooks." + _api.IdnHost, StringComparison.OrdinalIgnoreCase);
        return pinned ? url : null;
    }

    /// <summary>
    /// The address of a socket as one we may open, or null: a host of the API's own domain over TLS; on loopback where the API itself is there.
    /// </summary>
    public Uri? Socket(string? text)
    {
        if (text is not { Length: <= 2000 } || !Uri.TryCreate(text, UriKind.Absolute, out var url) || url.UserInfo.Length > 0)
        {
            return null;
        }

        var pinned = _api.IsLoopback
            ? url.IsLoopback && url.Scheme is "ws" or "wss"
            : url is { Scheme: "wss", IsDefaultPort: true } && url.IdnHost.EndsWith("." + _api.IdnHost, StringComparison.OrdinalIgnoreCase);
        return pinned ? url : null;
    }

    private static bool IsSafe(Uri url) =>
        url.Scheme == Uri.UriSchemeHttps || (url.Scheme == Uri.UriSchemeHttp && url.IsLoopback);
}
