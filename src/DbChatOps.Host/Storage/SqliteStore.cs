using DbChatOps.Host.Flow;
using DbChatOps.Ledger;

namespace DbChatOps.Host.Storage;

/// <summary>The embedded store: one SQLite file, one writer, everything that the flow keeps. Hold the <see cref="StoreLock"/> while it is open.</summary>
public sealed class SqliteStore : IAsyncDisposable
{
    /// <summary>How long another process's lock is waited for before the store counts as unavailable.</summary>
    public static readonly TimeSpan DefaultBusyTimeout = TimeSpan.FromSeconds(5);

    private readonly SqliteDatabase _database;
    private readonly SqliteWriter _writer;

    private SqliteStore(SqliteDatabase database, TimeProvider clock)
    {
        _database = database;
        _writer = new SqliteWriter(database);
        Committer = new Committer<SqliteBatch>(_writer.BeginAsync, database.Trouble);
        var agenda = new SqliteAgenda(database, Committer);
        Agenda = agenda;
        Ledger = new SqliteLedger(database, Committer, agenda, clock);
        Inbox = new SqliteInbox(database, Committer, clock);
        Messages = new SqliteMessageBook(database, Committer);
        Homes = new SqliteHomeBook(database, Committer, agenda);
    }

    public ILedger Ledger { get; }

    public IInbox Inbox { get; }

    public IAgendaStore Agenda { get; }

    public IMessageBook Messages { get; }

    public IHomeBook Homes { get; }

    /// <summary>Why what matters cannot be read or written; null when it can.</summary>
    public LedgerUnavailableException? Trouble => _database.Trouble.Why;

    internal Committer<SqliteBatch> Committer { get; }

    /// <summary>
    /// Opens the file beside the process that works on it: for looking, and for putting something into the inbox. The schema is left alone.
    /// </summary>
    /// <exception cref="LedgerUnavailableException">It cannot be read, or another release wrote it.</exception>
    public static SqliteStore OpenBeside(string path, TimeProvider clock)
    {
        var database = new SqliteDatabase(path, DefaultBusyTimeout);
        using var connection = database.OpenReader();
        SqliteMigrations.RefuseOther(connection);
        return new SqliteStore(database, clock);
    }

    /// <summary>
    /// Reserves space for endings, at the start and after a full disk; false while there is none. A full disk counts as over only after this succeeded.
    /// </summary>
    public bool TakeReserve() => _database.Trouble.TakeReserve();

    /// <summary>Opens the file, makes it when absent, and brings an older schema up to date.</summary>
    /// <exception cref="LedgerUnavailableException">It cannot be opened or written, or was written by a newer release.</exception>
    public static SqliteStore Open(string path, TimeProvider clock, TimeSpan? busyTimeout = null)
    {
        var database = new SqliteDatabase(path, busyTimeout ?? DefaultBusyTimeout);
        try
        {
            Prepare(database);
        }
        catch (LedgerUnavailableException fault) when (database.Trouble.Relieve(fault))
        {
            Prepare(database);
        }

        database.Trouble.TakeReserve();
        return new SqliteStore(database, clock);
    }

    private static void Prepare(SqliteDatabase database)
    {
        using var connection = database.OpenWriter();
        SqliteMigrations.Apply(connection);
    }

    /// <summary>Finishes the writes that wait, then closes the file.</summary>
    public async ValueTask DisposeAsync()
    {
        await Committer.DisposeAsync();
        _writer.Dispose();
        _database.Dispose();
    }
}
