using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net.WebSockets;
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
    private ImmutableList<Line> _lines = [];
    private int _next;

    private AckSlack(WebApplication app) => _app = app;

    public Uri Api => new(new Uri(_app.Urls.Single()), "api/");

    public int Lines => _lines.Count;

    private sealed record Line(WebSocket Socket, SemaphoreSlim Turn);

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
        foreach (var line in _lines) line.Socket.Abort();
        using var hurry = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await _app.StopAsync(hurry.Token);
        await _app.DisposeAsync();
    }

    /// <summary>Sends one command by the socket whose turn it is, and completes when it is acknowledged.</summary>
    public async Task AskAsync(CancellationToken ct)
    {
        var id = Guid.NewGuid().ToString();
        var asked = _asked[id] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var lines = _lines;
        var line = lines[(Interlocked.Increment(ref _next) & int.MaxValue) % lines.Count];
        var frame = AckCommand.Envelope(id, Api);
        await line.Turn.WaitAsync(ct);
        try
        {
            await line.Socket.SendAsync(frame, WebSocketMessageType.Text, endOfMessage: true, ct);
        }
        finally
        {
            line.Turn.Release();
        }

        await asked.Task;
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
        var line = new Line(socket, turn);
        ImmutableInterlocked.Update(ref _lines, lines => lines.Add(line));
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
            ImmutableInterlocked.Update(ref _lines, lines => lines.Remove(line));
        }
    }

    /// <summary>The top-level envelope id, without building the rest.</summary>
    private static string? IdIn(ReadOnlySpan<byte> acknowledgement)
    {
        var reader = new Utf8JsonReader(acknowledgement);
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == 1)
            {
                var isId = reader.ValueTextEquals("envelope_id"u8);
                reader.Read();
                if (isId) return reader.GetString();
                reader.Skip();
            }
        }

        return null;
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

            if (IdIn(buffer.AsSpan(0, length)) is { } id && _asked.TryRemove(id, out var asked)) asked.TrySetResult();
            length = 0;
        }
    }
}
