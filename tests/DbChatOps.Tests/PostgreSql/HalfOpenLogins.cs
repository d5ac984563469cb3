using System.Net;
using System.Net.Sockets;

namespace DbChatOps.Tests.PostgreSql;

/// <summary>Log-ins that are begun and never finished: each holds its slot until the server's time for logging in is over.</summary>
internal sealed class HalfOpenLogins(int port) : IDisposable
{
    private readonly List<Socket> _sockets = [];

    /// <summary>Begins more of them until the server has no slot left.</summary>
    public async Task FillAsync(Func<Task<bool>> isFull, CancellationToken ct)
    {
        for (var attempt = 0; attempt < 40; attempt++)
        {
            for (var i = 0; i < 20; i++)
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                _sockets.Add(socket);
                await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), ct);
            }

            if (await isFull())
            {
                return;
            }
        }

        throw new InvalidOperationException("The server was never full.");
    }

    public void Dispose() => _sockets.ForEach(static socket => socket.Dispose());
}
