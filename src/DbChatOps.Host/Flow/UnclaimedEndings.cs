using DbChatOps.Access;
using DbChatOps.Ledger;
using DbChatOps.Targets;

namespace DbChatOps.Host.Flow;

/// <summary>
/// Before a login goes whose credentials this bot never showed, one look at the server: after a restore a copy of this bot may have shown them, and then its card
/// must not say "never claimed". Nothing here keeps the ending from going on: a server that does not answer is passed over.
/// </summary>
public sealed class UnclaimedEndings(ILedger ledger, ILoginEngine engine, Decider decider, CatalogTurns turns, RestoreWatch restores, Func<Rules> rules)
{
    /// <summary>Before the time to claim ends it: what a copy revealed is taken over instead, and ends with its own window.</summary>
    public async Task LookAsync(GrantId id, CancellationToken ct)
    {
        if ((await ledger.LoadAsync<Grant>(id.ToString(), ct))?.State is { State: GrantState.Ready, Oid: { } oid } grant && rules().Targets.Server(grant.Server) is { } server)
        {
            var reading = await PassOverAsync(() => turns.TakeAsync(server.Id, () => engine.ReadAsync(server, grant.Login, ct), ct));
            if (reading?.Oid == oid)
            {
                await RecordAsync(grant, reading, ct);
            }
        }
    }

    /// <summary>At the first step of ending, whatever ends them; afterwards the logins may be gone.</summary>
    public async Task LookAsync(Server server, IReadOnlyList<(ClaimedRow Row, Grant Grant)> ending, CancellationToken ct)
    {
        var unclaimed = ending.Where(static pair => pair.Row.Attempts == 0 && pair.Grant is { ClaimedAt: null, FoundReveal: null })
            .ToDictionary(static pair => pair.Grant.Login, static pair => pair.Grant, StringComparer.Ordinal);
        if (unclaimed.Count == 0)
        {
            return;
        }

        foreach (var login in await PassOverAsync(() => turns.TakeAsync(server.Id, () => engine.ListAsync(server, ct), ct)) ?? [])
        {
            if (login.MacVerifies && unclaimed.GetValueOrDefault(login.Name) is { } grant)
            {
                await RecordAsync(grant, LiveLogins.ReadingOf(login), ct);
            }
        }
    }

    private async Task RecordAsync(Grant grant, LoginReading reading, CancellationToken ct)
    {
        if (reading.Generation > grant.Generation)
        {
            await decider.DecideAsync(new RecordFoundReveal(grant.Id, reading, restores.IsByCopy(grant, reading.FirstRevealedAt, isRestored: false)), Principal.Bot, null, ct);
        }
    }

    private static async Task<T?> PassOverAsync<T>(Func<Task<T>> look)
        where T : class
    {
        try
        {
            return await look();
        }
        catch (TargetUnavailableException)
        {
            return null;
        }
    }
}
