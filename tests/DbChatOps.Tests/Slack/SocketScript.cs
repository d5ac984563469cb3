using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Xunit;

namespace DbChatOps.Tests.Slack;

/// <summary>Slack's end of Socket Mode, told by a test what to do: how to answer the wish for an address, with what to greet, what to send.</summary>
internal sealed class SocketScript : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Channel<SocketScriptLine> _accepted = Channel.CreateUnbounded<SocketScriptLine>();
    private int _asked;
    private int _greeted;

    private SocketScript(WebApplication app) => _app = app;

    public Uri ApiBaseUrl => new(_app.Urls.Single() + "/api/");

    /// <summary>How often an address was asked for.</summary>
    public int Asked => Volatile.Read(ref _asked);

    /// <summary>What the n-th wish for an address (from 1) is answered with; null is an address.</summary>
    public Func<int, Answer?> Opening { get; set; } = _ => null;

    /// <summary>The first frame of the n-th socket (from 1); null says nothing.</summary>
    public Func<int, string?> Greeting { get; set; } = _ => Sample.Text("socket-hello");

    /// <summary>Does not read, and so does not even answer pings.</summary>
    public Func<int, bool> IsDeaf { get; set; } = _ => false;

    public static async Task<SocketScript> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var script = new SocketScript(app);
        app.UseWebSockets();
        app.MapPost("/api/apps.connections.open", script.OpenAsync);
        app.Map("/link", script.AcceptAsync);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return script;
    }

    /// <summary>The next socket that was greeted.</summary>
    public async Task<SocketScriptLine> NextAsync() => await _accepted.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().Patiently("a socket");

    public async ValueTask DisposeAsync()
    {
        using var hurry = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await _app.StopAsync(hurry.Token);
        await _app.DisposeAsync();
    }

    private Task OpenAsync(HttpContext http)
    {
        var answer = Opening(Interlocked.Increment(ref _asked)) ?? new Answer(200, $"{{\"ok\":true,\"url\":\"ws://{http.Request.Host}/link\"}}");
        http.Response.StatusCode = answer.Status;
        http.Response.ContentType = "application/json";
        if (answer.RetryAfter is { } wait)
        {
            http.Response.Headers.RetryAfter = wait;
        }

        return http.Response.WriteAsync(answer.Body);
    }

    private async Task AcceptAsync(HttpContext http)
    {
        var number = Interlocked.Increment(ref _greeted);
        using var socket = await http.WebSockets.AcceptWebSocketAsync();
        var line = new SocketScriptLine(socket);
        if (Greeting(number) is { } greeting)
        {
            await line.SaysAsync(greeting);
        }

        _accepted.Writer.TryWrite(line);
        await line.ListenAsync(IsDeaf(number), http.RequestAborted);
    }

    internal sealed record Answer(int Status, string Body, string? RetryAfter = null)
    {
        public static Answer Refused(string code) => new(200, $"{{\"ok\":false,\"error\":\"{code}\"}}");
    }
}

/// <summary>One socket at Slack's end.</summary>
internal sealed class SocketScriptLine(WebSocket socket)
{
    private readonly Channel<JsonObject> _frames = Channel.CreateUnbounded<JsonObject>();
    private readonly TaskCompletionSource<int?> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The code of the close; null where the line was just gone.</summary>
    public Task<int?> Closed => _closed.Task.Patiently("the close");

    public bool IsClosed => _closed.Task.IsCompleted;

    public Task SaysAsync(string frame) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(frame), WebSocketMessageType.Text, endOfMessage: true, TestContext.Current.CancellationToken);

    /// <summary>Sends the frame in pieces, as large ones come.</summary>
    public async Task SaysInPiecesAsync(string frame, int size)
    {
        var bytes = Encoding.UTF8.GetBytes(frame);
        for (var from = 0; from < bytes.Length; from += size)
        {
            var piece = bytes.AsMemory(from, Math.Min(size, bytes.Length - from));
            await socket.SendAsync(piece, WebSocketMessageType.Text, endOfMessage: from + size >= bytes.Length, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>The next acknowledgement.</summary>
    public async Task<JsonObject> HearsAsync() => await _frames.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().Patiently("an acknowledgement");

    /// <summary>The acknowledgements that came and were not heard yet; all of them once the line is <see cref="Closed"/>.</summary>
    public IReadOnlyList<JsonObject> Unheard()
    {
        List<JsonObject> frames = [];
        while (_frames.Reader.TryRead(out var frame))
        {
            frames.Add(frame);
        }

        return frames;
    }

    public void Cut() => socket.Abort();

    public async Task ListenAsync(bool isDeaf, CancellationToken gone)
    {
        try
        {
            if (isDeaf)
            {
                await Task.Delay(Timeout.Infinite, gone);
            }

            using var whole = new MemoryStream();
            var chunk = new byte[16 * 1024];
            while (true)
            {
                var part = await socket.ReceiveAsync(chunk.AsMemory(), gone);
                if (part.MessageType == WebSocketMessageType.Close)
                {
                    await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, gone);
                    _closed.TrySetResult((int?)socket.CloseStatus);
                    return;
                }

                whole.Write(chunk, 0, part.Count);
                if (part.EndOfMessage)
                {
                    _frames.Writer.TryWrite(JsonNode.Parse(whole.ToArray())!.AsObject());
                    whole.SetLength(0);
                }
            }
        }
        catch (Exception fault) when (fault is WebSocketException or OperationCanceledException or ObjectDisposedException)
        {
            _closed.TrySetResult(null);
        }
    }
}
