using System.Collections.Concurrent;
using System.Diagnostics;
using DbChatOps.Targets;
using Npgsql;

namespace DbChatOps.Host.Engines.PostgreSql;

/// <summary>
/// Holds one connection to each node of a server ready while access is live or owed there. Ending access goes over it, so that others who use up the server's
/// connections (half-open log-ins are enough) or its shared lock table cannot keep the bot out. It is renewed before it dies, the new one first.
/// </summary>
internal sealed class ReadyConnections(PostgreSqlConnections fresh, PostgreSqlEngineOptions options) : IAsyncDisposable
{
    private static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<(ServerId Server, string Node), Slot> _slots = new();

    /// <summary>For what goes to other databases, or may wait.</summary>
    public PostgreSqlConnections Fresh => fresh;

    /// <summary>The connection that is held ready if it still answers, else a new one. Give it back with <see cref="GiveBackAsync"/>.</summary>
    /// <exception cref="TargetUnavailableException">There is none, and a new one cannot be had.</exception>
    public async Task<NpgsqlConnection> TakeAsync(Server server, ServerNode node, CancellationToken ct)
    {
        if (_slots.TryGetValue((server.Id, node.ToString()), out var slot) && slot.Take() is { } ready)
        {
            if (await AnswersAsync(ready, static (connection, ct) => connection.RunAsync("RESET ALL", ct), ct))
            {
                return ready;
            }

            await ready.DisposeAsync();
        }

        return await fresh.OpenAsync(server, node, server.AdminDatabase, ct);
    }

    /// <summary>Keeps it for the next ending where one is wanted, else closes it.</summary>
    public async Task GiveBackAsync(Server server, ServerNode node, NpgsqlConnection connection)
    {
        if (connection.State == System.Data.ConnectionState.Open
            && _slots.TryGetValue((server.Id, node.ToString()), out var slot)
            && slot.Keep(connection) is var surplus)
        {
            connection = surplus ?? connection;
            if (surplus is null)
            {
                return;
            }
        }

        await connection.DisposeAsync();
    }

    /// <summary>Makes sure that a connection to each node is there, or lets them go. A node that does not answer is tried again at the next call.</summary>
    public async Task StandReadyAsync(Server server, bool wanted, CancellationToken ct)
    {
        if (!wanted)
        {
            foreach (var node in server.Nodes)
            {
                if (_slots.TryRemove((server.Id, node.ToString()), out var slot) && slot.Take() is { } idle)
                {
                    await idle.DisposeAsync();
                }
            }

            return;
        }

        await Task.WhenAll(server.Nodes.Select(node => RenewAsync(server, node, ct)));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var slot in _slots.Values)
        {
            if (slot.Take() is { } idle)
            {
                await idle.DisposeAsync();
            }
        }
    }

    private async Task RenewAsync(Server server, ServerNode node, CancellationToken ct)
    {
        var slot = _slots.GetOrAdd((server.Id, node.ToString()), static _ => new Slot());
        if (!slot.NeedsLook(options.ReadyFor, out var isOld))
        {
            return;
        }

        var present = slot.Take();
        if (present is not null && !await AnswersAsync(present, LockReserve.FillAsync, ct))
        {
            await present.DisposeAsync();
            present = null;
        }

        if (present is null || isOld)
        {
            try
            {
                var next = await fresh.OpenAsync(server, node, server.AdminDatabase, ct);
                slot.Renewed();
                (present, var former) = (next, present);
                await AnswersAsync(next, LockReserve.FillAsync, ct);
                await (former?.DisposeAsync() ?? ValueTask.CompletedTask);
            }
            catch (TargetUnavailableException)
            {
                // No slot is free just now, or the node is away. An old connection is better than none.
            }
        }

        if (present is not null)
        {
            await GiveBackAsync(server, node, present);
        }
    }

    /// <summary>No state of an earlier use is discarded here but settings: nothing changes more on these connections, and the reserve must stay.</summary>
    private static async Task<bool> AnswersAsync(NpgsqlConnection connection, Func<NpgsqlConnection, CancellationToken, Task> question, CancellationToken ct)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limited.CancelAfter(LongestAnswer);
        try
        {
            await question(connection, limited.Token);
            return true;
        }
        catch (Exception fault) when (PostgreSqlFaults.IsConnectionFault(fault, ct))
        {
            return false;
        }
    }

    /// <summary>One node's connection: idle here, or in use by an ending that brings it back.</summary>
    private sealed class Slot
    {
        private readonly Lock _gate = new();
        private NpgsqlConnection? _idle;
        private bool _isOut;
        private long _since;

        public NpgsqlConnection? Take()
        {
            lock (_gate)
            {
                (var taken, _idle) = (_idle, null);
                _isOut |= taken is not null;
                return taken;
            }
        }

        /// <summary>Returns what is one too many, which is the given one.</summary>
        public NpgsqlConnection? Keep(NpgsqlConnection connection)
        {
            lock (_gate)
            {
                _isOut = false;
                if (_idle is not null)
                {
                    return connection;
                }

                _idle = connection;
                return null;
            }
        }

        /// <summary>Not while an ending uses it: that shows by itself whether it answers.</summary>
        public bool NeedsLook(TimeSpan readyFor, out bool isOld)
        {
            lock (_gate)
            {
                isOld = _since == 0 || Stopwatch.GetElapsedTime(_since) > readyFor;
                return !_isOut;
            }
        }

        public void Renewed()
        {
            lock (_gate)
            {
                _since = Stopwatch.GetTimestamp();
            }
        }
    }
}
