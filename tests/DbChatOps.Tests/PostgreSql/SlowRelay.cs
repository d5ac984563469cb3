using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace DbChatOps.Tests.PostgreSql;

/// <summary>A way to a server on which every answer takes its time.</summary>
internal sealed class SlowRelay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _over = new();
    private readonly ConcurrentBag<Task> _ways = [];
    private readonly int _to;
    private readonly Task _accepting;
    private int _held;

    public SlowRelay(int to)
    {
        _to = to;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>How long each piece of an answer is held back.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>Pieces that were held back.</summary>
    public int Held => Volatile.Read(ref _held);

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        _listener.Stop();
        await Task.WhenAll([_accepting, .. _ways]);
        _over.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ways.Add(JoinAsync(await _listener.AcceptTcpClientAsync(_over.Token)));
            }
        }
        catch (Exception over) when (over is OperationCanceledException or SocketException)
        {
            // The test is over.
        }
    }

    private async Task JoinAsync(TcpClient client)
    {
        using var server = new TcpClient();
        using (client)
        {
            try
            {
                await server.ConnectAsync(IPAddress.Loopback, _to, _over.Token);
                await Task.WhenAny(CopyAsync(client.GetStream(), server.GetStream(), held: false), CopyAsync(server.GetStream(), client.GetStream(), held: true));
            }
            catch (Exception over) when (over is OperationCanceledException or SocketException)
            {
                // One of the two is gone.
            }
        }
    }

    private async Task CopyAsync(NetworkStream from, NetworkStream to, bool held)
    {
        try
        {
            var buffer = new byte[64 * 1024];
            while (await from.ReadAsync(buffer, _over.Token) is > 0 and var read)
            {
                if (held && Delay > TimeSpan.Zero)
                {
                    Interlocked.Increment(ref _held);
                    await Task.Delay(Delay, _over.Token);
                }

                await to.WriteAsync(buffer.AsMemory(0, read), _over.Token);
            }
        }
        catch (Exception over) when (over is OperationCanceledException or IOException or ObjectDisposedException)
        {
            // One of the two is gone.
        }
    }
}
