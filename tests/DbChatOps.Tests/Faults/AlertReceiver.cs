using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace DbChatOps.Tests.Faults;

/// <summary>Stands for whatever pages people outside chat.</summary>
internal sealed class AlertReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<string> _events = new();

    private AlertReceiver(WebApplication app) => _app = app;

    public Secret Address => new(_app.Urls.Single());

    /// <summary><c>firing</c> and <c>resolved</c>, in the order they came.</summary>
    public IReadOnlyCollection<string> Events => _events;

    public static async Task<AlertReceiver> StartAsync(CancellationToken ct)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var receiver = new AlertReceiver(builder.Build());
        receiver._app.MapPost("/", async (HttpRequest request) =>
            receiver._events.Enqueue((string?)(await JsonNode.ParseAsync(request.Body))?["status"] ?? ""));
        await receiver._app.StartAsync(ct);
        return receiver;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
