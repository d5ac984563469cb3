using DbChatOps.Host.Configuration;
using DbChatOps.Host.Flow;

namespace DbChatOps.Host.Operations;

/// <summary>
/// <c>/healthz/live</c>: the process answers. <c>/healthz/ready</c>: 503 while it starts; then "ready", or "degraded" with a reason a line: a
/// configuration that was not taken, a server or chat that cannot be reached, ending-only mode. Degraded is 200: it must go on receiving what it can.
/// </summary>
public static class HealthEndpoints
{
    public static IEndpointRouteBuilder MapHealth(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/healthz/live", static () => Results.Text("live"));
        endpoints.MapGet("/healthz/ready", static (Readiness readiness, SettingsSource settings, Health health) =>
            Answer(readiness.IsReady, [.. settings.Problems.Select(problem => $"configuration not taken: {problem}"), .. health.Reasons]));
        return endpoints;
    }

    private static IResult Answer(bool isReady, IReadOnlyList<string> reasons) => (isReady, reasons.Count) switch
    {
        (false, 0) => Results.Text("starting", statusCode: StatusCodes.Status503ServiceUnavailable),
        (false, _) => Results.Text("starting\n" + string.Join('\n', reasons), statusCode: StatusCodes.Status503ServiceUnavailable),
        (true, 0) => Results.Text("ready"),
        _ => Results.Text("degraded\n" + string.Join('\n', reasons)),
    };
}
