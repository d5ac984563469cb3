using DbChatOps.Ledger;

namespace DbChatOps.Host.Storage;

/// <summary>
/// Whether the store takes what matters. A small write still fits where a larger one does not, so a trouble is over only when a transaction has added to the
/// ledger again; and after a full disk not before the reserve has its room back.
/// </summary>
internal sealed class StoreTrouble(SpaceReserve reserve)
{
    private volatile LedgerUnavailableException? _why;

    /// <summary>Null when all is well.</summary>
    public LedgerUnavailableException? Why => _why;

    public void Failed(LedgerUnavailableException fault) => _why = fault;

    public void Succeeded(bool addedToLedger)
    {
        if (addedToLedger && _why is not null && reserve.IsWhole)
        {
            _why = null;
        }
    }

    /// <summary>After a failed transaction: frees the reserve if the disk is full. True when a retry may succeed.</summary>
    public bool Relieve(Exception fault)
    {
        if (!IsFull(fault))
        {
            return false;
        }

        // Worth a retry without a reserve too: reopening the file truncates the write-ahead log.
        reserve.GiveUp();
        _why = new LedgerUnavailableException("The disk of the store is full, and the 2 MB kept free for endings are in use: make room on it.", fault);
        return true;
    }

    /// <summary>Takes the reserve, or takes it back. Without it the store is in trouble: the next full disk would keep an ending out of the ledger.</summary>
    public bool TakeReserve()
    {
        if (reserve.TryTake())
        {
            return true;
        }

        _why ??= new LedgerUnavailableException($"The disk of the store has no room: {SpaceReserve.Size / (1024 * 1024)} MB for endings could not be set aside.");
        return false;
    }

    private static bool IsFull(Exception? fault) => fault switch
    {
        null => false,
        Microsoft.Data.Sqlite.SqliteException { SqliteErrorCode: SQLitePCL.raw.SQLITE_FULL } => true,
        _ => IsFull(fault.InnerException),
    };
}
