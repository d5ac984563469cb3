using System.Runtime.CompilerServices;
using Dapper;
using DbChatOps.Ledger;
using Microsoft.Data.Sqlite;

namespace DbChatOps.Host.Storage;

/// <inheritdoc cref="ILedgerReader"/>
public sealed class SqliteLedgerReader : ILedgerReader
{
    private readonly SqliteDatabase _database;
    private readonly SqliteConnection _connection;
    private readonly SqliteTransaction _moment;

    private SqliteLedgerReader(SqliteDatabase database)
    {
        _database = database;
        _connection = database.OpenReader();
        try
        {
            SqliteMigrations.Refuse(_connection);
            _moment = _connection.BeginTransaction(deferred: true);
        }
        catch (SqliteException fault)
        {
            _connection.Dispose();
            throw SqliteDatabase.Unavailable(fault);
        }
    }

    /// <summary>Opens the file for reading only; a bot may be running on it.</summary>
    /// <exception cref="LedgerUnavailableException">It cannot be read, or was written by a newer release.</exception>
    public static SqliteLedgerReader Open(string path) => new(new SqliteDatabase(path, SqliteStore.DefaultBusyTimeout));

    public async Task<ChainHead> ReadHeadAsync(CancellationToken ct) =>
        await _connection.QuerySingleOrDefaultAsync<ChainHead>(new CommandDefinition(SqliteStatements.ReadHead, transaction: _moment, cancellationToken: ct))
        ?? ChainHead.Empty;

    public IAsyncEnumerable<LedgerEntry> ReadEntriesAsync(EntryFilter filter, CancellationToken ct)
    {
        var (sql, values) = EntrySql.Select(filter);
        return StreamAsync(sql, values, ct);
    }

    public IAsyncEnumerable<LedgerEntry> ReadBySubjectAsync(string aggregateKind, CancellationToken ct) =>
        StreamAsync(EntrySql.BySubject, new { from = aggregateKind + ":", to = aggregateKind + ";" }, ct);

    public async Task<StoredSnapshot?> ReadSnapshotAsync(Subject subject, CancellationToken ct)
    {
        var row = await _connection.QuerySingleOrDefaultAsync<SnapshotRow>(
            new CommandDefinition(SqliteStatements.ReadSnapshot, new { kind = subject.Kind, key = subject.Key }, _moment, cancellationToken: ct));
        return row?.AsSnapshot();
    }

    public async IAsyncEnumerable<Subject> ReadSnapshotSubjectsAsync([EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var row in _connection.QueryUnbufferedAsync<SubjectRow>(SqliteStatements.SnapshotSubjects, transaction: _moment).WithCancellation(ct))
        {
            yield return new Subject(row.Kind, row.Key);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _moment.DisposeAsync();
        await _connection.DisposeAsync();
        _database.Dispose();
    }

    private async IAsyncEnumerable<LedgerEntry> StreamAsync(string sql, object values, [EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var row in _connection.QueryUnbufferedAsync<EntryRow>(sql, values, _moment).WithCancellation(ct))
        {
            yield return row.AsEntry();
        }
    }

    private sealed record SubjectRow(string Kind, string Key);

    private sealed record EntryRow(
        long Sequence, long At, string Kind, string Subject, string? Incident, byte[]? Body, byte[]? Salt, byte[] Digest, byte[] Hash)
    {
        public LedgerEntry AsEntry() => new()
        {
            Sequence = Sequence,
            At = new DateTimeOffset(Math.Clamp(At, 0, DateTime.MaxValue.Ticks), TimeSpan.Zero),
            Kind = Kind,
            Subject = Subject,
            Incident = Incident,
            Body = Body,
            Salt = Salt,
            BodyDigest = Digest,
            Hash = Hash,
        };
    }

    private sealed record SnapshotRow(
        long Version, long Open, string State, string? Person, string? Server, string? Target, string? Handle, string? Login, long? Due, long Exposed, byte[] Body)
    {
        public StoredSnapshot AsSnapshot() => new(
            new SnapshotIndex
            {
                Open = Open != 0,
                State = State,
                Person = Person,
                Server = Server,
                Target = Target,
                Handle = Handle,
                Login = Login,
                Due = Due is { } ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null,
                Exposed = Exposed != 0,
            },
            Version,
            Body);
    }
}
