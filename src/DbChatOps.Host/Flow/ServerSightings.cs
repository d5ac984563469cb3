using DbChatOps.Access;
using DbChatOps.Targets;

namespace DbChatOps.Host.Flow;

/// <summary>The looks at one server's nodes. Its properties are what is noted beside the store.</summary>
public sealed class ServerSightings
{
    private const int MostGaps = 50;
    private SessionSight? _last;
    private int _nodes;

    /// <summary>The last look, whoever answered it.</summary>
    public DateTimeOffset? LookedAt { get; set; }

    /// <summary>Node → since when it has not answered.</summary>
    public Dictionary<string, DateTimeOffset> SilentSince { get; init; } = new(StringComparer.Ordinal);

    /// <summary>Login → the last look that found a session of it.</summary>
    public Dictionary<string, DateTimeOffset> LastSeen { get; init; } = new(StringComparer.Ordinal);

    /// <summary>The newest ones.</summary>
    public List<Gap> Gaps { get; init; } = [];

    /// <summary>Returns the nodes that answered until now and do not any more.</summary>
    public IReadOnlyList<string> Add(DateTimeOffset now, DateTimeOffset started, Server server, IReadOnlyCollection<Grant> live, SessionSight sight)
    {
        var before = LookedAt ?? live.Min(grant => grant.ClaimedAt) ?? now;
        if (NotLooking(before, now, started) is { } gap)
        {
            Keep(gap);
            before = now;
        }

        List<string> newlySilent = [];
        foreach (var node in server.Nodes.Select(node => node.ToString()))
        {
            if (sight.Silent.ContainsKey(node))
            {
                newlySilent.AddRange(SilentSince.TryAdd(node, before) ? [node] : []);
            }
            else if (SilentSince.Remove(node, out var since) && now - since > Sightings.Tolerable)
            {
                Keep(Silence(node, since, now));
            }
        }

        foreach (var gone in LastSeen.Keys.Except(live.Select(grant => grant.Login), StringComparer.Ordinal).ToList())
        {
            LastSeen.Remove(gone);
        }

        foreach (var session in sight.Sessions)
        {
            LastSeen[session.Login] = now;
        }

        (LookedAt, _last, _nodes) = (now, sight, server.Nodes.Count);
        return newlySilent;
    }

    public Watched Watched(Grant grant, DateTimeOffset claimed, DateTimeOffset now, DateTimeOffset started)
    {
        var gaps = Gaps.Concat(SilentSince.Where(node => now - node.Value > Sightings.Tolerable).Select(node => Silence(node.Key, node.Value, now)))
            .Where(gap => gap.Until > claimed)
            .Select(gap => gap.From < claimed ? gap with { From = claimed } : gap)
            .ToList();
        var looked = LookedAt > claimed ? LookedAt.Value : claimed;
        if (NotLooking(looked, now, started) is { } unseen)
        {
            gaps.Add(unseen);
        }

        return new Watched(LastSeen.TryGetValue(grant.Login, out var seen) ? seen : null, Access.Gaps.Of(gaps));
    }

    public OpenSessions? Open(Grant grant, DateTimeOffset now)
    {
        if (_last is null || now - LookedAt > Sightings.Tolerable || _last.Silent.Count >= _nodes)
        {
            return null;
        }

        var open = _last.Sessions.Where(session => session.Login == grant.Login).ToList();
        return new OpenSessions(open.Count, open.Count == 0 ? null : open.Min(session => session.StartedAt), [.. _last.Silent.Keys.Order(StringComparer.Ordinal)]);
    }

    private static Gap? NotLooking(DateTimeOffset from, DateTimeOffset until, DateTimeOffset started) => until - from <= Sightings.Tolerable
        ? null
        : new Gap(from < started ? "the bot was not running" : "the bot did not look", from, until);

    private static Gap Silence(string node, DateTimeOffset from, DateTimeOffset until) => new($"{node} did not answer", from, until);

    private void Keep(Gap gap)
    {
        Gaps.Add(gap);
        if (Gaps.Count > MostGaps)
        {
            Gaps.RemoveAt(0);
        }
    }
}
