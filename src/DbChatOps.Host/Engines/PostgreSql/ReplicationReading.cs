using DbChatOps.Targets;

namespace DbChatOps.Host.Engines.PostgreSql;

/// <summary>Reads how far the listed standbys have replayed, and whether somebody streams who is not listed.</summary>
internal sealed class ReplicationReading(string systemIdentifier)
{
    public async Task RefreshAsync(IEnumerable<NodeLink> nodes, CancellationToken ct)
    {
        foreach (var node in nodes.Where(static n => !n.IsWriter && n.Trouble is null))
        {
            await OnNodeAsync(node, async connection =>
            {
                var (system, replayed, recovering, address, receivers) = await connection.RowAsync(
                    EndingStatements.Standby,
                    static row => (row.GetString(0), row.GetInt64(1), row.GetBoolean(2), row.TextOrNull(3), row.GetInt32(4)),
                    ct);
                node.ReplayedTo = replayed;
                node.Address = address;
                node.IsStreaming = receivers > 0;
                node.Trouble = !string.Equals(system, systemIdentifier, StringComparison.Ordinal) ? $"standby {node.Name} belongs to another cluster"
                    : !recovering ? $"standby {node.Name} is not in recovery: it is a server of its own now"
                    : null;
            }, ct);
        }
    }

    /// <summary>
    /// A listed standby that streams accounts for one follower of one listed node. Followers beyond that are unknown standbys, on which a session
    /// would be invisible to us.
    /// </summary>
    public static async Task<IReadOnlyList<string>> UnlistedAsync(IReadOnlyList<NodeLink> nodes, CancellationToken ct)
    {
        var followers = new List<(string Address, string Application)>();
        foreach (var node in nodes.Where(static n => n.Trouble is null))
        {
            await OnNodeAsync(node, async connection =>
                followers.AddRange(await connection.RowsAsync(EndingStatements.Followers, static row => (row.GetString(0), row.GetString(1)), ct)), ct);
        }

        // One that cannot be read may well be streaming.
        var known = nodes.Count(static n => !n.IsWriter && (n.IsStreaming || n.Trouble is not null));
        if (followers.Count <= known)
        {
            return [];
        }

        var addresses = nodes.Select(static n => n.Address).ToHashSet(StringComparer.Ordinal);
        return followers
            .OrderBy(f => addresses.Contains(f.Address))
            .Take(followers.Count - known)
            .Select(static f => $"a standby that is not listed streams from this server: {f.Address} ({f.Application})")
            .ToList();
    }

    /// <summary>A standby that fails in the middle of a step is trouble to be named, not a reason to stop ending on the writer.</summary>
    public static async Task OnNodeAsync(NodeLink node, Func<Npgsql.NpgsqlConnection, Task> exchange, CancellationToken ct)
    {
        if (node.Connection is not { } connection)
        {
            return;
        }

        try
        {
            await exchange(connection);
        }
        catch (Exception fault) when (!node.IsWriter && PostgreSqlFaults.IsConnectionFault(fault, ct))
        {
            node.Trouble = $"standby {node.Name} stopped answering ({PostgreSqlFaults.Code(fault)})";
        }
    }
}
