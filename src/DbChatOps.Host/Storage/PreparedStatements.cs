using System.Collections.Concurrent;
using System.Reflection;
using Microsoft.Data.Sqlite;

namespace DbChatOps.Host.Storage;

/// <summary>The statements of one writing connection, each prepared once: SQLite takes longer to read a small one than to run it.</summary>
internal sealed class PreparedStatements(SqliteConnection connection) : IDisposable
{
    private static readonly ConcurrentDictionary<Type, PropertyInfo[]> Properties = new();

    private readonly Dictionary<string, SqliteCommand> _commands = new(StringComparer.Ordinal);

    /// <summary>Runs one with the properties of <paramref name="values"/> as its parameters; returns the number of rows it changed.</summary>
    public int Execute(string sql, object? values)
    {
        var command = Prepared(sql);
        command.Parameters.Clear();
        foreach (var property in values is null ? [] : Properties.GetOrAdd(values.GetType(), static type => type.GetProperties()))
        {
            command.Parameters.AddWithValue("@" + property.Name, property.GetValue(values) ?? DBNull.Value);
        }

        return command.ExecuteNonQuery();
    }

    public void Dispose()
    {
        foreach (var command in _commands.Values)
        {
            command.Dispose();
        }
    }

    private SqliteCommand Prepared(string sql)
    {
        if (!_commands.TryGetValue(sql, out var command))
        {
            command = connection.CreateCommand();
            command.CommandText = sql;
            _commands.Add(sql, command);
        }

        return command;
    }
}
