using System.Net;
using System.Net.Sockets;

namespace DbChatOps.Playground.Demo;

internal static class FreePort
{
    /// <summary>A port that was free a moment ago; whoever takes it must be ready to try another.</summary>
    public static int Next()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
