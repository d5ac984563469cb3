using DbChatOps.Chat;
using DbChatOps.Targets;
using Npgsql;

namespace DbChatOps.Host.Engines.PostgreSql;

/// <summary>Reads how far the listed standbys have replayed, and who receives WAL without being listed.</summary>
internal sealed class ReplicationReading(string systemIdentifier)
{
    public async Task RefreshAsync(IEnumerable<NodeLink> nodes, CancellationToken ct)
    {
        foreach (var node in nodes.Where(static n => !n.IsWriter && n.Trouble is null))
        {
            await OnNodeAsync(node, async connection =>
            {
                var (system, replayed, recovering, address, upstream, delay) = await connection.RowAsync(
                    EndingStatements.Standby,
                    static row => (row.GetString(0), row.GetInt64(1), row.GetBoolean(2), row.TextOrNull(3), row.GetBoolean(4)
                        ? new Upstream(row.TextOrNull(5), row.IsDBNull(6) ? null : row.GetInt32(6), row.TextOrNull(7), row.TextOrNull(8))
                        : null, TimeSpan.FromMilliseconds(row.GetInt64(9))),
                    ct);
                node.ReplayedTo = replayed;
                node.Address = address;
                node.Upstream = upstream;
                node.Delay = delay;
                node.Trouble = !string.Equals(system, systemIdentifier, StringComparison.Ordinal) ? $"standby {node.Name} belongs to another cluster"
                    : !recovering ? $"standby {node.Name} is not in recovery: it is a server of its own now"
                    : null;
            }, ct);
        }
    }

    /// <summary>
    /// A listed standby that streams accounts for one follower of the node that it streams from. Other followers are archivers, or unknown standbys, on which
    /// a session would be invisible to us.
    /// </summary>
    public static async Task<Receivers> UnlistedAsync(IReadOnlyList<NodeLink> nodes, ServerId server, ReceiverWatch watch, CancellationToken ct)
    {
        var found = new List<Follower>();
        foreach (var node in nodes.Where(static n => n.Trouble is null))
        {
            await OnNodeAsync(node, async connection => found.AddRange(await connection.RowsAsync(EndingStatements.Followers, row => Read(node, row), ct)), ct);
        }

        var endOfWal = long.MaxValue;
        if (found.Exists(static f => f.Reply is { Replays: false }))
        {
            var writer = nodes.Single(static n => n.IsWriter);
            await OnNodeAsync(writer, async connection =>
                endOfWal = await connection.RowAsync(EndingStatements.EndOfWal, static row => row.IsDBNull(0) ? long.MaxValue : row.GetInt64(0), ct), ct);
        }

        var followers = watch.Judge(server, found, endOfWal);
        var streaming = nodes
            .Where(static n => n is { IsWriter: false, Trouble: null, Upstream: not null })
            .Select(static n => new StreamingStandby(n.Name, n.Address, n.Upstream ?? new Upstream(null, null, null, null)))
            .ToList();
        var standbys = followers.Where(static f => f.Kind != ReceiverKind.Archiver).OrderBy(static f => f.Kind).ToList();
        var unaccounted = Follower.Unaccounted(standbys, streaming);

        // One that cannot be read may well be streaming, and is trouble by itself.
        var unread = nodes.Count(static n => !n.IsWriter && n.Trouble is not null);
        var elsewhere = streaming.Where(standby => !standbys.Exists(f => f.MayBe(standby)))
            .Select(static standby => $"; {standby.Name} says that it streams from {standby.Upstream}, which is no listed node");
        var remark = string.Concat(elsewhere);
        var unlisted = unaccounted.Take(unaccounted.Count - unread).ToLookup(static f => f.Kind);
        return new Receivers
        {
            Standbys = unlisted[ReceiverKind.Standby].Select(f => $"a standby that is not listed streams from this server: {f}{remark}").ToList(),
            Undecided = unlisted[ReceiverKind.Undecided].Select(f => $"{f} receives WAL from {f.Node} and has reported no replay position yet: whether it is a standby is not known until it was "
                + $"watched for {PlainText.Duration(watch.KnownAfter)}").ToList(),
            Archivers = followers.Where(static f => f.Kind == ReceiverKind.Archiver).Select(static f => $"{f} receives WAL from {f.Node} and never reports a replay position").ToList(),
        };
    }

    /// <summary>A standby that fails in the middle of a step is trouble to be named, not a reason to stop ending on the writer.</summary>
    public static async Task OnNodeAsync(NodeLink node, Func<NpgsqlConnection, Task> exchange, CancellationToken ct)
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

    private static Follower Read(NodeLink node, NpgsqlDataReader row) =>
        new(node.Node, row.GetString(0), row.GetString(1), row.TextOrNull(2), row.TextOrNull(3), row.GetInt32(4))
        {
            Reply = row.IsDBNull(6) ? null : new WalReply(
                row.GetInt32(5),
                row.GetFieldValue<DateTimeOffset>(6),
                row.IsDBNull(7) ? null : row.GetInt64(7),
                row.GetBoolean(8),
                row.IsDBNull(9) ? null : row.GetFieldValue<DateTimeOffset>(9)),
        };
}
