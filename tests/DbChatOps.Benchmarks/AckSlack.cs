using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace DbChatOps.Benchmarks;

/// <summary>
/// As much of Slack's side as a slash command needs, and as cheap as possible: the Web API knows everybody as a plain member, and sockets carry
/// commands to whoever opened them. It costs the processor something that Slack would not; both apps under load pay for it alike.
/// </summary>
internal sealed class AckSlack : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _asked = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<WebSocket, SemaphoreSlim> _lines = new();
    private int _next;

    private AckSlack(WebApplication app) => _app = app;

    public Uri Api => new(new Uri(_app.Urls.Single()), "api/");

    public int Lines => _lines.Count;

    public static async Task<AckSlack> StartAsync(CancellationToken ct)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var slack = new AckSlack(app);
        app.UseWebSockets();
        app.MapPost("/api/{method}", slack.AnswerAsync);
        app.Map("/link", slack.HoldAsync);
        await app.StartAsync(ct);
        return slack;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var line in _lines.Keys) line.Abort();
        using var hurry = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await _app.StopAsync(hurry.Token);
        await _app.DisposeAsync();
    }

    /// <summary>Sends one command by the socket whose turn it is, and completes when it is acknowledged.</summary>
    public async Task AskAsync(IReadOnlyDictionary<string, string> command, CancellationToken ct)
    {
        var id = Guid.NewGuid().ToString();
        var asked = _asked[id] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var lines = _lines.ToArray();
        var (line, turn) = lines[(Interlocked.Increment(ref _next) & int.MaxValue) % lines.Length];
        var frame = JsonSerializer.SerializeToUtf8Bytes(new { envelope_id = id, type = "slash_commands", accepts_response_payload = true, payload = command });
        await turn.WaitAsync(ct);
        try
        {
            await line.SendAsync(frame, WebSocketMessageType.Text, endOfMessage: true, ct);
        }
        finally
        {
            turn.Release();
        }

        await asked.Task.WaitAsync(TimeSpan.FromSeconds(30), ct);
    }

    private Task AnswerAsync(HttpContext http, string method)
    {
        var user = http.Request.HasFormContentType ? http.Request.Form["user"].ToString() : "";
        http.Response.ContentType = "application/json; charset=utf-8";
        return http.Response.WriteAsync(method switch
        {
            "auth.test" => $$"""{"ok":true,"team_id":"{{AckCommand.Team}}","user_id":"U0ACKS0001","bot_id":"B0ACKS0001","team":"Acks","user":"acks"}""",
            "apps.connections.open" => $$"""{"ok":true,"url":"ws://{{http.Request.Host}}/link"}""",
            "users.info" => $$"""{"ok":true,"user":{"id":"{{user}}","team_id":"{{AckCommand.Team}}","name":"ana","real_name":"Ana","deleted":false,"is_bot":false,"is_restricted":false,"is_ultra_restricted":false,"profile":{} } }""",
            _ => """{"ok":true,"channel":"C0ACKS0001","ts":"1.1"}""",
        });
    }

    private async Task HoldAsync(HttpContext http)
    {
        using var socket = await http.WebSockets.AcceptWebSocketAsync();
        await socket.SendAsync("""{"type":"hello","num_connections":1,"connection_info":{"app_id":"A0ACKS0001"},"debug_info":{"approximate_connection_time":18060}}"""u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, http.RequestAborted);
        using var turn = new SemaphoreSlim(1);
        _lines[socket] = turn;
        try
        {
            await ListenAsync(socket, http.RequestAborted);
        }
        catch (Exception fault) when (fault is WebSocketException or OperationCanceledException)
        {
            // The app went away, or the benchmark is over.
        }
        finally
        {
            _lines.TryRemove(socket, out _);
        }
    }

    private async Task ListenAsync(WebSocket socket, CancellationToken ct)
    {
        var buffer = new byte[64 * 1024];
        var length = 0;
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer.AsMemory(length), ct);
            if (part.MessageType == WebSocketMessageType.Close) return;
            length += part.Count;
            if (!part.EndOfMessage) continue;

            using var answer = JsonDocument.Parse(Encoding.UTF8.GetString(buffer, 0, length));
            length = 0;
            if (answer.RootElement.TryGetProperty("envelope_id", out var id) && _asked.TryRemove(id.GetString()!, out var asked)) asked.TrySetResult();
        }
    }
}
