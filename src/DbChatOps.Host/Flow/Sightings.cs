using DbChatOps.Access;
using DbChatOps.Ledger;
using DbChatOps.Targets;

namespace DbChatOps.Host.Flow;

/// <summary>
/// What the looks at sessions came to and is not worth a ledger entry each: the last sight of every live grant, what is open now, and when the bot
/// or a node was not there to be looked at. In memory, with a note beside the store, so that a restart knows since when nobody looked.
/// </summary>
public sealed class Sightings(SightingNote note, TimeProvider clock) : IDisposable
{
    /// <summary>Looks come every few seconds; a pause up to this is no gap, and what was seen is still news.</summary>
    public static readonly TimeSpan Tolerable = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan BetweenNotes = TimeSpan.FromSeconds(15);
    private readonly Lock _gate = new();
    private readonly Dictionary<string, ServerSightings> _servers = note.Read();
    private readonly DateTimeOffset _started = clock.GetUtcNow();
    private DateTimeOffset _noted;

    /// <summary>One look at a server, and at which of its grants; without any there is nothing to watch, and the time until the next is no gap.
    /// Returns the nodes that answered until now and do not any more.</summary>
    public IReadOnlyList<string> Looked(Server server, IReadOnlyCollection<Grant> live, SessionSight sight)
    {
        lock (_gate)
        {
            var now = clock.GetUtcNow();
            IReadOnlyList<string> newlySilent = [];
            if (live.Count == 0)
            {
                _servers.Remove(server.Id.Value);
            }
            else
            {
                newlySilent = Of(server.Id).Add(now, _started, server, live, sight);
            }

            if (now - _noted >= BetweenNotes)
            {
                note.Write(_servers);
                _noted = now;
            }

            return newlySilent;
        }
    }

    /// <summary>For the receipt; null when the credentials were never shown.</summary>
    public Watched? WatchedOf(Grant grant)
    {
        lock (_gate)
        {
            return grant.ClaimedAt is { } claimed ? Of(grant.Server).Watched(grant, claimed, clock.GetUtcNow(), _started) : null;
        }
    }

    /// <summary>Null when the last look is too old, or no node answered it.</summary>
    public OpenSessions? OpenOf(Grant grant)
    {
        lock (_gate)
        {
            return Of(grant.Server).Open(grant, clock.GetUtcNow());
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            note.Write(_servers);
        }
    }

    private ServerSightings Of(ServerId server)
    {
        if (!_servers.TryGetValue(server.Value, out var sightings))
        {
            _servers.Add(server.Value, sightings = new ServerSightings());
        }

        return sightings;
    }
}
