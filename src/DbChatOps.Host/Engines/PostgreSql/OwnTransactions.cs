using Npgsql;

namespace DbChatOps.Host.Engines.PostgreSql;

/// <summary>
/// Transactions of the bot's own login that hold what an ending or a new login needs. The bot prepares none, and holds none open for long in the admin database: they
/// belong to a thief of its password. A prepared one outlives a change of that password.
/// </summary>
internal static class OwnTransactions
{
    private const string Prepared =
        "SELECT p.gid FROM pg_prepared_xacts p WHERE p.owner = session_user AND p.database = current_database()";

    /// <summary>Longer than any transaction of ours, or of another bot at work on this server.</summary>
    private const string EndLong =
        """
        SELECT count(pg_terminate_backend(a.pid)) FROM pg_stat_activity a
         WHERE a.usename = session_user AND a.datname = current_database() AND a.pid <> pg_backend_pid() AND a.xact_start < clock_timestamp() - interval '15 s'
        """;

    /// <summary>Rolls the prepared ones back and ends the sessions of the others; returns how many sessions that were.</summary>
    public static async Task<long> EndAsync(NpgsqlConnection writer, CancellationToken ct)
    {
        foreach (var gid in await writer.RowsAsync(Prepared, static row => row.GetString(0), ct))
        {
            try
            {
                await writer.RunAsync($"ROLLBACK PREPARED {NpgsqlReading.QuoteLiteral(gid)}", ct);
            }
            catch (PostgresException fault) when (fault.SqlState is PostgresErrorCodes.UndefinedObject or PostgresErrorCodes.ObjectNotInPrerequisiteState)
            {
                // Another bot was faster.
            }
        }

        return await writer.RowAsync(EndLong, static row => row.GetInt64(0), ct);
    }
}
