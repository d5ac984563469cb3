using DbChatOps.Host.Configuration;
using DbChatOps.Host.Storage;
using DbChatOps.Ledger;

namespace DbChatOps.Host.Commands;

/// <summary>The store as a second process may open it.</summary>
internal static class Beside
{
    /// <summary>Opened for looking and for the inbox.</summary>
    /// <exception cref="LedgerUnavailableException">There is none yet, it cannot be read, or another release wrote it.</exception>
    public static SqliteStore Open(Settings settings, TimeProvider clock) => File.Exists(settings.Store.Path)
        ? SqliteStore.OpenBeside(settings.Store.Path, clock)
        : throw new LedgerUnavailableException($"There is no ledger at {settings.Store.Path} yet.");
}
