using Npgsql;

namespace DbChatOps.Host.Engines.PostgreSql;

/// <summary>What ties an ending login to others and is not ours to end: it is named, with the statement for whoever may.</summary>
internal static class Entanglements
{
    /// <summary>Before the strip, which takes the trace away: such a session is not the login's, and cannot be ended as one.</summary>
    public static async Task RememberBorrowersAsync(NpgsqlConnection writer, IReadOnlyList<EndingState> logins, CancellationToken ct)
    {
        var byOid = logins.Where(static l => l is { IsPresent: true, Oid: not null }).ToDictionary(static l => l.Oid ?? 0);
        foreach (var (oid, processId, start, role) in await writer.RowsAsync(
            EndingStatements.Borrowers,
            static row => (row.GetFieldValue<uint>(0), row.GetInt32(1), row.GetFieldValue<DateTimeOffset>(2), row.GetString(3)),
            ct,
            byOid.Keys.ToArray()))
        {
            byOid[oid].Closing.Borrowers[processId] = (start, role);
        }
    }

    /// <summary>Those that are still there. They belong to somebody else, so people end them.</summary>
    public static async Task NameBorrowersAsync(NpgsqlConnection writer, IReadOnlyList<EndingState> logins, CancellationToken ct)
    {
        var lent = logins.Where(static l => l.Closing.Borrowers.Count > 0).ToList();
        if (lent.Count == 0)
        {
            return;
        }

        var alive = (await writer.RowsAsync(
            EndingStatements.StillThere,
            static row => (row.GetInt32(0), row.GetFieldValue<DateTimeOffset>(1)),
            ct,
            lent.SelectMany(static l => l.Closing.Borrowers.Keys).ToArray())).ToHashSet();
        foreach (var login in lent)
        {
            foreach (var (processId, (start, role)) in login.Closing.Borrowers.ToList())
            {
                if (alive.Contains((processId, start)))
                {
                    login.IsBorrowed = true;
                    login.Blockers.Add($"a session of {role}, to which this login was lent, may still act with its power; end it: SELECT pg_terminate_backend({processId})");
                }
                else
                {
                    login.Closing.Borrowers.Remove(processId);
                }
            }
        }
    }

    /// <summary>Names the transactions of others for which a login could not be locked or dropped.</summary>
    public static async Task NameHoldupsAsync(NpgsqlConnection writer, IReadOnlyList<EndingState> busy, CancellationToken ct)
    {
        if (busy.Count == 0)
        {
            return;
        }

        var byOid = busy.Where(static l => l.Oid is not null).ToDictionary(static l => l.Oid ?? 0);
        var sure = new HashSet<EndingState>();
        try
        {
            foreach (var (oid, holdup) in await writer.RowsAsync(
                EndingStatements.Holdups,
                static row => (row.GetFieldValue<uint>(0), new Holdup(
                    row.TextOrNull(1),
                    row.IsDBNull(2) ? null : row.GetInt32(2),
                    row.GetString(3),
                    row.GetString(4),
                    row.IsDBNull(5) ? null : row.GetFieldValue<DateTimeOffset>(5),
                    Holdup.EffectOf(row.GetString(6)))),
                ct,
                (object)busy.Select(static l => l.Name).ToArray()))
            {
                if (holdup is { Effect: HoldupEffect.ChangedThisRole, Gid: not null })
                {
                    sure.Add(byOid[oid]);
                }

                byOid[oid].Blockers.Add(holdup.ToString());
            }
        }
        catch (PostgresException fault) when (fault.SqlState is PostgresErrorCodes.UndefinedColumn || PostgreSqlFaults.AsRefusal(fault) is { Code: "setup_missing" })
        {
            // A set-up of an earlier version cannot tell; check says so.
        }

        // Its row may have been changed in a subtransaction, which leaves another mark.
        foreach (var leftover in await Leftover.ReadAsync(writer, busy.Where(l => !sure.Contains(l)).ToList(), ct))
        {
            if (leftover.PreparedUnder is { } other)
            {
                leftover.Login.Blockers.Add(other.ToString());
            }
        }
    }
}
