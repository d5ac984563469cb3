using DbChatOps.Host.Configuration;

namespace DbChatOps.Host.Operations;

/// <summary>
/// <c>/healthz/live</c>: the process answers. <c>/healthz/ready</c>: chat is known and nothing waits from before; 503 until then.
/// An invalid configuration that was not taken shows as degraded, with the reasons.
/// </summary>
public static class HealthEndpoints
{
    public static IEndpointRouteBuilder MapHealth(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/healthz/live", static () => Results.Text("live"));
        endpoints.MapGet("/healthz/ready", static (Readiness readiness, SettingsSource settings) => (readiness.IsReady, settings.Problems.Count) switch
        {
            (false, _) => Results.Text("starting", statusCode: StatusCodes.Status503ServiceUnavailable),
            (true, 0) => Results.Text("ready"),
            _ => Results.Text("degraded\n" + string.Join('\n', settings.Problems)),
        });
        return endpoints;
    }
}
