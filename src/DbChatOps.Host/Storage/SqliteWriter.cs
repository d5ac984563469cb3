using Microsoft.Data.Sqlite;

namespace DbChatOps.Host.Storage;

/// <summary>
/// Keeps the writing connection between transactions. After a failed one it is closed, which takes everything back, and opened anew for
/// the next: a full disk that has room again needs no restart.
/// </summary>
internal sealed class SqliteWriter(SqliteDatabase database) : IDisposable
{
    private SqliteConnection? _connection;
    private PreparedStatements? _statements;

    public ValueTask<SqliteBatch> BeginAsync()
    {
        _connection ??= database.OpenWriter();
        try
        {
            _statements ??= new PreparedStatements(_connection);
            return ValueTask.FromResult(new SqliteBatch(_connection, _statements, Dispose));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _statements?.Dispose();
        _statements = null;
        _connection?.Dispose();
        _connection = null;
    }
}
