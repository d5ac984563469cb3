using System.Net;

namespace DbChatOps.Playground.Page;

/// <summary>
/// Lets in only the page itself, on this machine: whoever reaches these endpoints acts as any person of the workspace. A foreign Host is
/// DNS rebinding, a foreign Origin another site in the same browser.
/// </summary>
internal static class PageGuard
{
    /// <summary>Everything from ourselves, no inline code, and no way from text to markup.</summary>
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; "
        + "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

    public static bool Covers(PathString path) => path == "/" || path.StartsWithSegments("/playground", StringComparison.Ordinal);

    public static Task PassAsync(HttpContext http, RequestDelegate next)
    {
        if (!Covers(http.Request.Path)) return next(http);

        var headers = http.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers.CacheControl = "no-store";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        if (Complaint(http) is not { } complaint) return next(http);

        http.Response.StatusCode = StatusCodes.Status403Forbidden;
        http.Response.ContentType = "text/plain; charset=utf-8";
        return http.Response.WriteAsync(complaint, http.RequestAborted);
    }

    private static string? Complaint(HttpContext http)
    {
        var request = http.Request;
        if (http.Connection.RemoteIpAddress is not { } remote || !IPAddress.IsLoopback(remote)) return "The playground answers on its own machine only.";
        if (!IsLoopback(request.Host.Host)) return "The playground answers to 127.0.0.1 and localhost only.";

        var origin = request.Headers.Origin.ToString();
        if (origin.Length > 0 && origin != $"{request.Scheme}://{request.Host}") return "Another site cannot use the playground.";
        // Browsers say so themselves when a request comes from elsewhere, also where they send no Origin.
        return request.Headers["Sec-Fetch-Site"].ToString() is "cross-site" or "same-site" && request.Path != "/"
            ? "Another site cannot use the playground."
            : null;
    }

    private static bool IsLoopback(string host) =>
        string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
