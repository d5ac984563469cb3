using DbChatOps.Ledger;
using Microsoft.Data.Sqlite;

namespace DbChatOps.Host.Storage;

/// <summary>Connections to the one database file: a writing one for the committer, pooled read-only ones for everybody else.</summary>
internal sealed class SqliteDatabase(string path, TimeSpan busyTimeout) : IDisposable
{
    /// <summary>Beyond this the write-ahead file is cut back after a checkpoint.</summary>
    private const int LargestIdleLogInBytes = 64 * 1024 * 1024;

    /// <summary>16 MB: a page that many commits change is copied back once. SQLite's own 1,000 would copy it for each few commits of a busy minute.</summary>
    private const int PagesBetweenCheckpoints = 4_000;

    /// <summary>On a full disk: checkpoints often, so that the write-ahead log starts over in the space that it has.</summary>
    private const int PagesBetweenCheckpointsWithoutRoom = 50;

    private readonly string _reading = ConnectionString(path, SqliteOpenMode.ReadOnly, busyTimeout, pooling: true);

    public string Path { get; } = path;

    public StoreTrouble Trouble { get; } = new(new SpaceReserve(path));

    /// <summary>A connection that may write, with every commit flushed to the disk.</summary>
    public SqliteConnection OpenWriter()
    {
        Make();
        var connection = new SqliteConnection(ConnectionString(Path, SqliteOpenMode.ReadWriteCreate, busyTimeout, pooling: false));
        try
        {
            connection.Open();
            using var settings = connection.CreateCommand();
            settings.CommandText = $"""
                PRAGMA busy_timeout = {(long)busyTimeout.TotalMilliseconds};
                PRAGMA journal_mode = WAL;
                PRAGMA synchronous = FULL;
                PRAGMA foreign_keys = ON;
                PRAGMA trusted_schema = OFF;
                PRAGMA secure_delete = ON;
                PRAGMA temp_store = MEMORY;
                PRAGMA wal_autocheckpoint = {(Trouble.Why is null ? PagesBetweenCheckpoints : PagesBetweenCheckpointsWithoutRoom)};
                PRAGMA journal_size_limit = {LargestIdleLogInBytes};
                {(Trouble.Why is null ? "" : "PRAGMA wal_checkpoint(TRUNCATE);")}
                """;
            settings.ExecuteNonQuery();
            return connection;
        }
        catch (SqliteException fault)
        {
            connection.Dispose();
            throw Unavailable(fault);
        }
    }

    /// <summary>A connection that cannot write; works beside a process that does.</summary>
    public SqliteConnection OpenReader()
    {
        var connection = new SqliteConnection(_reading);
        try
        {
            connection.Open();
            return connection;
        }
        catch (SqliteException fault)
        {
            connection.Dispose();
            throw Unavailable(fault);
        }
    }

    /// <summary>One look-up. SQLite answers on the calling thread, in microseconds; only its faults arrive as a task's do.</summary>
    /// <exception cref="LedgerUnavailableException">The file cannot be read.</exception>
    public Task<T> ReadAsync<T>(Func<SqliteConnection, T> read, CancellationToken ct)
    {
        if (ct.IsCancellationRequested)
        {
            return Task.FromCanceled<T>(ct);
        }

        try
        {
            using var connection = OpenReader();
            return Task.FromResult(read(connection));
        }
        catch (SqliteException fault)
        {
            var trouble = Unavailable(fault);
            Trouble.Failed(trouble);
            return Task.FromException<T>(trouble);
        }
        catch (LedgerUnavailableException fault)
        {
            Trouble.Failed(fault);
            return Task.FromException<T>(fault);
        }
    }

    public void Dispose()
    {
        using var connection = new SqliteConnection(_reading);
        SqliteConnection.ClearPool(connection);
    }

    /// <summary>SQLite's result code in words that tell an operator where to look.</summary>
    public static LedgerUnavailableException Unavailable(SqliteException fault)
    {
        var reason = fault.SqliteErrorCode switch
        {
            SQLitePCL.raw.SQLITE_FULL => "the disk is full",
            SQLitePCL.raw.SQLITE_IOERR => "reading or writing the file failed",
            SQLitePCL.raw.SQLITE_BUSY or SQLitePCL.raw.SQLITE_LOCKED => "another process holds it locked",
            SQLitePCL.raw.SQLITE_CANTOPEN => "the file cannot be opened",
            SQLitePCL.raw.SQLITE_READONLY => "the file or its folder is read-only",
            SQLitePCL.raw.SQLITE_CORRUPT or SQLitePCL.raw.SQLITE_NOTADB => "the file is damaged or is not a database",
            _ => $"SQLite reports {fault.SqliteErrorCode}",
        };
        return new LedgerUnavailableException($"The store is not available: {reason}.", fault);
    }

    /// <summary>SQLite would let everybody read a new file; those that it puts beside one inherit its mode.</summary>
    private void Make()
    {
        try
        {
            if (!File.Exists(Path))
            {
                PrivateFile.Open(Path, FileMode.OpenOrCreate, FileShare.ReadWrite).Dispose();
            }
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new LedgerUnavailableException("The store is not available: the file cannot be made.", fault);
        }
    }

    private static string ConnectionString(string path, SqliteOpenMode mode, TimeSpan busyTimeout, bool pooling) => new SqliteConnectionStringBuilder
    {
        DataSource = path,
        Mode = mode,
        Pooling = pooling,
        DefaultTimeout = Math.Max(1, (int)busyTimeout.TotalSeconds),
    }.ToString();
}
