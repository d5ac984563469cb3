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
                var (system, replayed, recovering, address, upstream) = await connection.RowAsync(
                    EndingStatements.Standby,
                    static row => (row.GetString(0), row.GetInt64(1), row.GetBoolean(2), row.TextOrNull(3), row.GetBoolean(4)
                        ? new Upstream(row.TextOrNull(5), row.IsDBNull(6) ? null : row.GetInt32(6), row.TextOrNull(7), row.TextOrNull(8))
                        : null),
                    ct);
                node.ReplayedTo = replayed;
                node.Address = address;
                node.Upstream = upstream;
                node.Trouble = !string.Equals(system, systemIdentifier, StringComparison.Ordinal) ? $"standby {node.Name} belongs to another cluster"
                    : !recovering ? $"standby {node.Name} is not in recovery: it is a server of its own now"
                    : null;
            }, ct);
        }
    }

    /// <summary>
    /// A listed standby that streams accounts for one follower of the node that it streams from. Other followers are unknown standbys, on which a session
    /// would be invisible to us.
    /// </summary>
    public static async Task<IReadOnlyList<string>> UnlistedAsync(IReadOnlyList<NodeLink> nodes, CancellationToken ct)
    {
        var followers = new List<Follower>();
        foreach (var node in nodes.Where(static n => n.Trouble is null))
        {
            await OnNodeAsync(node, async connection => followers.AddRange(await connection.RowsAsync(
                EndingStatements.Followers,
                row => new Follower(node.Node, row.GetString(0), row.GetString(1), row.TextOrNull(2), row.TextOrNull(3), row.GetInt32(4)),
                ct)), ct);
        }

        var streaming = nodes
            .Where(static n => n is { IsWriter: false, Trouble: null, Upstream: not null })
            .Select(static n => new StreamingStandby(n.Name, n.Address, n.Upstream ?? new Upstream(null, null, null, null)))
            .ToList();
        var unaccounted = Follower.Unaccounted(followers, streaming);

        // One that cannot be read may well be streaming, and is trouble by itself.
        var unread = nodes.Count(static n => !n.IsWriter && n.Trouble is not null);
        var elsewhere = streaming.Where(standby => !followers.Exists(f => f.MayBe(standby)))
            .Select(static standby => $"; {standby.Name} says that it streams from {standby.Upstream}, which is no listed node");
        var remark = string.Concat(elsewhere);
        return unaccounted
            .Take(unaccounted.Count - unread)
            .Select(f => $"a standby that is not listed streams from this server: {f.Address} ({f.Application}){remark}")
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
