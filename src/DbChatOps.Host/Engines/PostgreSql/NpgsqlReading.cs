using System.Globalization;
using System.Text;
using DbChatOps.Targets;
using Npgsql;
using NpgsqlTypes;

namespace DbChatOps.Host.Engines.PostgreSql;

/// <summary>One statement, positional parameters, rows read by a function: all that the engine needs of a driver.</summary>
internal static class NpgsqlReading
{
    public static async Task<List<T>> RowsAsync<T>(
        this NpgsqlConnection connection, string sql, Func<NpgsqlDataReader, T> read, CancellationToken ct, params object[] parameters)
    {
        await using var command = Command(connection, sql, parameters);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var rows = new List<T>();
        while (await reader.ReadAsync(ct))
        {
            rows.Add(read(reader));
        }

        return rows;
    }

    public static async Task<T> RowAsync<T>(
        this NpgsqlConnection connection, string sql, Func<NpgsqlDataReader, T> read, CancellationToken ct, params object[] parameters) =>
        (await connection.RowsAsync(sql, read, ct, parameters))[0];

    public static async Task RunAsync(this NpgsqlConnection connection, string sql, CancellationToken ct, params object[] parameters)
    {
        await using var command = Command(connection, sql, parameters);
        await command.ExecuteNonQueryAsync(ct);
    }

    public static string? TextOrNull(this NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    /// <summary>Identity and clock in one go; the clocks are compared at the middle of the round trip.</summary>
    public static async Task<ServerIdentity> IdentifyAsync(this NpgsqlConnection connection, Server server, TimeProvider clock, CancellationToken ct)
    {
        var databases = await connection.RowsAsync(FacadeStatements.Databases, static row => (row.GetString(0), row.GetFieldValue<uint>(1)), ct);
        var asked = clock.GetUtcNow();
        var (system, timeline, version, serverTime) = await connection.RowAsync(
            FacadeStatements.Identity,
            static row => (row.GetString(0), row.GetInt32(1), row.GetString(2), row.GetFieldValue<DateTimeOffset>(3)),
            ct);
        var answered = clock.GetUtcNow();
        return new ServerIdentity
        {
            SystemIdentifier = system,
            Databases = databases.ToDictionary(static d => d.Item1, static d => d.Item2, StringComparer.Ordinal),
            Timeline = timeline,
            Version = version,
            ClockSkew = serverTime + server.ServerTimeOffset() - (asked + ((answered - asked) / 2)),
        };
    }

    /// <summary>Quotes an identifier for the few statements that take no parameters.</summary>
    public static string Quote(string identifier) => $"\"{identifier.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <summary>Quotes a literal for ROLLBACK PREPARED, which takes no parameter. Backslashes are plain under standard_conforming_strings.</summary>
    public static string QuoteLiteral(string value) =>
        value.Contains('\\', StringComparison.Ordinal)
            ? $" E'{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "''", StringComparison.Ordinal)}'"
            : $"'{value.Replace("'", "''", StringComparison.Ordinal)}'";

    /// <summary>
    /// A literal for people to copy: whatever a display would drop, fold or turn around is written as an escape. For databases whose encoding is UTF-8.
    /// </summary>
    public static string ReadableLiteral(string value)
    {
        var text = new StringBuilder();
        var last = value.Length - 1;
        for (var i = 0; i < value.Length; i++)
        {
            var rune = char.IsSurrogatePair(value, i) ? new Rune(value[i], value[++i]) : Rune.TryCreate(value[i], out var single) ? single : Rune.ReplacementChar;
            text.Append(rune.Value switch
            {
                '\'' => "''",
                '\\' => @"\\",
                ' ' when i == last || text is [.., ' '] => @"\x20",
                < ' ' or 0x7f => string.Create(CultureInfo.InvariantCulture, $@"\x{rune.Value:x2}"),
                < 0x7f => rune.ToString(),
                <= char.MaxValue => string.Create(CultureInfo.InvariantCulture, $@"\u{rune.Value:x4}"),
                _ => string.Create(CultureInfo.InvariantCulture, $@"\U{rune.Value:x8}"),
            });
        }

        return text.ToString() is var escaped && escaped.Contains('\\', StringComparison.Ordinal) ? $"E'{escaped}'" : $"'{escaped}'";
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, object[] parameters)
    {
        var command = new NpgsqlCommand(sql, connection);
        foreach (var value in parameters)
        {
            command.Parameters.Add(value switch
            {
                uint oid => new NpgsqlParameter { Value = oid, NpgsqlDbType = NpgsqlDbType.Oid },
                // To the runtime an int[] is a uint[] too.
                uint[] oids when value.GetType() == typeof(uint[]) => new NpgsqlParameter { Value = oids, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Oid },
                DateTimeOffset moment => new NpgsqlParameter { Value = moment.ToUniversalTime(), NpgsqlDbType = NpgsqlDbType.TimestampTz },
                _ => new NpgsqlParameter { Value = value },
            });
        }

        return command;
    }
}
