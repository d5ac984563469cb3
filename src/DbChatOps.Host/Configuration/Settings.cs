using DbChatOps.Host.Slack;
using DbChatOps.Policies;
using DbChatOps.Targets;

namespace DbChatOps.Host.Configuration;

/// <summary>The whole configuration, checked: immutable, swapped whole at a reload, never half of one file and half of another.</summary>
public sealed record Settings
{
    public required InstanceSettings Instance { get; init; }

    public required SlackMode SlackMode { get; init; }

    /// <summary>Tokens are read when the configuration is; reload after rotating one.</summary>
    public required SlackSettings Slack { get; init; }

    public required SecuritySettings Security { get; init; }

    public required StoreSettings Store { get; init; }

    public required TargetBook Targets { get; init; }

    /// <summary>Policies, groups and linked people.</summary>
    public required PolicyBook Policies { get; init; }

    /// <summary>Where alerts go beside chat; secret, because such addresses carry keys.</summary>
    public Secret? AlertWebhookUrl { get; init; }

    /// <summary>With it alerts are PagerDuty events; without it plain JSON.</summary>
    public Secret? AlertRoutingKey { get; init; }

    /// <summary>Where address and routing key come from.</summary>
    public (SecretSource? Url, SecretSource? RoutingKey) AlertSources { get; init; }

    /// <summary>Where each server's minter password comes from: kept so that access can end even when a later configuration is unusable.</summary>
    public IReadOnlyDictionary<ServerId, SecretSource> MinterSources { get; init; } = new Dictionary<ServerId, SecretSource>();

    /// <summary>SHA-256 per top-level section, secrets left out; recorded at every load.</summary>
    public required IReadOnlyDictionary<string, string> SectionHashes { get; init; }

    /// <summary>What is allowed but looks like a mistake; shown by <c>check</c> and at the start.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>The longest window that any policy can lead to on this server, extensions included: the bound its facade needs.</summary>
    public TimeSpan MaximumWindowOn(ServerId server)
    {
        var targets = Targets.Targets.Where(target => target.Server == server).ToList();
        return Policies.Policies
            .Where(policy => targets.Exists(target => target.Levels.Keys.Any(level => policy.Covers.Covers(target, level))))
            .Select(static policy => policy.Extension is { Allowed: true } extension && extension.MaximumTotal > policy.MaximumWindow
                ? extension.MaximumTotal
                : policy.MaximumWindow)
            .DefaultIfEmpty(TimeSpan.Zero)
            .Max();
    }
}

/// <summary>Names this installation among several and holds the key by which it knows its own logins.</summary>
public sealed record InstanceSettings
{
    public required string Id { get; init; }

    /// <summary>At least 32 bytes; key of the MACs on logins. Whoever changes it gives up on every login made before.</summary>
    public required Secret Key { get; init; }

    /// <summary>Where the key comes from; absent when it was never read from a configuration.</summary>
    public SecretSource? KeySource { get; init; }
}

public enum SlackMode
{
    Socket = 0,
    Http = 1,
}

public sealed record SecuritySettings
{
    /// <summary>The operator accepts that whoever holds a chat account can approve and reveal in production, until step-up codes exist.</summary>
    public required bool AcceptChatOnly { get; init; }

    /// <summary>Groups that may cut anybody off.</summary>
    public required IReadOnlyList<string> CutOffGroups { get; init; }

    /// <summary>For how long after its end was due a login that runs a statement that cannot be interrupted stops new grants on its server.</summary>
    public TimeSpan StrippedStopsGrantsFor { get; init; } = TimeSpan.FromMinutes(10);
}

public sealed record StoreSettings
{
    /// <summary>Secret, because it may hold a password.</summary>
    public required Secret ConnectionString { get; init; }

    /// <summary>The SQLite file.</summary>
    public required string Path { get; init; }
}
