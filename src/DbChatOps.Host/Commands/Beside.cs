using DbChatOps.Chat;
using DbChatOps.Host.Configuration;
using DbChatOps.Host.Flow;
using DbChatOps.Host.Operations;
using DbChatOps.Host.Operations.CommandLine;
using DbChatOps.Host.Storage;
using DbChatOps.Ledger;

namespace DbChatOps.Host.Commands;

/// <summary>What a second process may do: open the store, and look at the servers.</summary>
internal static class Beside
{
    /// <summary>Opened for looking and for the inbox.</summary>
    /// <exception cref="LedgerUnavailableException">There is none yet, it cannot be read, or another release wrote it.</exception>
    public static SqliteStore Open(Settings settings, TimeProvider clock) => File.Exists(settings.Store.Path)
        ? SqliteStore.OpenBeside(settings.Store.Path, clock)
        : throw new LedgerUnavailableException($"There is no ledger at {settings.Store.Path} yet.");

    /// <summary>Compares servers and ledger and changes nothing, so it needs no lock and disturbs nobody.</summary>
    public static async Task<IReadOnlyList<ReconcileFinding>> CompareAsync(
        SettingsLoader loader, Settings settings, SqliteStore store, TimeProvider clock, CancellationToken ct)
    {
        using var source = new SettingsSource(loader, settings);
        await using var services = new ServiceCollection().AddLogging().AddFlow(source, store, clock).AddSingleton<IDirectory, NoDirectory>().BuildServiceProvider();
        return await services.GetRequiredService<Reconciler>().CompareAsync(dryRun: true, ct);
    }
}
