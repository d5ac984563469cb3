using DbChatOps.Access;
using DbChatOps.Ledger;
using DbChatOps.Targets;

namespace DbChatOps.Host.Flow;

/// <summary>
/// Before a login goes whose credentials this bot never showed, one look at the server: after a restore a copy of this bot may have shown them, and then its card
/// must not say "never claimed". Nothing here keeps the ending from going on.
/// </summary>
internal sealed class UnclaimedEndings(ILoginEngine engine, Decider decider, CatalogTurns turns, RestoreWatch restores)
{
    /// <summary>Only at the first step: afterwards the login may be gone.</summary>
    public async Task LookAsync(Server server, IReadOnlyList<(ClaimedRow Row, Grant Grant)> ending, CancellationToken ct)
    {
        var unclaimed = ending.Where(static pair => pair.Row.Attempts == 0 && pair.Grant is { ClaimedAt: null, FoundReveal: null }).ToDictionary(static pair => pair.Grant.Login, static pair => pair.Grant, StringComparer.Ordinal);
        if (unclaimed.Count == 0)
        {
            return;
        }

        foreach (var login in await ListAsync(server, ct))
        {
            if (login.MacVerifies && unclaimed.GetValueOrDefault(login.Name) is { } grant && login.Generation > grant.Generation)
            {
                var reading = new LoginReading
                {
                    Presence = login.CanLogin ? LoginPresence.Login : LoginPresence.NoLogin,
                    Oid = login.Oid,
                    ValidUntil = login.ValidUntil,
                    Generation = login.Generation,
                    FirstRevealedAt = login.FirstRevealedAt,
                };
                await decider.DecideAsync(new RecordFoundReveal(grant.Id, reading, login.FirstRevealedAt < restores.Started), Principal.Bot, null, ct);
            }
        }
    }

    /// <summary>Empty when the server does not answer: the step that follows says so.</summary>
    private async Task<IReadOnlyList<ManagedLogin>> ListAsync(Server server, CancellationToken ct)
    {
        try
        {
            return await turns.TakeAsync(server.Id, () => engine.ListAsync(server, ct), ct);
        }
        catch (TargetUnavailableException)
        {
            return [];
        }
    }
}
