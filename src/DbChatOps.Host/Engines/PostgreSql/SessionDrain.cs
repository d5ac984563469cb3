using System.Diagnostics;
using DbChatOps.Targets;

namespace DbChatOps.Host.Engines.PostgreSql;

/// <summary>
/// Ends every session of the logins on every reachable node and waits until none is left and none can come. Start-up backends are read before sessions:
/// one that turns into a session in between is then seen as a session, never missed.
/// </summary>
internal sealed class SessionDrain(IReadOnlyList<NodeLink> nodes, ReplicationReading replication, Patience patience, TimeSpan stubbornAfter)
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

            var allClear = nodes.All(node => node.Trouble is not null || known.TrueForAll(l => l.IsClearOn(node.Name) || node.IsLateFor(l)));
            if (allClear || !await patience.PauseAsync(ct))
            {
                return;
            }

            await replication.RefreshAsync(nodes, ct);
        }
    }

    private async Task LookAsync(NodeLink node, Npgsql.NpgsqlConnection connection, List<EndingState> logins, CancellationToken ct)
    {
        var startingUp = await SessionStatements.StartingUpAsync(connection, Awaited(logins, node), ct);
        var sessions = await SessionStatements.SignalAsync(connection, logins.Select(static l => l.Oid).OfType<uint>().ToArray(), ct);
        var byOid = sessions.ToLookup(static s => s.Login);
        foreach (var login in logins)
        {
            var alive = login.Oid is { } oid ? byOid[oid].ToList() : [];
            foreach (var session in alive)
            {
                login.Ended(node.Name, session.ProcessId);
                login.NoteRefusal(node.Name, session);
            }

            login.SetStartUps(node.Name, FromBefore(login, node, startingUp));
            var noneStarting = login.StartUpsOn(node.Name) is { Count: 0 };
            login.SetClear(node.Name, alive.Count == 0 && noneStarting);
            NoteStubborn(login, node, alive, noneStarting);
        }
    }

    /// <summary>
    /// A signal takes effect when the statement next allows it, and some never do. Such a session counts only after a while, and only while it still runs the statement
    /// that it ran when it was first signalled after the lock: that one was begun before.
    /// </summary>
    private void NoteStubborn(EndingState login, NodeLink node, List<SignalledSession> alive, bool noneStarting)
    {
        login.Stubborn.RemoveAll(s => string.Equals(s.Node, node.Name, StringComparison.Ordinal));
        login.OnlyStubbornOn.Remove(node.Name);
        if (!login.IsStripped || alive.Count == 0)
        {
            return;
        }

        var now = Stopwatch.GetTimestamp();
        foreach (var session in alive)
        {
            var key = (node.Name, session.ProcessId, session.Since);
            if (!login.Closing.Signalled.TryGetValue(key, out var first) || first.Statement != session.StatementSince)
            {
                login.Closing.Signalled[key] = first = (now, session.StatementSince);
            }

            if (session is { IsRunning: true, WasRefused: false, StatementSince: { } since } && Stopwatch.GetElapsedTime(first.SignalledAt, now) >= stubbornAfter)
            {
                login.Stubborn.Add(new UninterruptibleSession(node.Name, session.ProcessId, since));
            }
        }

        if (noneStarting && login.Stubborn.Count(s => string.Equals(s.Node, node.Name, StringComparison.Ordinal)) == alive.Count)
        {
            login.OnlyStubbornOn.Add(node.Name);
        }
    }

    private static int[] Awaited(List<EndingState> logins, NodeLink node) =>
        logins.SelectMany(login => login.Closing.StartingUp.GetValueOrDefault(node.Name) ?? []).Distinct().ToArray();

    // Null while nothing can be said.
    private static List<StartUp>? FromBefore(EndingState login, NodeLink node, List<StartUp> startingUp)
    {
        // Before the lock is in force on this node, a start-up backend seen now says nothing about later ones.
        if (!login.IsShut || !(login.Closing.LockedAt <= node.ReplayedTo))
        {
            return null;
        }

        if (login.Closing.StartingUp.TryGetValue(node.Name, out var before))
        {
            before.IntersectWith(startingUp.Select(static s => s.ProcessId));
        }
        else
        {
            before = startingUp.Select(static s => s.ProcessId).ToHashSet();
            login.Closing.StartingUp.Add(node.Name, before);
        }

        return startingUp.FindAll(s => before.Contains(s.ProcessId));
    }
}
