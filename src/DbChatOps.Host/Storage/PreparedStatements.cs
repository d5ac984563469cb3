using System.Collections.Concurrent;
using System.Reflection;
using Microsoft.Data.Sqlite;

namespace DbChatOps.Host.Storage;

/// <summary>The statements of one writing connection, each prepared once: SQLite takes longer to read a small one than to run it.</summary>
internal sealed class PreparedStatements(SqliteConnection connection) : IDisposable
{
    private static readonly ConcurrentDictionary<Type, PropertyInfo[]> Properties = new();

    private readonly Dictionary<string, Prepared> _statements = new(StringComparer.Ordinal);

    /// <summary>Runs one with the properties of <paramref name="values"/> as its parameters; returns the number of rows it changed.</summary>
    public int Execute(string sql, object? values)
    {
        if (!_statements.TryGetValue(sql, out var statement))
        {
            _statements.Add(sql, statement = new Prepared(connection.CreateCommand()) { Command = { CommandText = sql } });
        }

        statement.Bind(values);
        return statement.Command.ExecuteNonQuery();
    }

    public void Dispose()
    {
        foreach (var statement in _statements.Values)
        {
            statement.Command.Dispose();
        }
    }

    /// <summary>A statement and its parameters, which are made anew only for values of another shape.</summary>
    private sealed class Prepared(SqliteCommand command)
    {
        private Type? _shape;

        public SqliteCommand Command { get; } = command;

        public void Bind(object? values)
        {
            var properties = values is null ? [] : Properties.GetOrAdd(values.GetType(), static type => type.GetProperties());
            if (values?.GetType() != _shape)
            {
                _shape = values?.GetType();
                Command.Parameters.Clear();
                foreach (var property in properties)
                {
                    Command.Parameters.Add(new SqliteParameter { ParameterName = "@" + property.Name });
                }
            }

            for (var index = 0; index < properties.Length; index++)
            {
                Command.Parameters[index].Value = properties[index].GetValue(values) ?? DBNull.Value;
            }
        }
    }
}
