using System.Collections.Concurrent;
using DbChatOps.Targets;
using Npgsql;

namespace DbChatOps.Host.Engines.PostgreSql;

/// <summary>
/// Opens connections to standbys without waiting for slow ones: an attempt that outlasts a step goes on, and the next step finds its outcome.
/// So a hung standby costs a step its patience and no more, and a far one is still reached.
/// </summary>
internal sealed class StandbyDialer(ReadyConnections connections)
{
    private readonly ConcurrentDictionary<(ServerId, string), Task<NpgsqlConnection>> _attempts = new();

    public async Task<NodeLink> DialAsync(Server server, ServerNode node, TimeSpan patience, CancellationToken ct)
    {
        var key = (server.Id, node.ToString());
        var attempt = _attempts.GetOrAdd(key, _ => connections.TakeAsync(server, node, CancellationToken.None));
        await Task.WhenAny(attempt, Task.Delay(patience, ct));
        ct.ThrowIfCancellationRequested();
        if (!attempt.IsCompleted || !_attempts.TryRemove(new(key, attempt)))
        {
            return new NodeLink(node, connection: null, $"standby {node} cannot be reached (no answer yet)");
        }

        try
        {
            return new NodeLink(node, await attempt, trouble: null);
        }
        catch (TargetUnavailableException fault)
        {
            return new NodeLink(node, connection: null, $"standby {fault.Message}");
        }
    }
}
