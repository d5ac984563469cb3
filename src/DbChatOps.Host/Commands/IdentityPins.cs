using DbChatOps.Host.Configuration;
using DbChatOps.Host.Storage;
using DbChatOps.Ledger;
using DbChatOps.Targets;

namespace DbChatOps.Host.Commands;

/// <summary>
/// What the ledger has pinned of each server, for <c>check</c>. A first pin is recorded when no bot runs; a running one records it itself within minutes.
/// </summary>
internal sealed class IdentityPins : IAsyncDisposable
{
    private readonly TimeProvider _clock;
    private readonly StoreLock? _hold;
    private readonly SqliteStore? _store;
    private readonly string? _unavailable;

    private IdentityPins(TimeProvider clock, StoreLock? hold, SqliteStore? store, string? unavailable) =>
        (_clock, _hold, _store, _unavailable) = (clock, hold, store, unavailable);

    /// <summary>A store that cannot be opened does not stop a check.</summary>
    public static async Task<IdentityPins> OpenAsync(Settings settings, TimeProvider clock, CancellationToken ct)
    {
        var path = settings.Store.Path;
        StoreLock? hold = null;
        try
        {
            hold = Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(path))) ? StoreLock.TryTake(path, clock, out _) : null;
            var store = hold is null ? SqliteStore.OpenBeside(path, clock) : SqliteStore.Open(path, clock);
            if (hold is not null)
            {
                await store.Agenda.VoidClaimsAsync(ct);
            }

            return new IdentityPins(clock, hold, store, null);
        }
        catch (Exception fault) when (fault is LedgerUnavailableException or UnauthorizedAccessException)
        {
            hold?.Dispose();
            return new IdentityPins(clock, null, null, fault.Message);
        }
    }

    /// <summary>Whether the server is the one that was pinned, and what to say about it.</summary>
    public async Task<(bool Fits, string Said)> CompareAsync(ServerId server, ServerIdentity identity, CancellationToken ct)
    {
        if (_store is null)
        {
            return (true, $"not compared: {_unavailable}");
        }

        var stored = await _store.Ledger.LoadAsync<ServerRecord>(server.Value, ct);
        var facts = new Facts
        {
            Now = _clock.GetUtcNow(),
            Actor = Principal.CommandLine,
            FreshId = Guid.Empty,
            Policies = new Policies.PolicyBook([], [], Policies.People.Unlinked),
            Targets = new TargetBook([], []),
        };
        var drafted = await Verbs.For(new PinServer(server, identity)).DecideAsync(
            _store.Ledger, new PinServer(server, identity), (_, _) => Task.FromResult<Result<Facts>>(facts), ct);
        if (!drafted.TryGet(out var draft, out var refusal))
        {
            return (false, refusal.Message);
        }

        if (draft.Events.Count == 0)
        {
            return (true, "the server is the one that is pinned");
        }

        if (_hold is null)
        {
            return (true, stored is null ? "not pinned yet; the running bot does it within minutes" : "the server is the one that is pinned; the running bot notes what is new");
        }

        await _store.Ledger.CommitAsync(draft.Change, ct);
        return (true, stored is null ? $"recorded now: system {identity.SystemIdentifier}" : "the server is the one that is pinned; what is new was noted");
    }

    public async ValueTask DisposeAsync()
    {
        if (_store is not null)
        {
            await _store.DisposeAsync();
        }

        _hold?.Dispose();
    }
}
