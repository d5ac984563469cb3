using System.Globalization;
using Dapper;
using DbChatOps.Ledger;

namespace DbChatOps.Host.Storage;

/// <summary>
/// A <see cref="SnapshotQuery"/> as SQL. Composed of constants, values are parameters. Flags stand as literals, because SQLite uses a partial
/// index only where the statement itself implies the index's condition.
/// </summary>
internal static class SnapshotSql
{
    private const string Columns = "version AS Version, body AS Body";

    /// <summary>Newest first.</summary>
    public static (string Sql, DynamicParameters Values) Find(SnapshotQuery query)
    {
        var (where, values) = Where(query);
        values.Add("limit", query.Limit);
        return ($"SELECT {Columns} FROM snapshots WHERE {where} ORDER BY born DESC LIMIT @limit", values);
    }

    /// <summary>How many match, counted no further than needed to know that it is more than <paramref name="atMost"/>.</summary>
    public static (string Sql, DynamicParameters Values) Count(SnapshotQuery query, int atMost)
    {
        var (where, values) = Where(query);
        values.Add("limit", atMost + 1);
        return (string.Create(CultureInfo.InvariantCulture, $"SELECT count(*) FROM (SELECT 1 FROM snapshots WHERE {where} LIMIT @limit)"), values);
    }

    /// <summary>A snapshot is born with the number of its first entry; after the last entry there is none yet.</summary>
    private static string FirstEntry(string since) =>
        $"coalesce((SELECT seq FROM ledger WHERE at >= {since} ORDER BY at, seq LIMIT 1), {long.MaxValue.ToString(CultureInfo.InvariantCulture)})";

    private static (string Where, DynamicParameters Values) Where(SnapshotQuery query)
    {
        var terms = new List<string> { "kind = @kind" };
        var values = new DynamicParameters();
        values.Add("kind", query.Kind);
        Flag("open", query.Open);
        Flag("exposed", query.Exposed);
        Term("person = @person", "person", query.Person);
        Term("person IN @people", "people", query.People);
        Term("server = @server", "server", query.Server);
        Term("target = @target", "target", query.Target);
        Term("handle = @handle", "handle", query.Handle);
        Term("login = @login", "login", query.Login);
        Term("due < @due", "due", query.DueBefore?.UtcTicks);
        Term($"born >= {FirstEntry("@bornFrom")}", "bornFrom", query.BornFrom?.UtcTicks);
        Term($"born < {FirstEntry("@bornBefore")}", "bornBefore", query.BornBefore?.UtcTicks);
        Term("state IN @states", "states", query.States);
        return (string.Join(" AND ", terms), values);

        void Flag(string column, bool? wanted)
        {
            if (wanted is { } flag)
            {
                terms.Add(flag ? $"{column} = 1" : $"{column} = 0");
            }
        }

        void Term(string term, string name, object? value)
        {
            if (value is not null)
            {
                terms.Add(term);
                values.Add(name, value);
            }
        }
    }
}
