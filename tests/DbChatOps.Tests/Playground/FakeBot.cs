using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace DbChatOps.Tests.Playground;

/// <summary>A bot of three addresses that keeps what it is sent and answers what the test says.</summary>
internal sealed class FakeBot : IAsyncDisposable
{
    private readonly WebApplication _app;

    private FakeBot(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.Single());

    public ConcurrentQueue<Received> Received { get; } = new();

    public Func<Received, HttpContext, Task> Answer { get; set; } = (_, _) => Task.CompletedTask;

    public Received Last => Received.Last();

    public void Answers(string body, string contentType = "application/json", int status = 200) => Answer = (_, http) =>
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = contentType;
        return http.Response.WriteAsync(body);
    };

    public static async Task<FakeBot> StartAsync(CancellationToken ct)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var bot = new FakeBot(app);
        app.MapPost("/slack/{doorway}", bot.HandleAsync);
        await app.StartAsync(ct);
        return bot;
    }

    public async ValueTask DisposeAsync()
    {
        using var hurry = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        await _app.StopAsync(hurry.Token);
        await _app.DisposeAsync();
    }

    private async Task HandleAsync(HttpContext http, string doorway)
    {
        using var reader = new StreamReader(http.Request.Body, Encoding.UTF8);
        var received = new Received(
            doorway,
            await reader.ReadToEndAsync(http.RequestAborted),
            http.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase));
        Received.Enqueue(received);
        await Answer(received, http);
    }
}

internal sealed record Received(string Doorway, string Body, IReadOnlyDictionary<string, string> Headers)
{
    public IReadOnlyDictionary<string, string> Form => Body.Split('&').Select(pair => pair.Split('=', 2))
        .ToDictionary(pair => Decoded(pair[0]), pair => Decoded(pair[1]), StringComparer.Ordinal);

    public JsonObject Json => (JsonObject)JsonNode.Parse(Doorway is "events" ? Body : Form["payload"])!;

    private static string Decoded(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));
}
