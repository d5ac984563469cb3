using Microsoft.Data.Sqlite;

namespace DbChatOps.Host.Storage;

/// <summary>
/// Keeps the writing connection between transactions. After a failed one it is closed, which takes everything back, and opened anew for
/// the next: a full disk that has room again needs no restart. It is also opened anew after a trouble, because a connection opened during one checkpoints often.
/// </summary>
internal sealed class SqliteWriter(SqliteDatabase database) : IDisposable
{
    private SqliteConnection? _connection;
    private PreparedStatements? _statements;
    private bool _checkpointsOften;

    public ValueTask<SqliteBatch> BeginAsync()
    {
        if (_checkpointsOften && database.Trouble.Why is null)
        {
            Dispose();
        }

        _checkpointsOften = database.Trouble.Why is not null;
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
