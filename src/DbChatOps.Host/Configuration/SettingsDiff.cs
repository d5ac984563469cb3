using DbChatOps.Chat;
using DbChatOps.Policies;
using DbChatOps.Targets;

namespace DbChatOps.Host.Configuration;

/// <summary>What changed between two configurations, in words, for the ledger and the audit channel. Never holds a secret.</summary>
public static class SettingsDiff
{
    private static readonly IReadOnlyList<string> ToldInDetail = ["Policies", "Groups", "People", "Servers", "Security"];

    /// <summary>One line per change; empty when nothing that matters changed.</summary>
    public static IReadOnlyList<string> Describe(Settings before, Settings after)
    {
        List<string> told =
        [
            .. Targets(before, after),
            .. Named("policy", before.Policies.Policies, after.Policies.Policies, policy => policy.Name, PolicyDiff.Describe),
            .. Order(before, after),
            .. Named("group", before.Policies.Groups, after.Policies.Groups, group => group.Name, Group),
            .. Named("person", before.Policies.People.Linked, after.Policies.People.Linked, human => human.Key, Human),
            .. Security(before.Security, after.Security),
        ];
        var sections = before.SectionHashes.Keys.Union(after.SectionHashes.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal)
            .Where(name => before.SectionHashes.GetValueOrDefault(name) != after.SectionHashes.GetValueOrDefault(name));
        told.AddRange(sections.Where(name => !ToldInDetail.Contains(name, StringComparer.Ordinal)).Select(name => $"section {name} changed"));
        return told;
    }

    internal static string Words(IEnumerable<string> items) => string.Join(", ", items) is { Length: > 0 } words ? words : "nobody";

    internal static IEnumerable<string> Set(string what, IEnumerable<string> before, IEnumerable<string> after)
    {
        var (was, now) = (before.ToHashSet(StringComparer.Ordinal), after.ToHashSet(StringComparer.Ordinal));
        var changes = now.Except(was, StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(item => "+ " + item)
            .Concat(was.Except(now, StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(item => "− " + item)).ToList();
        return changes.Count == 0 ? [] : [$"{what}: {string.Join(", ", changes)}"];
    }

    internal static IEnumerable<string> Value(string what, string before, string after) => before == after ? [] : [$"{what} {before} → {after}"];

    private static IEnumerable<string> Named<T>(
        string kind, IEnumerable<T> before, IEnumerable<T> after, Func<T, string> name, Func<T, T, IEnumerable<string>> describe)
        where T : class
    {
        var (was, now) = (before.ToDictionary(name, StringComparer.Ordinal), after.ToDictionary(name, StringComparer.Ordinal));
        foreach (var key in was.Keys.Union(now.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            var lines = (was.GetValueOrDefault(key), now.GetValueOrDefault(key)) switch
            {
                ({ } old, { } present) => describe(old, present),
                (null, _) => ["added"],
                _ => ["removed"],
            };
            foreach (var line in lines)
            {
                yield return $"{kind} {key}: {line}";
            }
        }
    }

    private static IEnumerable<string> Targets(Settings before, Settings after) =>
    [
        .. Named("server", before.Targets.Servers, after.Targets.Servers, server => server.Id.Value, Server),
        .. Named("target", before.Targets.Targets, after.Targets.Targets, target => target.Id.Value, Target),
    ];

    private static IEnumerable<string> Server(Server before, Server after) =>
    [
        .. Value("environment", before.Environment.ToString(), after.Environment.ToString()),
        .. Set("nodes", before.Nodes.Select(Node), after.Nodes.Select(Node)),
        .. Value("admin database", before.AdminDatabase, after.AdminDatabase),
        .. Value("minter", before.Minter.User, after.Minter.User),
        .. Value("clone of", $"{before.CloneOf}", $"{after.CloneOf}"),
        .. Value("maximum live grants", $"{before.MaximumLiveGrants}", $"{after.MaximumLiveGrants}"),
    ];

    private static string Node(ServerNode node) => $"{node} {node.Kind} (trust {node.CaFile ?? "system"}{(node.Delay is { } delay ? $", delay {Durations.ToTyped(delay)}" : "")})";

    private static IEnumerable<string> Target(Target before, Target after) =>
    [
        .. Value("server", before.Server.Value, after.Server.Value),
        .. Value("environment", before.Environment.ToString(), after.Environment.ToString()),
        .. Value("database", before.Database, after.Database),
        .. Set("tags", before.Tags, after.Tags),
        .. Set("levels", before.Levels.Select(Level), after.Levels.Select(Level)),
        .. Value("connect", $"{before.Connect}", $"{after.Connect}"),
    ];

    private static string Level(KeyValuePair<AccessLevel, LevelSettings> level) =>
        $"{level.Key.ToWord()} as {level.Value.StandingRole} (owner {level.Value.OwnerRole ?? "none"}, statement {Durations.ToTyped(level.Value.StatementTimeout)}, "
        + $"lock {Durations.ToTyped(level.Value.LockTimeout)}, idle {Durations.ToTyped(level.Value.IdleInTransactionTimeout)}, {level.Value.ConnectionLimit} connections"
        + $"{(level.Value.ReadOnlyByDefault ? ", read-only" : "")}{string.Concat(level.Value.Allow.Select(Allowed))})";

    private static string Allowed(AllowedPower power) => $", allows {power.Kind} {power.Name}: {power.Reason}";

    private static IEnumerable<string> Group(Group before, Group after) =>
    [
        .. Set("people", before.Roster.Select(person => person.ToString()), after.Roster.Select(person => person.ToString())),
        .. Value("chat group", before.ChatGroup ?? "none", after.ChatGroup ?? "none"),
        .. Value("chat group", before.ChatGroupUse.ToString(), after.ChatGroupUse.ToString()),
    ];

    private static IEnumerable<string> Human(Human before, Human after) =>
        Set("accounts", before.Identities.Select(identity => identity.ToString()), after.Identities.Select(identity => identity.ToString()));

    private static IEnumerable<string> Order(Settings before, Settings after)
    {
        var kept = after.Policies.Policies.Select(policy => policy.Name).Where(name => before.Policies.Find(name) is not null);
        var was = before.Policies.Policies.Select(policy => policy.Name).Where(name => after.Policies.Find(name) is not null);
        return Value("policy order", Words(was), Words(kept));
    }

    private static IEnumerable<string> Security(SecuritySettings before, SecuritySettings after) =>
    [
        .. Value("security: accept chat only", $"{before.AcceptChatOnly}", $"{after.AcceptChatOnly}"),
        .. Set("security: cut-off groups", before.CutOffGroups, after.CutOffGroups),
        .. Value("security: a stripped login stops new grants for", Durations.ToTyped(before.StrippedStopsGrantsFor), Durations.ToTyped(after.StrippedStopsGrantsFor)),
    ];
}
