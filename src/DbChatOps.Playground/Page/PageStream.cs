namespace DbChatOps.Playground.Page;

/// <summary>Server-sent events: one <c>changed</c> for each change of the world. What changed is not said; the page reads its screen again.</summary>
internal sealed class PageStream(SlackWorkspace slack, CancellationToken stopping)
{
    /// <summary>Keeps the connection alive through whatever stands between; in real time, whatever clock the workspace has.</summary>
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    public async Task HandleAsync(HttpContext http)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, stopping);
        http.Response.ContentType = "text/event-stream";
        try
        {
            await WriteAsync("retry: 1000\n\n");
            while (true)
            {
                var change = slack.World.NextChange();
                await WriteAsync("event: changed\ndata: {}\n\n");
                while (!await HappensAsync(change)) await WriteAsync(": still here\n\n");
            }
        }
        catch (OperationCanceledException)
        {
            // The page was closed, or the workspace is.
        }

        async Task WriteAsync(string text)
        {
            await http.Response.WriteAsync(text, ending.Token);
            await http.Response.Body.FlushAsync(ending.Token);
        }

        async Task<bool> HappensAsync(Task change)
        {
            try
            {
                await change.WaitAsync(Heartbeat, ending.Token);
                return true;
            }
            catch (TimeoutException)
            {
                return false;
            }
        }
    }
}
