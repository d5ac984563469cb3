using DbChatOps.Chat;
using DbChatOps.Host.Configuration;
using DbChatOps.Host.Flow;
using DbChatOps.Host.Operations;
using DbChatOps.Host.Operations.CommandLine;
using DbChatOps.Host.Storage;

namespace DbChatOps.Host.Commands;

/// <summary>The flow inside a command, while no bot runs: decisions and engines, no chat. Holds the store's lock; taking it voided all claims.</summary>
internal sealed class OperatorFlow : IAsyncDisposable
{
    private readonly StoreLock _hold;
    private readonly SqliteStore _store;
    private readonly SettingsSource _source;
    private readonly ServiceProvider _services;

    private OperatorFlow(StoreLock hold, SqliteStore store, SettingsSource source, ServiceProvider services) =>
        (_hold, _store, _source, _services) = (hold, store, source, services);

    /// <summary>Null when a bot (or another command) holds the lock.</summary>
    public static async Task<OperatorFlow?> TryTakeAsync(SettingsLoader loader, Settings settings, TimeProvider clock, CancellationToken ct)
    {
        if (StoreLock.TryTake(settings.Store.Path, clock, out _) is not { } hold)
        {
            return null;
        }

        var store = SqliteStore.Open(settings.Store.Path, clock);
        await store.Agenda.VoidClaimsAsync(ct);
        var source = new SettingsSource(loader, settings);
        var services = new ServiceCollection().AddLogging().AddFlow(source, store, clock)
            .AddSingleton<IDirectory, NoDirectory>().AddSingleton<EngineLane>().AddSingleton<DirectEnding>();
        return new OperatorFlow(hold, store, source, services.BuildServiceProvider());
    }

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        _source.Dispose();
        await _store.DisposeAsync();
        _hold.Dispose();
    }
}
