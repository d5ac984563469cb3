using System.Collections.Concurrent;
using DbChatOps.Access;
using DbChatOps.Ledger;
using DbChatOps.Targets;

namespace DbChatOps.Host.Flow;

/// <summary>
/// Notices that the ledger is older than a server: the server's own record names logins of this bot that the ledger does not know. Each server is compared
/// before the first new access of this process, because a store is replaced while the bot is stopped; and again with every survey.
/// </summary>
public sealed class RestoreWatch(ILedger ledger, ILoginEngine engine, Decider decider, Alarms alarms, Health health, TimeProvider clock, ILogger<RestoreWatch> log)
{
    private const int Newest = 50;
    private readonly ConcurrentDictionary<ServerId, byte> _compared = new();
    private readonly DateTimeOffset _started = clock.GetUtcNow();

    /// <summary>Null when the newest logins of the server are known or confirmed. The server is read before the ledger, so a login made in between is known.</summary>
    /// <exception cref="TargetUnavailableException">The server cannot be reached.</exception>
    public static async Task<RestoredStore?> FindAsync(ILoginEngine engine, ILedger ledger, Server server, CancellationToken ct)
    {
        var newest = await engine.NewestMintsAsync(server, Newest, ct);
        var known = new HashSet<GrantId>();
        foreach (var grant in newest.Where(static minted => minted.MacVerifies).Select(static minted => minted.Grant).OfType<GrantId>())
        {
            if (await ledger.LoadAsync<Grant>(grant.ToString(), ct) is not null)
            {
                known.Add(grant);
            }
        }

        var record = (await ledger.LoadAsync<ServerRecord>(server.Id.Value, ct))?.State;
        return RestoredStore.Find(newest, known, record?.ConfirmedUpTo);
    }

    /// <summary>The servers that are newer than the ledger and that nobody has confirmed, as the ledger has them.</summary>
    public static async Task<IReadOnlyList<(ServerId Server, RestoredStore Found)>> UnconfirmedAsync(ILedger ledger, CancellationToken ct)
    {
        List<(ServerId, RestoredStore)> unconfirmed = [];
        foreach (var stored in await ledger.FindAsync<ServerRecord>(new SnapshotQuery { Kind = ServerRecord.Kind, Limit = 1000 }, ct))
        {
            if (stored.State.Restored is { } found)
            {
                unconfirmed.Add((stored.State.Id, found));
            }
        }

        return [.. unconfirmed.OrderBy(static pair => pair.Item1.Value, StringComparer.Ordinal)];
    }

    /// <summary>Null, or <c>store_restored</c> while nothing new may be done on this server. Compares first, if this process has not yet.</summary>
    /// <exception cref="TargetUnavailableException">It was never compared, and the server cannot be reached.</exception>
    public async Task<Refusal?> RefuseAsync(Server server, CancellationToken ct)
    {
        if (!_compared.ContainsKey(server.Id))
        {
            await CompareAsync(server, ct);
        }

        return (await RecordAsync(server.Id, ct))?.RefuseWhileRestored();
    }

    /// <summary>
    /// Whether a password that the ledger never asked for counts as a copy's: it was set before this process began, or the store is known to be restored. Of a
    /// login that was claimed here already, the server tells only when its first password was set, which says nothing.
    /// </summary>
    public bool IsByCopy(Grant grant, DateTimeOffset? firstRevealedAt, bool isRestored) => isRestored || (grant.ClaimedAt is null && firstRevealedAt < _started);

    /// <summary>Compares, records what was found, pages and degrades health while it is unconfirmed. Returns what is unconfirmed now.</summary>
    /// <exception cref="TargetUnavailableException">The server cannot be reached.</exception>
    public async Task<RestoredStore?> CompareAsync(Server server, CancellationToken ct)
    {
        if (await FindAsync(engine, ledger, server, ct) is { } found)
        {
            var noted = await decider.DecideAsync(new NoteRestore(server.Id, found), Principal.Bot, null, ct);
            if (noted.TryGet(out var decided, out _) && decided.Events.Count > 0)
            {
                log.StoreRestored(server.Id.Value, found.ToString());
            }
        }

        if (await RecordAsync(server.Id, ct) is not { } record)
        {
            return null;
        }

        _compared[server.Id] = 0;
        await SayAsync(server.Id, record.Restored, ct);
        return record.Restored;
    }

    /// <summary>Pages while it is unconfirmed, and takes the page back afterwards.</summary>
    public async Task SayAsync(ServerId server, RestoredStore? restored, CancellationToken ct)
    {
        var (reason, alarm) = ($"restored:{server}", $"store_restored:{server}");
        if (restored is null)
        {
            health.Recover(reason);
            await alarms.ResolveAsync(alarm, ct);
            return;
        }

        var text = Sentence(server, restored);
        health.Degrade(reason, text);
        await alarms.RaiseAsync(alarm, server.Value, text, ct);
    }

    /// <summary>For pages, the health page and the command line.</summary>
    public static string Sentence(ServerId server, RestoredStore restored) =>
        $"The store is older than server {server}: {restored}. It was restored from a backup, or lost. Access there still ends; nothing new is granted, revealed or extended until `dbchatops confirm-restore --server {server}`.";

    private async Task<ServerRecord?> RecordAsync(ServerId server, CancellationToken ct) => (await ledger.LoadAsync<ServerRecord>(server.Value, ct))?.State;
}
