using Npgsql;

namespace DbChatOps.Host.Engines.PostgreSql;

/// <summary>
/// A few entries of the server's shared lock table, taken while there is room and released when an ending needs them. Any login can fill that table (advisory locks
/// are enough, in a prepared transaction too), and then no session can lock a relation, change a role or connect.
/// </summary>
internal static class LockReserve
{
    /// <summary>
    /// Random keys, so that no other session takes them first; as many as are missing. Ending one login takes some sixty entries at a time; a session's share by default is 64, and
    /// a server with a smaller table gives less.
    /// </summary>
    private const string Fill =
        """
        DO $reserve$
        DECLARE
            base constant bigint := (random() * 9e18)::bigint;
            held integer;
        BEGIN
            held := (SELECT count(*) FROM pg_lock_status() l WHERE l.pid = pg_backend_pid() AND l.locktype = 'advisory');
            PERFORM pg_try_advisory_lock_shared(base + i) FROM generate_series(1, least(256, 4 * current_setting('max_locks_per_transaction')::integer) - held) i;
        EXCEPTION
            -- Caught here, because the driver gives up its connection for it. What was had by then stays.
            WHEN out_of_memory THEN NULL;
        END
        $reserve$
        """;

    /// <summary>Fills it up; what it holds already counts. A table that is full already has room for none.</summary>
    public static Task FillAsync(NpgsqlConnection connection, CancellationToken ct) => connection.RunAsync(Fill, ct);

    public static Task LetGoAsync(NpgsqlConnection connection, CancellationToken ct) => connection.RunAsync("SELECT pg_advisory_unlock_all()", ct);
}
