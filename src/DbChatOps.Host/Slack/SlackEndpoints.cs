namespace DbChatOps.Host.Slack;

public static class SlackEndpoints
{
    /// <summary>The three addresses that the app's manifest names. Resolves the doorway at once, so that a bad setting stops the start.</summary>
    public static IEndpointRouteBuilder MapSlack(this IEndpointRouteBuilder endpoints)
    {
        var doorway = endpoints.ServiceProvider.GetRequiredService<SlackDoorway>();
        endpoints.MapPost("/slack/commands", doorway.CommandAsync);
        endpoints.MapPost("/slack/interactions", doorway.InteractionAsync);
        endpoints.MapPost("/slack/events", doorway.EventAsync);
        return endpoints;
    }
}
