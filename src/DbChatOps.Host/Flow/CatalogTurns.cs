using System.Collections.Concurrent;
using DbChatOps.Targets;

namespace DbChatOps.Host.Flow;

/// <summary>Catalog changes happen one at a time per server: concurrent ones would only collide there ("tuple concurrently updated").</summary>
public sealed class CatalogTurns
{
    private readonly ConcurrentDictionary<ServerId, SemaphoreSlim> _turns = new();

    public async Task<T> TakeAsync<T>(ServerId server, Func<Task<T>> change, CancellationToken ct)
    {
        var turn = _turns.GetOrAdd(server, static _ => new SemaphoreSlim(1, 1));
        await turn.WaitAsync(ct);
        try
        {
            return await change();
        }
        finally
        {
            turn.Release();
        }
    }
}
