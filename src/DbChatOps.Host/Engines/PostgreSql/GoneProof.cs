namespace DbChatOps.Host.Engines.PostgreSql;

/// <summary>
/// Reads back on every node, after its replay has passed the drop: no role by name or OID, no session by OID; on the writer also nothing owned,
/// nothing granted, nothing prepared.
/// </summary>
internal sealed class GoneProof(IReadOnlyList<NodeLink> nodes, ReplicationReading replication, Patience patience)
{
    public async Task RunAsync(IReadOnlyList<EndingState> logins, CancellationToken ct)
    {
        var open = logins.Where(l => l is { IsPresent: false, IsForeign: false, IsProven: false } && nodes.All(n => l.Oid is null || l.IsClearOn(n.Name))).ToList();
        if (open.Count == 0)
        {
            return;
        }

        while (nodes.Any(n => n.Trouble is null && open.Exists(l => !(l.Closing.GoneAt <= n.ReplayedTo))) && await patience.PauseAsync(ct))
        {
            await replication.RefreshAsync(nodes, ct);
        }

        var proven = open.Where(l => nodes.All(n => n.Trouble is null && l.Closing.GoneAt <= n.ReplayedTo)).ToHashSet();
        foreach (var node in nodes)
        {
            await ReplicationReading.OnNodeAsync(node, connection => ReadBackAsync(node, connection, open, proven, ct), ct);
        }

        foreach (var login in proven.Where(_ => nodes.All(static n => n.Trouble is null)))
        {
            login.IsProven = true;
        }
    }

    private static async Task ReadBackAsync(
        NodeLink node, Npgsql.NpgsqlConnection connection, List<EndingState> open, HashSet<EndingState> proven, CancellationToken ct)
    {
        var oids = open.Select(static l => l.Oid).OfType<uint>().ToArray();
        var roles = await connection.RowsAsync(
            EndingStatements.Present,
            static row => (Name: row.GetString(0), Oid: row.GetFieldValue<uint>(1)),
            ct,
            open.Select(static l => l.Name).ToArray(),
            oids);
        var names = roles.Select(static r => r.Name).ToHashSet(StringComparer.Ordinal);
        var alive = roles.Select(static r => r.Oid).ToHashSet();
        foreach (var session in await SessionStatements.SignalAsync(connection, oids, ct))
        {
            alive.Add(session.Login);
            open.Find(l => l.Oid == session.Login)?.Ended(node.Name, session.ProcessId);
        }

        if (node.IsWriter)
        {
            await LeftUnder.NameAsync(connection, open, ct);
            foreach (var leftover in await Leftover.ReadAsync(connection, open, ct))
            {
                alive.Add(leftover.Login.Oid ?? 0);
                leftover.Login.Blockers.Add(leftover.PreparedUnder?.ToString() ?? (leftover.PreparedGid is null
                    ? "something still depends on the dropped role"
                    : "a prepared transaction outlived the role; only a superuser can roll it back"));
            }
        }

        proven.RemoveWhere(l => names.Contains(l.Name) || (l.Oid is { } oid && alive.Contains(oid)));
    }
}
