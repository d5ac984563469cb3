using System.Collections.Concurrent;
using DbChatOps.Targets;

namespace DbChatOps.Tests.Faults;

/// <summary>What really reached the servers, over every process of one bot.</summary>
internal sealed class EngineRecord
{
    /// <summary>Logins that were made, one entry for each making.</summary>
    public ConcurrentQueue<string> Made { get; } = new();

    /// <summary>Passwords that were set, by login and generation.</summary>
    public ConcurrentQueue<string> Set { get; } = new();

    /// <summary>Runs before each step of ending.</summary>
    public Func<Task> BeforeEnding { get; set; } = static () => Task.CompletedTask;

    /// <summary>Runs before a login is made.</summary>
    public Func<Task> BeforeMaking { get; set; } = static () => Task.CompletedTask;

    /// <summary>Runs after a login was made, before anybody is told.</summary>
    public Func<Task> AfterMaking { get; set; } = static () => Task.CompletedTask;

    /// <summary>What was asked of the connections that are held ready, newest last.</summary>
    public ConcurrentQueue<bool> StoodReady { get; } = new();

    public ILoginEngine Watch(ILoginEngine engine) => new WatchedEngine(engine, this);
}

/// <summary>The real engine, with its successes written down.</summary>
internal sealed class WatchedEngine(ILoginEngine inner, EngineRecord record) : ILoginEngine, IAsyncDisposable
{
    public Task<ServerIdentity> IdentifyAsync(Server server, CancellationToken ct) => inner.IdentifyAsync(server, ct);

    public Task<ServerInspection> InspectAsync(Server server, IReadOnlyList<Target> targets, CancellationToken ct) => inner.InspectAsync(server, targets, ct);

    public async Task<Result<ProvisionedLogin>> EnsureAsync(ProvisionLogin request, CancellationToken ct)
    {
        await record.BeforeMaking();
        var made = await inner.EnsureAsync(request, ct);
        await record.AfterMaking();
        if (made.TryGet(out var login, out _) && !login.AlreadyThere)
        {
            record.Made.Enqueue(request.Login);
        }

        return made;
    }

    public async Task<Result<HandedOver>> HandOverAsync(HandOverLogin request, CancellationToken ct)
    {
        var handed = await inner.HandOverAsync(request, ct);
        if (handed.Refused is null)
        {
            record.Set.Enqueue($"{request.Login} {request.Generation}");
        }

        return handed;
    }

    public Task<Result<HandedOver>> ExtendAsync(ExtendLogin request, CancellationToken ct) => inner.ExtendAsync(request, ct);

    public Task<LoginReading> ReadAsync(Server server, string login, CancellationToken ct) => inner.ReadAsync(server, login, ct);

    public async Task<IReadOnlyList<RevocationReport>> EndAsync(EndLogins request, CancellationToken ct)
    {
        await record.BeforeEnding();
        return await inner.EndAsync(request, ct);
    }

    public Task<IReadOnlyList<ManagedLogin>> ListAsync(Server server, CancellationToken ct) => inner.ListAsync(server, ct);

    public Task<IReadOnlyList<MintedLogin>> NewestMintsAsync(Server server, int count, CancellationToken ct) => inner.NewestMintsAsync(server, count, ct);

    public Task StandReadyAsync(Server server, bool wanted, CancellationToken ct)
    {
        record.StoodReady.Enqueue(wanted);
        return inner.StandReadyAsync(server, wanted, ct);
    }

    public Task<IReadOnlyList<GhostSession>> EndGhostsAsync(EndGhosts request, CancellationToken ct) => inner.EndGhostsAsync(request, ct);

    public Task<SessionSight> ObserveAsync(Server server, IReadOnlyList<string> logins, CancellationToken ct) =>
        inner.ObserveAsync(server, logins, ct);

    public ValueTask DisposeAsync() => ((IAsyncDisposable)inner).DisposeAsync();
}
