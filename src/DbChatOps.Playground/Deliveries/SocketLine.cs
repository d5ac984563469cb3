using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;

namespace DbChatOps.Playground.Deliveries;

/// <summary>One socket as Slack's end sees it.</summary>
internal sealed class SocketLine(WebSocket socket) : IDisposable
{
    private readonly SemaphoreSlim _sending = new(1);
    private readonly ConcurrentDictionary<string, TaskCompletionSource<JsonObject>> _asked = new(StringComparer.Ordinal);
    private volatile bool _takesWork = true;

    /// <summary>Nothing new is sent to a line whose end was announced.</summary>
    public bool TakesWork => _takesWork && socket.State == WebSocketState.Open;

    public async Task SayAsync(JsonObject frame, CancellationToken ct)
    {
        await _sending.WaitAsync(ct);
        try
        {
            await socket.SendAsync(Encoding.UTF8.GetBytes(Json.Write(frame)), WebSocketMessageType.Text, endOfMessage: true, ct);
        }
        finally
        {
            _sending.Release();
        }
    }

    public async Task SayGoodbyeAsync(string reason, CancellationToken ct)
    {
        await SayAsync(new JsonObject { ["type"] = "disconnect", ["reason"] = reason, ["debug_info"] = new JsonObject { ["host"] = "applink-playground" } }, ct);
        _takesWork = false;
    }

    public void Dispose() => _sending.Dispose();

    public void Cut()
    {
        _takesWork = false;
        socket.Abort();
    }

    /// <summary>Sends an envelope and waits for its acknowledgement on this line.</summary>
    /// <exception cref="WebSocketException">The line is gone.</exception>
    public async Task<JsonObject> AskAsync(string envelopeId, JsonObject envelope, CancellationToken ct)
    {
        var asked = _asked[envelopeId] = new TaskCompletionSource<JsonObject>(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            await SayAsync(envelope, ct);
            return await asked.Task.WaitAsync(ct);
        }
        finally
        {
            _asked.TryRemove(envelopeId, out _);
        }
    }

    /// <summary>Reads acknowledgements until the app closes. Returns the code it closed with; null when the line was just gone.</summary>
    public async Task<int?> ListenAsync(CancellationToken ct)
    {
        try
        {
            while (await ReadAsync(ct) is { } frame)
            {
                if (frame.Text("envelope_id") is { } id && _asked.TryGetValue(id, out var asked)) asked.TrySetResult(frame);
            }

            var code = (int?)socket.CloseStatus;
            if (socket.State == WebSocketState.CloseReceived) await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, ct);
            return code;
        }
        catch (Exception fault) when (fault is WebSocketException or OperationCanceledException)
        {
            return null;
        }
        finally
        {
            _takesWork = false;
            foreach (var asked in _asked.Values) asked.TrySetException(new WebSocketException(WebSocketError.ConnectionClosedPrematurely));
        }
    }

    private async Task<JsonObject?> ReadAsync(CancellationToken ct)
    {
        using var whole = new MemoryStream();
        var chunk = new byte[16 * 1024];
        while (true)
        {
            var part = await socket.ReceiveAsync(chunk.AsMemory(), ct);
            if (part.MessageType == WebSocketMessageType.Close) return null;
            whole.Write(chunk, 0, part.Count);
            if (part.EndOfMessage) return Json.TryParse(Encoding.UTF8.GetString(whole.ToArray())) as JsonObject ?? [];
        }
    }
}
