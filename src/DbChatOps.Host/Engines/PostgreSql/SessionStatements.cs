using Npgsql;

namespace DbChatOps.Host.Engines.PostgreSql;

/// <summary>One session of an ending login that was told to end; an outcome other than <c>signalled</c> or <c>ended</c> is the server's refusal.</summary>
internal sealed record SignalledSession(int ProcessId, uint Login, string Outcome, DateTimeOffset Since, DateTimeOffset? StatementSince, bool IsRunning)
{
    public bool WasRefused => Outcome is not ("signalled" or "ended");
}

/// <summary>A backend that is not a session yet.</summary>
/// <param name="ProcessId">Its process on that node.</param>
/// <param name="Since">When it began; absent at the first look, and where neither the server nor Linux tells.</param>
/// <param name="Outcome">Absent while it is left alone; otherwise <c>signalled</c>, <c>ended</c>, or the SQLSTATE with which the server refused to end it.</param>
internal sealed record StartUp(int ProcessId, DateTimeOffset? Since, string? Outcome);

/// <summary>
/// Ends sessions through the facade, which signals those of temporary logins only and sees what the bot's login may not. A node whose set-up is older than
/// version 4 lets the bot signal directly.
/// </summary>
internal static class SessionStatements
{
    private const string Terminate =
        """
        SELECT t.pid, t.login_oid, t.outcome, t.session_since, t.statement_since, coalesce(t.is_running, false) FROM dbchatops.terminate($1) t
        """;

    private const string TerminateDirectly =
        """
        SELECT a.pid, a.usesysid, CASE WHEN pg_terminate_backend(a.pid) THEN 'signalled' ELSE 'ended' END, a.backend_start, a.query_start, coalesce(a.state = 'active', false)
          FROM pg_stat_activity a WHERE a.usesysid = ANY ($1)
        """;

    private const string StartingUp = "SELECT s.pid, s.since, s.outcome FROM dbchatops.starting_up($1) s";

    private const string StartingUpDirectly =
        """
        SELECT l.pid, NULL::timestamptz, NULL FROM pg_locks l LEFT JOIN pg_stat_activity a ON a.pid = l.pid WHERE l.pid IS NOT NULL AND a.pid IS NULL
         UNION
        SELECT a.pid, NULL::timestamptz, NULL FROM pg_stat_activity a WHERE a.backend_type = 'client backend' AND a.usesysid IS NULL AND $1::integer[] IS NOT NULL
        """;

    private const string Ghosts = "SELECT g.pid, g.role_oid, g.client, g.session_since, g.is_ours FROM dbchatops.ghosts($1, $2) g";

    private const string GhostsDirectly =
        """
        SELECT a.pid, a.usesysid, host(a.client_addr), a.backend_start, true, CASE WHEN a.pid = ANY ($2) THEN pg_terminate_backend(a.pid) ELSE false END
          FROM pg_stat_activity a
         WHERE a.backend_type = 'client backend' AND a.usesysid IS NOT NULL AND a.usesysid <> ALL ($1)
           AND NOT EXISTS (SELECT FROM pg_roles r WHERE r.oid = a.usesysid)
        """;

    /// <summary>Signals every session of the logins on this node at once and waits for none.</summary>
    public static Task<List<SignalledSession>> SignalAsync(NpgsqlConnection node, uint[] logins, CancellationToken ct) => RowsAsync(
        node,
        Terminate,
        TerminateDirectly,
        static row => new SignalledSession(
            row.GetInt32(0),
            row.GetFieldValue<uint>(1),
            row.GetString(2),
            row.GetFieldValue<DateTimeOffset>(3),
            row.IsDBNull(4) ? null : row.GetFieldValue<DateTimeOffset>(4),
            row.GetBoolean(5)),
        ct,
        logins);

    /// <summary>
    /// Backends on this node that may have passed the login check and are not sessions yet. Those of <paramref name="awaited"/> that are older than
    /// <c>authentication_timeout</c> are ended: the owner of a database can make them wait with an open rename.
    /// </summary>
    public static Task<List<StartUp>> StartingUpAsync(NpgsqlConnection node, int[] awaited, CancellationToken ct) => RowsAsync(
        node,
        StartingUp,
        StartingUpDirectly,
        static row => new StartUp(row.GetInt32(0), row.IsDBNull(1) ? null : row.GetFieldValue<DateTimeOffset>(1), row.TextOrNull(2)),
        ct,
        awaited);

    /// <summary>Sessions on this node whose role is gone; ends those of temporary logins that were found so before.</summary>
    public static Task<List<T>> GhostsAsync<T>(NpgsqlConnection node, uint[] otherThan, int[] foundBefore, Func<NpgsqlDataReader, T> read, CancellationToken ct) =>
        RowsAsync(node, Ghosts, GhostsDirectly, read, ct, otherThan, foundBefore);

    private static async Task<List<T>> RowsAsync<T>(
        NpgsqlConnection node, string facade, string direct, Func<NpgsqlDataReader, T> read, CancellationToken ct, params object[] parameters)
    {
        try
        {
            return await node.RowsAsync(facade, read, ct, parameters);
        }
        catch (PostgresException fault) when (fault.SqlState is PostgresErrorCodes.UndefinedFunction or PostgresErrorCodes.InvalidSchemaName)
        {
            return await node.RowsAsync(direct, read, ct, parameters);
        }
    }
}
