using System.Security.Cryptography;
using Dapper;
using DbChatOps.Ledger;
using Microsoft.Data.Sqlite;

namespace DbChatOps.Host.Storage;

/// <summary>One transaction of the embedded store. It holds the write lock from its first moment, so what it reads cannot change under it.</summary>
internal sealed class SqliteBatch : IBatch
{
    private readonly SqliteConnection _connection;
    private readonly PreparedStatements _statements;
    private readonly Action _abandon;
    private ChainHead? _stored;
    private ChainHead? _head;
    private ChainHead? _marked;
    private bool _hasMark;
    private bool _committed;

    /// <summary><paramref name="abandon"/> is called when the transaction was not committed: the connection is then not to be trusted further.</summary>
    public SqliteBatch(SqliteConnection connection, PreparedStatements statements, Action abandon)
    {
        (_connection, _statements, _abandon) = (connection, statements, abandon);
        Execute("BEGIN IMMEDIATE");
    }

    /// <summary>The end of the chain, including what this transaction has appended.</summary>
    public ChainHead Head => _head ??= _stored = Query(connection =>
        connection.QuerySingleOrDefault<ChainHead>(SqliteStatements.ReadHead)) ?? ChainHead.Empty;

    public bool AddsToLedger => _head is not null && _head != _stored;

    /// <summary>Whether old inbox keys were cleared away in this transaction: once is enough.</summary>
    public bool HasPurgedInbox { get; set; }

    public void Append(DraftEntry draft)
    {
        var entry = Head.Append(draft, RandomNumberGenerator.GetBytes(HashChain.SaltLength));
        Execute(SqliteStatements.AppendEntry, new
        {
            entry.Sequence,
            At = entry.At.UtcTicks,
            entry.Kind,
            entry.Subject,
            entry.Incident,
            entry.Body,
            entry.Salt,
            Digest = entry.BodyDigest,
            entry.Hash,
        });
        _head = new ChainHead(entry.Sequence, entry.Hash);
    }

    /// <summary>Runs a statement and returns the number of rows it changed.</summary>
    public int Execute(string sql, object? values = null) => Query(_ => _statements.Execute(sql, values));

    public T Query<T>(Func<SqliteConnection, T> read)
    {
        try
        {
            return read(_connection);
        }
        catch (SqliteException fault) when (fault.SqliteErrorCode != SQLitePCL.raw.SQLITE_CONSTRAINT)
        {
            throw SqliteDatabase.Unavailable(fault);
        }
    }

    public ValueTask MarkAsync()
    {
        // Kept savepoints would pile up: SQLite copies a changed page once for each that is open.
        Execute(_hasMark ? "RELEASE write; SAVEPOINT write" : "SAVEPOINT write");
        (_marked, _hasMark) = (_head, true);
        return ValueTask.CompletedTask;
    }

    public ValueTask UndoAsync()
    {
        _head = _marked ?? _stored;
        Execute("ROLLBACK TO write");
        return ValueTask.CompletedTask;
    }

    public ValueTask CommitAsync()
    {
        if (AddsToLedger)
        {
            Execute(SqliteStatements.WriteHead, _head);
        }

        Execute("COMMIT");
        _committed = true;
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        if (!_committed)
        {
            _abandon();
        }

        return ValueTask.CompletedTask;
    }
}
