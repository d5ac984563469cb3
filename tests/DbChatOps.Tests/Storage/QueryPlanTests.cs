using System.Reflection;
using Dapper;
using DbChatOps.Host.Storage;
using DbChatOps.Ledger;
using Microsoft.Data.Sqlite;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Storage;

/// <summary>A decision must not become dearer as the ledger grows: SQLite is asked how it would run every statement.</summary>
public sealed class QueryPlanTests : IAsyncDisposable
{
    private static readonly string[] Big = ["ledger", "snapshots", "inbox", "agenda", "messages", "homes"];

    private readonly SqliteStoreUnderTest _store = new();
    private readonly SqliteConnection _reader;

    public QueryPlanTests()
    {
        _reader = new SqliteConnection($"Data Source={_store.Path};Pooling=False");
        _reader.Open();
    }

    public static TheoryData<string> Statements => [.. typeof(SqliteStatements).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(statement => statement.Name)
        .Where(name => name != nameof(SqliteStatements.UnmentionedSnapshots))];

    [Theory]
    [MemberData(nameof(Statements))]
    public void No_statement_scans_a_big_table(string name)
    {
        var sql = (string)typeof(SqliteStatements).GetField(name)!.GetRawConstantValue()!;

        ShouldUseIndexes(sql);
    }

    [Fact]
    public void Every_shape_of_look_up_uses_an_index_that_knows_more_than_the_kind()
    {
        foreach (var query in Shapes())
        {
            foreach (var sql in new[] { SnapshotSql.Find(query).Sql, SnapshotSql.Count(query, 3).Sql })
            {
                var plan = ShouldUseIndexes(Listed(sql));
                plan.ShouldNotContain("sqlite_autoindex_snapshots_1 (kind=?)", Case.Sensitive, sql);
            }
        }
    }

    [Theory]
    [InlineData("person")]
    [InlineData("server")]
    [InlineData("target")]
    public void What_is_open_is_found_among_the_open_ones_only(string column)
    {
        var query = new SnapshotQuery { Kind = "grant", Open = true, States = ["a"] };
        query = column switch
        {
            "person" => query with { Person = "x" },
            "server" => query with { Server = "x" },
            _ => query with { Target = "x" },
        };

        foreach (var sql in new[] { SnapshotSql.Find(query).Sql, SnapshotSql.Count(query, 3).Sql })
        {
            ShouldUseIndexes(Listed(sql)).ShouldContain($"snapshots_open_{column}");
        }
    }

    [Fact]
    public void What_one_human_has_open_is_counted_among_theirs_only() =>
        ShouldUseIndexes(Listed(SnapshotSql.Count(new SnapshotQuery { Kind = "request", Open = true, People = ["a", "b"] }, 2).Sql)).ShouldContain("snapshots_open_person");

    [Fact]
    public void What_one_person_asked_for_is_found_among_theirs_only() =>
        ShouldUseIndexes(Listed(SnapshotSql.Find(new SnapshotQuery { Kind = "request", Person = "x", States = ["a", "b"] }).Sql)).ShouldContain("snapshots_person");

    public async ValueTask DisposeAsync()
    {
        await _reader.DisposeAsync();
        await _store.DisposeAsync();
    }

    /// <summary>Every field given or not.</summary>
    private static IEnumerable<SnapshotQuery> Shapes() => Enumerable.Range(0, 1 << 11).Select(bits => new SnapshotQuery
    {
        Kind = "grant",
        Open = (bits & 1) != 0 ? true : null,
        States = (bits & 2) != 0 ? ["a", "b"] : null,
        Person = (bits & 4) != 0 ? "x" : null,
        Server = (bits & 8) != 0 ? "x" : null,
        Target = (bits & 16) != 0 ? "x" : null,
        Handle = (bits & 32) != 0 ? "x" : null,
        Login = (bits & 64) != 0 ? "x" : null,
        Exposed = (bits & 128) != 0 ? true : null,
        DueBefore = (bits & 256) != 0 ? DateTimeOffset.UnixEpoch : null,
        People = (bits & 512) != 0 ? ["a", "b"] : null,
        BornFrom = (bits & 1024) != 0 ? DateTimeOffset.UnixEpoch : null,
        BornBefore = (bits & 1024) != 0 ? DateTimeOffset.UnixEpoch : null,
    });

    /// <summary>Dapper writes lists out; so does this.</summary>
    private static string Listed(string sql) =>
        sql.Replace("@states", "('a', 'b')", StringComparison.Ordinal).Replace("@people", "('a', 'b')", StringComparison.Ordinal);

    private string ShouldUseIndexes(string sql)
    {
        using var command = _reader.CreateCommand();
        command.CommandText = "EXPLAIN QUERY PLAN " + sql;
        foreach (var name in System.Text.RegularExpressions.Regex.Matches(sql, @"@\w+", default, TimeSpan.FromSeconds(1)).Select(match => match.Value).Distinct(StringComparer.Ordinal))
        {
            command.Parameters.AddWithValue(name, DBNull.Value);
        }

        var lines = new List<string>();
        using (var reader = command.ExecuteReader())
        {
            while (reader.Read())
            {
                lines.Add(reader.GetString(3));
            }
        }

        var plan = string.Join('\n', lines);
        // By an index too: it is the whole table all the same, but for the one index that knows only the few deliveries that wait.
        lines.Where(line => Big.Any(table => line.StartsWith($"SCAN {table}", StringComparison.Ordinal)) && !line.EndsWith("inbox_undecided", StringComparison.Ordinal))
            .ShouldBeEmpty($"{sql}\n{plan}");
        return plan;
    }
}
