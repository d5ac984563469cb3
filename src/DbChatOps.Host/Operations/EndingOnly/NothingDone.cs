namespace DbChatOps.Host.Operations.EndingOnly;

/// <summary>
/// Slack's addresses while the bot only ends access: everybody gets the same sentence, whatever they sent. Nothing of it is read, so nothing of it
/// needs to be believed.
/// </summary>
public static class NothingDone
{
    private const string Sentence = "Nothing was done: DbChatOps only ends access just now, its operators know why. Access that is running still ends on time.";

    public static IEndpointRouteBuilder MapNothingDone(this IEndpointRouteBuilder endpoints)
    {
        var answer = () => Results.Json(new Dictionary<string, string>(StringComparer.Ordinal) { ["response_type"] = "ephemeral", ["text"] = Sentence });
        endpoints.MapPost("/slack/commands", answer);
        endpoints.MapPost("/slack/interactions", static () => Results.StatusCode(StatusCodes.Status503ServiceUnavailable));
        endpoints.MapPost("/slack/events", static () => Results.StatusCode(StatusCodes.Status503ServiceUnavailable));
        return endpoints;
    }
}
