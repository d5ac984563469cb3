using DbChatOps.Targets;
using Npgsql;

namespace DbChatOps.Host.Engines.PostgreSql;

/// <summary>
/// Makes room on a server whose shared lock table is full, so that an ending can go on: the sessions of the ending logins are ended, which needs no entry; those of
/// other temporary logins too where they hold more than a session's share; and the reserve is released. Other sessions that fill the table are named.
/// </summary>
internal sealed class FullLockTable(ReadyConnections connections, PostgreSqlEngineOptions options, ILogger log)
{
    private const string Relieve = "SELECT r.pid, r.gid, coalesce(r.role_name, 'role ' || r.role_oid), r.locks, r.outcome FROM dbchatops.relieve() r";

    /// <summary>Asked before anything that would end in an error and so cost the connection.</summary>
    /// <exception cref="FullLockTableException">There is too little room for ending one login.</exception>
    public static async Task RequireRoomAsync(NpgsqlConnection writer, CancellationToken ct)
    {
        try
        {
            if (!await writer.RowAsync("SELECT dbchatops.has_room()", static row => row.GetBoolean(0), ct))
            {
                throw new FullLockTableException();
            }
        }
        catch (PostgresException fault) when (PostgreSqlFaults.AsRefusal(fault) is { Code: "setup_missing" })
        {
            // A set-up before version 4 cannot tell.
        }
    }

    /// <summary>Takes a step of ending. Where the table is full, room is made and the step taken once more.</summary>
    /// <exception cref="TargetUnavailableException">The server did not answer, or the table is still full; then it names who fills it.</exception>
    public async Task<IReadOnlyList<RevocationReport>> StepAsync(EndLogins request, Func<Task<IReadOnlyList<RevocationReport>>> step, CancellationToken ct)
    {
        try
        {
            return await step();
        }
        catch (TargetUnavailableException full) when (IsMetBy(full))
        {
            var crowd = await RelieveAsync(request, ct);
            try
            {
                return await step();
            }
            catch (TargetUnavailableException still) when (IsMetBy(still))
            {
                var names = crowd.Count > 0 ? $": {string.Join("; ", crowd)}" : string.Empty;
                throw new TargetUnavailableException($"{request.Server.Nodes[0]} can lock nothing more, its shared lock table is full{names}", still);
            }
        }
    }

    // Returns those who still hold more than their share and are not ours to end, in words with the statement for a DBA.
    private async Task<IReadOnlyList<string>> RelieveAsync(EndLogins request, CancellationToken ct)
    {
        var server = request.Server;
        var writer = await connections.TakeAsync(server, server.Nodes[0], ct);
        try
        {
            return await PostgreSqlFaults.GuardAsync(server.Nodes[0], () => RelieveAsync(writer, request, ct), ct);
        }
        finally
        {
            await connections.GiveBackAsync(server, server.Nodes[0], writer);
        }
    }

    private async Task<IReadOnlyList<string>> RelieveAsync(NpgsqlConnection writer, EndLogins request, CancellationToken ct)
    {
        var patience = new Patience(options.StepPatience);
        var oids = request.Logins.Select(static login => login.Oid).OfType<uint>().ToArray();
        await LockReserve.LetGoAsync(writer, ct);
        var told = new HashSet<int>();
        while (true)
        {
            var ending = await SessionStatements.SignalAsync(writer, oids, ct);
            var crowd = await CrowdAsync(writer, ct);
            foreach (var hoarder in crowd.Where(h => h is { ProcessId: { } process, IsEnding: true } && told.Add(process)))
            {
                log.EndedForItsLocks(request.Server.Id.Value, hoarder.ProcessId ?? 0, hoarder.Role, hoarder.Locks);
            }

            var isLeaving = ending.Exists(static session => !session.WasRefused) || crowd.Exists(static hoarder => hoarder.IsEnding);
            if (!isLeaving || !await patience.PauseAsync(ct))
            {
                return [.. crowd.Where(static hoarder => !hoarder.IsEnding).Select(static hoarder => hoarder.ToString())];
            }
        }
    }

    // The driver gives up the connection that met it, and with it the reserve.
    private static bool IsMetBy(TargetUnavailableException fault) => fault.InnerException is ServerErrorException { Code: PostgresErrorCodes.OutOfMemory } or FullLockTableException;

    private static async Task<List<Hoarder>> CrowdAsync(NpgsqlConnection writer, CancellationToken ct)
    {
        try
        {
            return await writer.RowsAsync(
                Relieve,
                static row => new Hoarder(row.IsDBNull(0) ? null : row.GetInt32(0), row.TextOrNull(1), row.GetString(2), row.GetInt64(3), row.TextOrNull(4) is "signalled" or "ended"),
                ct);
        }
        catch (PostgresException fault) when (PostgreSqlFaults.AsRefusal(fault) is { Code: "setup_missing" })
        {
            // A set-up before version 4; check says so.
            return [];
        }
    }

    /// <summary>Who holds more than a session's share of the table.</summary>
    private sealed record Hoarder(int? ProcessId, string? Gid, string Role, long Locks, bool IsEnding)
    {
        public override string ToString() => Gid is { } gid
            ? $"prepared transaction of {Role} with {Locks} locks; as a superuser in its database: ROLLBACK PREPARED {NpgsqlReading.ReadableLiteral(gid)}"
            : $"session {ProcessId} of {Role} with {Locks} locks; as a superuser: SELECT pg_terminate_backend({ProcessId})";
    }
}

/// <summary>The server's shared lock table is full, told by the server without an error.</summary>
internal sealed class FullLockTableException() : Exception("the server's shared lock table is full");
