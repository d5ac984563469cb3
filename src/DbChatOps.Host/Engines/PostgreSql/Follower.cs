using System.Net;
using DbChatOps.Targets;

namespace DbChatOps.Host.Engines.PostgreSql;

/// <summary>Where a listed standby says that it streams from; what it does not say is absent.</summary>
internal sealed record Upstream(string? Host, int? Port, string? Slot, string? Application)
{
    public override string ToString() => $"{Host}:{Port}";
}

/// <summary>A listed standby that streams: its address as we see it, and its upstream.</summary>
internal sealed record StreamingStandby(string Name, string? Address, Upstream Upstream);

/// <summary>Somebody who streams from a listed node, as that node sees it; with the address and port that the node has itself.</summary>
internal sealed record Follower(ServerNode Node, string Address, string Application, string? Slot, string? NodeAddress, int NodePort)
{
    public const string LocalSocket = "local socket";

    private const string AnyStandby = "walreceiver";

    /// <summary>What it reported last; absent when that is not known.</summary>
    public WalReply? Reply { get; init; }

    /// <summary>What its replies make of it; a standby as long as nothing else is known.</summary>
    public ReceiverKind Kind { get; init; }

    /// <summary>As it names itself, which proves nothing.</summary>
    public override string ToString() => $"{Address} ({Application})";

    /// <summary>
    /// Followers that no listed standby accounts for: standbys on which a session would be invisible to us. A standby that streams from another one
    /// accounts for nobody here.
    /// </summary>
    public static IReadOnlyList<Follower> Unaccounted(IReadOnlyList<Follower> followers, IReadOnlyList<StreamingStandby> standbys)
    {
        var open = followers.ToList();
        foreach (var standby in standbys)
        {
            // A listed standby that answers replays, so whoever does not replay is not taken for it while another one fits.
            // The name breaks ties only: it decides which follower is reported, never how many.
            var own = open.Where(f => f.MayBe(standby))
                .OrderByDescending(static f => f.Reply?.Replays != false)
                .ThenByDescending(f => f.Resembles(standby))
                .ThenByDescending(f => string.Equals(f.Application, standby.Upstream.Application, StringComparison.Ordinal))
                .FirstOrDefault();
            if (own is not null)
            {
                open.Remove(own);
            }
        }

        return open;
    }

    /// <summary>What is said of the upstream decides, then the slot; only if neither says anything, what this follower looks like.</summary>
    public bool MayBe(StreamingStandby standby)
    {
        var upstream = standby.Upstream;
        if (upstream.Host is { } host && (host.StartsWith('/') ? Address is LocalSocket : IsNodesName(host)))
        {
            return upstream.Port is null || upstream.Port == Node.Port || upstream.Port == NodePort;
        }

        return Slot is not null || upstream.Slot is not null
            ? string.Equals(Slot, upstream.Slot, StringComparison.Ordinal)
            : Resembles(standby) > 0;
    }

    private int Resembles(StreamingStandby standby) =>
        (string.Equals(Address, standby.Address, StringComparison.Ordinal) ? 1 : 0)
        + (Slot is not null && string.Equals(Slot, standby.Upstream.Slot, StringComparison.Ordinal) ? 1 : 0)
        + (Application is not AnyStandby && string.Equals(Application, standby.Upstream.Application, StringComparison.Ordinal) ? 1 : 0);

    private bool IsNodesName(string host) =>
        string.Equals(host, Node.Host, StringComparison.OrdinalIgnoreCase)
        || string.Equals(host, NodeAddress, StringComparison.Ordinal)
        || (IsLoopback(host) && IsLoopback(Node.Host));

    private static bool IsLoopback(string host) => host is "localhost" || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
}
