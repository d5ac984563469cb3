using DbChatOps.Targets;
using Npgsql;

namespace DbChatOps.Host.Engines.PostgreSql;

/// <summary>
/// Finishes what ending logins left in the databases: prepared transactions are rolled back, what they own goes to the powerless inheritor, what they were
/// granted is given back. For that the login is lent to the cleaner, which administers nothing. Never CASCADE.
/// </summary>
internal sealed class StrayCleaner(PostgreSqlConnections connections, Server server)
{
    /// <summary>Only the prepared transactions: one that changed its own role holds the lock up.</summary>
    public async Task RollBackPreparedAsync(NpgsqlConnection writer, IReadOnlyList<EndingState> logins, CancellationToken ct) =>
        await WorkAsync(writer, logins, static stray => stray.PreparedGid is not null, ct);

    public async Task ClearAsync(NpgsqlConnection writer, IReadOnlyList<EndingState> logins, CancellationToken ct) =>
        await WorkAsync(writer, logins, static _ => true, ct);

    private async Task WorkAsync(NpgsqlConnection writer, IReadOnlyList<EndingState> logins, Func<Stray, bool> wanted, CancellationToken ct)
    {
        var byOid = logins.Where(static l => l.Oid is not null).ToDictionary(static l => l.Oid ?? 0);
        var strays = (await writer.RowsAsync(
                EndingStatements.Leftovers,
                row => new Stray(byOid[row.GetFieldValue<uint>(0)], row.GetString(1), row.TextOrNull(2)),
                ct,
                byOid.Keys.ToArray()))
            .Where(wanted)
            .ToList();
        if (strays.Count == 0)
        {
            return;
        }

        var lent = strays.Select(static s => s.Login.Name).Distinct(StringComparer.Ordinal).ToArray();
        await writer.RunAsync(EndingStatements.Lend, ct, (object)lent);
        try
        {
            foreach (var database in strays.GroupBy(static s => s.Database.Length == 0 ? null : s.Database, StringComparer.Ordinal))
            {
                await VisitAsync(database.Key ?? server.AdminDatabase, database.ToList(), ct);
            }
        }
        finally
        {
            // A crash before this line is harmless too: the next step's lock strips every membership.
            await writer.RunAsync(EndingStatements.Unlend, ct, (object)lent);
        }
    }

    private async Task VisitAsync(string database, List<Stray> strays, CancellationToken ct)
    {
        try
        {
            await using var connection = await connections.OpenAsync(server, server.Nodes[0], database, ct);
            foreach (var stray in strays.Where(static s => s.PreparedGid is not null))
            {
                await TryAsync(stray.Login, database, async () =>
                {
                    await connection.RunAsync(EndingStatements.Become(stray.Login.Name), ct);
                    await connection.RunAsync(EndingStatements.RollBackPrepared(stray.PreparedGid ?? string.Empty), ct);
                }, ct);
            }

            await connection.RunAsync(EndingStatements.BecomeCleaner, ct);
            var owners = strays.Where(static s => s.PreparedGid is null).Select(static s => s.Login).Distinct().ToList();
            foreach (var login in owners)
            {
                await TryAsync(login, database, async () =>
                {
                    await using var transaction = await connection.BeginTransactionAsync(ct);
                    await connection.RunAsync(EndingStatements.Reassign(login.Name), ct);
                    await connection.RunAsync(EndingStatements.DropOwned(login.Name), ct);
                    await transaction.CommitAsync(ct);
                }, ct);
            }

            await NameRemainsAsync(connection, database, owners, ct);
        }
        catch (TargetUnavailableException fault) when (fault.InnerException is PostgresException refused)
        {
            foreach (var login in strays.Select(static s => s.Login).Distinct())
            {
                login.Blockers.Add(refused.SqlState is PostgreSqlFaults.InsufficientPrivilege
                    ? $"database {database} holds leftovers and does not let the bot in: GRANT CONNECT ON DATABASE {NpgsqlReading.Quote(database)} TO dbchatops_bot"
                    : $"database {database} holds leftovers and cannot be entered ({refused.SqlState})");
            }
        }
    }

    private static async Task TryAsync(EndingState login, string database, Func<Task> work, CancellationToken ct)
    {
        try
        {
            await work();
        }
        catch (PostgresException fault) when (!ct.IsCancellationRequested)
        {
            login.Blockers.Add(fault.SqlState is PostgresErrorCodes.LockNotAvailable
                ? $"what it left in database {database} is in use by others; tried again soon"
                : $"what it left in database {database} cannot be cleared ({fault.SqlState})");
        }
    }

    // Rights that the owner of some object granted to the login: only that owner, or a superuser, can take them back.
    private static async Task NameRemainsAsync(NpgsqlConnection connection, string database, List<EndingState> owners, CancellationToken ct)
    {
        var byOid = owners.ToDictionary(static l => l.Oid ?? 0);
        foreach (var (oid, what) in await connection.RowsAsync(
            EndingStatements.Remains, static row => (row.GetFieldValue<uint>(0), row.GetString(1)), ct, byOid.Keys.ToArray()))
        {
            var login = byOid[oid];
            login.Blockers.Add($"{what} in database {database}; a superuser there runs: DROP OWNED BY {NpgsqlReading.Quote(login.Name)}");
        }
    }

    private sealed record Stray(EndingState Login, string Database, string? PreparedGid);
}
