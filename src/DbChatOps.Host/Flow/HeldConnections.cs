using System.Collections.Concurrent;
using DbChatOps.Access;
using DbChatOps.Ledger;
using DbChatOps.Targets;

namespace DbChatOps.Host.Flow;

/// <summary>
/// Keeps one connection to each node of a server open for as long as something is live or owed there, so that a server whose connections are used up cannot keep
/// the bot from ending it. While nobody can tell what is owed (the ledger cannot be read), what was held stays held.
/// </summary>
/// <param name="isOwed">Whether something is live or owed on a server; null when that cannot be told now.</param>
public sealed class HeldConnections(Func<Server, CancellationToken, Task<bool?>> isOwed, ILoginEngine engine, Func<Rules> rules, TimeProvider clock, ILogger<HeldConnections> log)
    : Recurring(clock, log)
{
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(5);
    private readonly ConcurrentDictionary<ServerId, bool> _held = new();

    protected override TimeSpan AfterFault => Between;

    /// <summary>Asks the ledger for open grants, and the reconciler for logins that it is ending.</summary>
    public static HeldConnections Beside(IServiceProvider parts)
    {
        var (ledger, reconciler) = (parts.GetRequiredService<ILedger>(), parts.GetRequiredService<Reconciler>());
        return new HeldConnections(
            async (server, ct) => reconciler.IsEnding(server.Id) ? true : await HasOpenGrantAsync(ledger, server, ct),
            parts.GetRequiredService<ILoginEngine>(),
            parts.GetRequiredService<Func<Rules>>(),
            parts.GetRequiredService<TimeProvider>(),
            parts.GetRequiredService<ILogger<HeldConnections>>());
    }

    /// <summary>One turn over all servers, side by side.</summary>
    public Task LookAsync(CancellationToken ct) => Task.WhenAll(rules().Targets.Servers.Select(server => LookAsync(server, ct)));

    protected override async Task<TimeSpan> TurnAsync(CancellationToken ct)
    {
        await LookAsync(ct);
        return Between;
    }

    private async Task LookAsync(Server server, CancellationToken ct)
    {
        var wanted = await isOwed(server, ct) ?? _held.GetValueOrDefault(server.Id);
        _held[server.Id] = wanted;
        await engine.StandReadyAsync(server, wanted, ct);
    }

    private static async Task<bool?> HasOpenGrantAsync(ILedger ledger, Server server, CancellationToken ct)
    {
        try
        {
            return (await ledger.FindAsync<Grant>(new SnapshotQuery { Kind = Grant.Kind, Open = true, Server = server.Id.Value, Limit = 1 }, ct)).Count > 0;
        }
        catch (LedgerUnavailableException)
        {
            return null;
        }
    }
}
