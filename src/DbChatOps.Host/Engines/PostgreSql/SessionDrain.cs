namespace DbChatOps.Host.Engines.PostgreSql;

/// <summary>
/// Ends every session of the logins on every reachable node and waits until none is left and none can come. Start-up backends are read before sessions:
/// one that turns into a session in between is then seen as a session, never missed.
/// </summary>
internal sealed class SessionDrain(IReadOnlyList<NodeLink> nodes, ReplicationReading replication, Patience patience)
{
    public async Task RunAsync(IReadOnlyList<EndingState> logins, CancellationToken ct)
    {
        var known = logins.Where(static l => l.Oid is not null && !l.IsForeign).ToList();
        while (known.Count > 0)
        {
            foreach (var node in nodes.Where(static n => n.Trouble is null))
            {
                await ReplicationReading.OnNodeAsync(node, connection => LookAsync(node, connection, known, ct), ct);
            }

            var allClear = nodes.All(node => node.Trouble is not null || known.TrueForAll(l => l.IsClearOn(node.Name)));
            if (allClear || !await patience.PauseAsync(ct))
            {
                return;
            }

            await replication.RefreshAsync(nodes, ct);
        }
    }

    private static async Task LookAsync(NodeLink node, Npgsql.NpgsqlConnection connection, List<EndingState> logins, CancellationToken ct)
    {
        var startingUp = (await connection.RowsAsync(EndingStatements.StartingUp, static row => row.GetInt32(0), ct)).ToHashSet();
        var sessions = await connection.RowsAsync(
            EndingStatements.Terminate,
            static row => (ProcessId: row.GetInt32(0), Oid: row.GetFieldValue<uint>(1)),
            ct,
            logins.Select(static l => l.Oid).OfType<uint>().ToArray());
        var byOid = sessions.ToLookup(static s => s.Oid, static s => s.ProcessId);
        foreach (var login in logins)
        {
            var alive = login.Oid is { } oid ? byOid[oid] : [];
            var any = false;
            foreach (var processId in alive)
            {
                login.Ended(node.Name, processId);
                any = true;
            }

            login.SetClear(node.Name, !any && NoneFromBefore(login, node, startingUp));
        }
    }

    private static bool NoneFromBefore(EndingState login, NodeLink node, HashSet<int> startingUp)
    {
        // Before the lock is in force on this node, a start-up backend seen now says nothing about later ones.
        if (!login.IsShut || !(login.Closing.LockedAt <= node.ReplayedTo))
        {
            return false;
        }

        if (login.Closing.StartingUp.TryGetValue(node.Name, out var before))
        {
            before.IntersectWith(startingUp);
        }
        else
        {
            before = [.. startingUp];
            login.Closing.StartingUp.Add(node.Name, before);
        }

        return before.Count == 0;
    }
}
