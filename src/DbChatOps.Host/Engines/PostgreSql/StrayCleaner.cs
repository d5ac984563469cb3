using System.Diagnostics;
using DbChatOps.Targets;
using Npgsql;

namespace DbChatOps.Host.Engines.PostgreSql;

/// <summary>
/// Finishes what ending logins left in the databases: prepared transactions are rolled back, what they own goes to powerless heirs, one for each login, what
/// they were granted is given back. For that each login is lent to its own heir and the heir to the bot, which gets no standing role with it. Never CASCADE.
/// </summary>
internal sealed class StrayCleaner(PostgreSqlConnections connections, Server server, TimeSpan patience)
{
    /// <summary>For what cannot be moved in portions. What takes longer is for people.</summary>
    private const int LongestStatementMilliseconds = 1000;

    private readonly long _started = Stopwatch.GetTimestamp();

    private bool IsOver => Stopwatch.GetElapsedTime(_started) >= patience;

    /// <summary>Only the prepared transactions: one that changed its own role holds the lock up.</summary>
    public async Task RollBackPreparedAsync(NpgsqlConnection writer, IReadOnlyList<EndingState> logins, CancellationToken ct) =>
        await WorkAsync(writer, (await Leftover.ReadAsync(writer, logins, ct)).Where(static l => l is { PreparedGid: not null, PreparedUnder: null }).ToList(), ct);

    public async Task ClearAsync(NpgsqlConnection writer, IReadOnlyList<Leftover> leftovers, CancellationToken ct)
    {
        foreach (var leftover in leftovers)
        {
            // Whose it is cannot be told, so people decide.
            if (leftover.PreparedUnder is { } other)
            {
                leftover.Login.Blockers.Add(other.ToString());
            }
        }

        await WorkAsync(writer, leftovers.Where(static l => l.PreparedUnder is null).OrderBy(static l => l.Login.Closing.Clearings).ToList(), ct);
    }

    private async Task WorkAsync(NpgsqlConnection writer, List<Leftover> strays, CancellationToken ct)
    {
        if (strays.Count == 0)
        {
            return;
        }

        try
        {
            await VisitAsync(strays, await HandDownAsync(writer, strays, ct), ct);
        }
        finally
        {
            await TidyAsync(writer, ct);
        }
    }

    /// <summary>
    /// Before 16 a session can become the marker. What it prepared there is rolled back, and what the marker owns goes to an heir of its own: nobody else can have made it.
    /// What cannot be cleared is found again by the proof, and in time by <c>check</c>.
    /// </summary>
    public async Task ClearMarkerAsync(NpgsqlConnection writer, CancellationToken ct)
    {
        if (await writer.RowsAsync(EndingStatements.Marker, static row => (Oid: row.GetFieldValue<uint>(0), IsUsed: row.GetBoolean(1)), ct) is not [{ IsUsed: true } marker])
        {
            return;
        }

        var name = new EndingLogin("dbchatops_temp", marker.Oid);
        var state = new EndingState(name, new Closing());
        try
        {
            var heir = (await writer.RowsAsync(EndingStatements.LendMarker, static row => row.TextOrNull(0), ct))[0];
            if (heir is not null)
            {
                var strays = await Leftover.ReadAsync(writer, [state], ct);
                await VisitAsync(strays, new Dictionary<EndingState, string> { [state] = heir }, ct);
            }
        }
        catch (PostgresException fault) when (!PostgreSqlFaults.EndsConnection(fault.SqlState))
        {
            // Somebody holds the marker's row. Its leftovers stay and are named by the proofs that they concern.
        }
        finally
        {
            await TidyAsync(writer, ct);
        }
    }

    /// <summary>
    /// Ends every lending and drops heirs that own nothing. It comes after what ends access and may fail: the next step's lock takes each login from its heir,
    /// and the next call does the rest.
    /// </summary>
    public static async Task TidyAsync(NpgsqlConnection writer, CancellationToken ct)
    {
        try
        {
            await writer.RowsAsync(EndingStatements.Tidy, static row => row.GetString(0), ct);
        }
        catch (PostgresException fault) when (!PostgreSqlFaults.EndsConnection(fault.SqlState))
        {
            // An older set-up has no such function; a newer one says what it left, which check shows.
        }
    }

    private async Task VisitAsync(IReadOnlyList<Leftover> strays, Dictionary<EndingState, string> heirs, CancellationToken ct)
    {
        var lent = strays.Where(s => heirs.ContainsKey(s.Login));
        foreach (var database in lent.GroupBy(static s => s.Database.Length == 0 ? null : s.Database, StringComparer.Ordinal))
        {
            await VisitAsync(database.Key ?? server.AdminDatabase, database.ToList(), heirs, ct);
        }
    }

    // Those that were lent, each with its heir.
    private static async Task<Dictionary<EndingState, string>> HandDownAsync(NpgsqlConnection writer, List<Leftover> strays, CancellationToken ct)
    {
        var logins = strays.Select(static s => s.Login).Distinct().ToDictionary(static l => l.Name, StringComparer.Ordinal);
        var heirs = new Dictionary<EndingState, string>();
        try
        {
            foreach (var (login, outcome, heir, code) in await writer.RowsAsync(
                EndingStatements.HandDown, static row => (row.GetString(0), row.GetString(1), row.TextOrNull(2), row.TextOrNull(3)), ct, (object)logins.Keys.ToArray()))
            {
                if (outcome is "lent" && heir is not null)
                {
                    heirs.Add(logins[login], heir);
                }
                else if (outcome is not "absent")
                {
                    logins[login].Blockers.Add($"what it left cannot be taken over yet ({code ?? outcome})");
                }
            }
        }
        catch (PostgresException fault) when (fault.SqlState is PostgresErrorCodes.UndefinedFunction)
        {
            foreach (var login in logins.Values)
            {
                login.Blockers.Add("what it left cannot be taken over: the server's set-up is old, run `check --print-setup`");
            }
        }

        return heirs;
    }

