using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;

namespace DbChatOps.Host.Slack.Socket;

/// <summary>The frames of one WebSocket: whole messages in, whole messages out, and a close in order.</summary>
internal sealed class SocketWire : IDisposable
{
    /// <summary>A submitted dialog with all its state is some tens of kilobytes.</summary>
    private const int MostBytes = 2 * 1024 * 1024;

    private readonly ClientWebSocket _socket = new();
    private readonly SemaphoreSlim _sending = new(1);

    /// <summary>One receiver at a time: a WebSocket allows no more.</summary>
    private readonly byte[] _chunk = new byte[16 * 1024];

    /// <summary>Slack's own pings are answered below us and cannot be seen here: our pings are the watchdog. A line that does not answer them is dead.</summary>
    public SocketWire(TimeSpan heartbeat)
    {
        _socket.Options.KeepAliveInterval = heartbeat;
        _socket.Options.KeepAliveTimeout = heartbeat;
    }

    public bool IsOpen => _socket.State is WebSocketState.Open or WebSocketState.CloseReceived;

    public Task ConnectAsync(Uri url, CancellationToken ct) => _socket.ConnectAsync(url, ct);

    public async Task SendAsync(JsonObject message, CancellationToken ct)
    {
        var bytes = Encoding.UTF8.GetBytes(BlockKitText.Json(message));
        await _sending.WaitAsync(ct);
        try
        {
            await _socket.SendAsync(bytes, WebSocketMessageType.Text, endOfMessage: true, ct);
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>One whole message; null when the other end closes.</summary>
    /// <exception cref="WebSocketException">The line is gone, or the message is larger than anything Slack sends.</exception>
    public async Task<byte[]?> ReceiveAsync(CancellationToken ct)
    {
        using var whole = new MemoryStream();
        while (true)
        {
            var part = await _socket.ReceiveAsync(_chunk.AsMemory(), ct);
            if (part.MessageType == WebSocketMessageType.Close)
            {
                return null;
            }

            if (whole.Length + part.Count > MostBytes)
            {
                throw new WebSocketException(WebSocketError.HeaderError, "A message of the socket is larger than anything Slack sends.");
            }

            whole.Write(_chunk, 0, part.Count);
            if (part.EndOfMessage)
            {
                return whole.ToArray();
            }
        }
    }

    /// <summary>Says that nothing more comes from here. The other end's answer is for whoever receives.</summary>
    public async Task CloseAsync(CancellationToken ct)
    {
        await _sending.WaitAsync(ct);
        try
        {
            await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "bye", ct);
        }
        finally
        {
            _sending.Release();
        }
    }

    public void Dispose()
    {
        _socket.Dispose();
        _sending.Dispose();
    }
}
