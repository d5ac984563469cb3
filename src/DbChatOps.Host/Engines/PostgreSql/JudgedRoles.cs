using DbChatOps.Targets;

namespace DbChatOps.Host.Engines.PostgreSql;

/// <summary>The roles that <c>check</c> judges, with everything that they are a member of, and the findings about them.</summary>
internal sealed class JudgedRoles(IReadOnlyList<StandingRoleUse> uses)
{
    public const string Marker = "dbchatops_temp";

    /// <summary>Stands for PUBLIC in a reach: no role can have this name.</summary>
    private const string Public = "public";

    private const int NamedUses = 5;

    /// <summary>Powers over objects of one database. All others are seen from any.</summary>
    private static readonly PowerKind[] InDatabases = [PowerKind.Language, PowerKind.ForeignDataWrapper, PowerKind.ForeignServer, PowerKind.Subscription];

    private readonly HashSet<(AccessLevel Level, AllowedPower Power)> _needed = [];

    private HashSet<string> _existing = [];

    public IReadOnlyList<StandingRoleUse> Uses { get; } = uses;

    public List<Finding> Findings { get; } = [];

    public Memberships Memberships { get; private set; } = new([]);

    /// <summary>Standing and owner roles that exist.</summary>
    public string[] Lent => [.. Uses.SelectMany(static u => u.Roles).Distinct(StringComparer.Ordinal).Where(Exists)];

    public string[] Standing => [.. Uses.Select(static u => u.Role).Distinct(StringComparer.Ordinal).Where(Exists)];

    public string[] BelowDdl => [.. Uses.Where(static u => u.Level != AccessLevel.Ddl).Select(static u => u.Role).Distinct(StringComparer.Ordinal).Where(Exists)];

    /// <summary>The marker and the heirs: they belong to no level, and nothing is allowed to them.</summary>
    public string[] Powerless => [.. _existing.Except(Uses.SelectMany(static u => u.Roles), StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    public void Know(IEnumerable<string> existing, Memberships memberships)
    {
        _existing = existing.ToHashSet(StringComparer.Ordinal);
        Memberships = memberships;
    }

    public bool Exists(string role) => _existing.Contains(role);

    /// <summary>Itself, everything that it is a member of, and PUBLIC: pairs as the statements on held rights take them.</summary>
    public object[] Reach(IEnumerable<string> judged)
    {
        var pairs = judged.SelectMany(role => Memberships.Above(role).Prepend(role).Append(Public).Select(reached => (role, reached))).ToList();
        return [pairs.Select(static p => p.role).ToArray(), pairs.Select(static p => p.reached).ToArray()];
    }

    public string KeysOf(string role) =>
        string.Join(" and ", Uses.Where(u => u.Roles.Contains(role, StringComparer.Ordinal)).Select(static u => u.Key));

    public void Add(FindingSeverity severity, string code, string message, string? cure = null) =>
        Findings.Add(new Finding { Severity = severity, Code = code, Message = message, Cure = cure, About = Named(message) });

    /// <summary>A power of a level: a note where the configuration allows it by name, otherwise a finding.</summary>
    public void Judge(StandingRoleUse use, PowerKind kind, string name, FindingSeverity severity, string code, string message, string cure)
    {
        if (use.AllowanceFor(kind, name) is { } allowed)
        {
            _needed.Add((use.Level, allowed));
            Add(FindingSeverity.Note, "standing_role_allowed", $"{message.TrimEnd('.')}. Allowed in the configuration: {allowed.Reason}");
        }
        else
        {
            Add(severity, code, message, cure);
        }
    }

    /// <summary>
    /// Entries of <c>Allow</c> that allow nothing: left there, they would let the power back in without a finding. An entry that several targets share is
    /// needed if one of them needs it. Nothing is said of roles that do not exist yet, or of what a database may hold that could not be visited.
    /// </summary>
    public void ReportNeedlessAllowances(bool sawAll)
    {
        var entries = Uses.SelectMany(static use => use.Settings.Allow.Select(power => (Use: use, Power: power))).GroupBy(static entry => (entry.Use.Level, entry.Power));
        foreach (var entry in entries.Where(entry => !_needed.Contains(entry.Key) && (sawAll || !InDatabases.Contains(entry.Key.Power.Kind)) && entry.All(e => e.Use.Roles.All(Exists))))
        {
            var (level, power) = entry.Key;
            var keys = entry.Select(static e => e.Use.Key).ToList();
            Add(
                FindingSeverity.Warning, "allowed_not_found",
                $"{string.Join(", ", keys.Take(NamedUses))}{(keys.Count > NamedUses ? $" and {keys.Count - NamedUses} more" : string.Empty)}: {power.Kind} {power.Name} is allowed but not found: "
                + $"no role of this level holds it. Remove it from Levels.{level.ToWord()}.Allow. The reason given there: {power.Reason}");
        }
    }

    public static string By(string? through) => through is null ? string.Empty : $" through {through}";

    /// <summary>The levels that a message names; one that names none is about the server.</summary>
    private string[]? Named(string message) =>
        Uses.Select(static u => u.Key).Where(key => message.Contains(key, StringComparison.Ordinal)).ToArray() is { Length: > 0 } named ? named : null;
}
