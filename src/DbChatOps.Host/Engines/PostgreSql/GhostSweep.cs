using DbChatOps.Targets;
using Npgsql;

namespace DbChatOps.Host.Engines.PostgreSql;

/// <summary>Looks on each node for sessions without a role, and ends those of temporary logins that still have none at a second look.</summary>
internal sealed class GhostSweep(PostgreSqlConnections connections, EndGhosts request)
{
    public async Task<IReadOnlyList<GhostSession>> RunAsync(CancellationToken ct)
    {
        var found = new List<GhostSession>();
        foreach (var node in request.Server.Nodes)
        {
            try
            {
                await using var connection = await connections.OpenAsync(request.Server, node, request.Server.AdminDatabase, ct);
                found.AddRange(await PostgreSqlFaults.GuardAsync(node, () => SweepAsync(connection, node, ct), ct));
            }
            catch (TargetUnavailableException) when (node.Kind == NodeKind.Standby)
            {
                // The next look finds what is left there; ending a grant waits for every node by itself.
            }
        }

        return found;
    }

    private async Task<IReadOnlyList<GhostSession>> SweepAsync(NpgsqlConnection connection, ServerNode node, CancellationToken ct)
    {
        var suspects = await LookAsync(connection, node, [], ct);
        if (suspects.Count == 0 || request.OnlyLook)
        {
            return suspects;
        }

        var before = suspects.Select(static ghost => ghost.ProcessId).ToArray();
        return [.. (await LookAsync(connection, node, before, ct)).Where(ghost => before.Contains(ghost.ProcessId))];
    }

    private Task<List<GhostSession>> LookAsync(NpgsqlConnection connection, ServerNode node, int[] end, CancellationToken ct) => SessionStatements.GhostsAsync(
        connection,
        request.Except.ToArray(),
        end,
        row => new GhostSession
        {
            Node = node.ToString(),
            ProcessId = row.GetInt32(0),
            Oid = row.GetFieldValue<uint>(1),
            ClientAddress = row.TextOrNull(2),
            StartedAt = row.GetFieldValue<DateTimeOffset>(3),
            IsOurs = row.GetBoolean(4),
        },
        ct);
}
