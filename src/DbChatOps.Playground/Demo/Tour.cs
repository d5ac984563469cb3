namespace DbChatOps.Playground.Demo;

/// <summary>
/// The story of the tour, told with the driver, psql and the bot's own <c>audit verify</c>. Each step throws when what it promises does not happen.
/// </summary>
internal sealed class Tour(Stage stage, Transcript transcript, CancellationToken ct)
{
    public async Task PlayAsync()
    {
        await transcript.HeadingAsync("A database, a workspace and a bot");
        await transcript.StepAsync("the bot starts and is ready", async () => await stage.Bot.StartAsync(ct));
    }
}