    private async Task VisitAsync(string database, List<Leftover> strays, Dictionary<EndingState, string> heirs, CancellationToken ct)
    {
        try
        {
            await using var connection = await connections.OpenAsync(server, server.Nodes[0], database, ct);
            var triggers = await Remains.EventTriggersAsync(connection, ct);
            foreach (var stray in strays.Where(static s => s.PreparedGid is not null))
            {
                await TryAsync(stray.Login, database, async () =>
                {
                    await connection.RunAsync(EndingStatements.Become(stray.Login.Name), ct);
                    await connection.RunAsync(EndingStatements.RollBackPrepared(stray.PreparedGid ?? string.Empty), ct);
                }, triggers, ct);
            }

            await connection.RunAsync(EndingStatements.LimitStatements(LongestStatementMilliseconds), ct);
            var owners = strays.Where(static s => s.PreparedGid is null).Select(static s => s.Login).Distinct().ToDictionary(static l => l, l => heirs[l]);
            foreach (var (login, heir) in owners)
            {
                login.IsBeingCleared = IsOver;
                login.Closing.Clearings += login.IsBeingCleared ? 0 : 1;
                await TryAsync(login, database, async () =>
                {
                    await connection.RunAsync(EndingStatements.Become(heir), ct);
                    if (login.IsBeingCleared || await MoveLargeObjectsAsync(connection, login, heir, database, ct))
                    {
                        return;
                    }

                    await using var transaction = await connection.BeginTransactionAsync(ct);
                    await connection.RunAsync(EndingStatements.Reassign(login.Name, heir), ct);
                    await connection.RunAsync(EndingStatements.DropOwned(login.Name), ct);
                    await transaction.CommitAsync(ct);
                }, triggers, ct);
            }

            foreach (var login in owners.Keys.Where(static l => l.IsBeingCleared))
            {
                login.Blockers.Add($"what it left in database {database} is on its way to its heir, large objects first");
            }

            await Remains.NameAsync(connection, database, owners.Where(static o => !o.Key.IsBeingCleared).ToDictionary(static o => o.Key, static o => o.Value), ct);
        }
        catch (TargetUnavailableException fault) when (fault.InnerException is ServerErrorException refused)
        {
            foreach (var login in strays.Select(static s => s.Login).Distinct())
            {
                login.Blockers.Add(refused.Code is PostgreSqlFaults.InsufficientPrivilege
                    ? $"database {database} holds leftovers and does not let the bot in: GRANT CONNECT ON DATABASE {NpgsqlReading.Quote(database)} TO dbchatops_bot"
                    : $"database {database} holds leftovers and cannot be entered ({refused.Code})");
            }
        }
        catch (Exception fault) when (PostgreSqlFaults.IsConnectionFault(fault, ct))
        {
            // One database's trouble is that of the logins that left something there, and of no other.
            foreach (var login in strays.Select(static s => s.Login).Distinct())
            {
                login.Blockers.Add($"what it left in database {database} cannot be cleared ({PostgreSqlFaults.Code(fault)})");
            }
        }
    }

    // True when there are more than this step has time for.
    private async Task<bool> MoveLargeObjectsAsync(NpgsqlConnection connection, EndingState login, string heir, string database, CancellationToken ct)
    {
        if (login.Oid is not { } oid || !await connection.RowAsync(EndingStatements.OwnsLargeObjects, static row => row.GetBoolean(0), ct, oid))
        {
            return false;
        }

        var left = patience - Stopwatch.GetElapsedTime(_started);
        await connection.RunAsync(EndingStatements.ReassignLargeObjects(oid, heir, Math.Max(1, (int)left.TotalMilliseconds)), ct);
        return login.IsBeingCleared = await connection.RowAsync(EndingStatements.OwnsLargeObjects, static row => row.GetBoolean(0), ct, oid);
    }

    private static async Task TryAsync(EndingState login, string database, Func<Task> work, string? triggers, CancellationToken ct)
    {
        try
        {
            await work();
        }
        catch (PostgresException fault) when (!ct.IsCancellationRequested && !PostgreSqlFaults.EndsConnection(fault.SqlState))
        {
            login.Blockers.Add(fault.SqlState switch
            {
                PostgresErrorCodes.LockNotAvailable => $"what it left in database {database} is in use by others; tried again soon",
                PostgresErrorCodes.QueryCanceled => $"what it left in database {database} is too much to be moved at once",
                // Errors of the server itself have other classes; an event trigger raises what its author wrote, P0001 if nothing else.
                _ when triggers is not null && !IsServersOwn(fault.SqlState) =>
                    $"what it left in database {database} cannot be cleared ({fault.SqlState}): event trigger {triggers} forbids it; a superuser there may disable it for the moment: ALTER EVENT TRIGGER … DISABLE",
                _ => $"what it left in database {database} cannot be cleared ({fault.SqlState})",
            });
        }
    }

    /// <summary>Classes of errors in which the server says itself why it refuses a change of owner or rights.</summary>
    private static bool IsServersOwn(string state) =>
        state.StartsWith("42", StringComparison.Ordinal) || state.StartsWith("2B", StringComparison.Ordinal) || state.StartsWith("40", StringComparison.Ordinal)
        || state.StartsWith("XX", StringComparison.Ordinal) || state.StartsWith('5');
}
