using DbChatOps.Targets;

namespace DbChatOps.Host.Engines.PostgreSql;

/// <summary>The roles that <c>check</c> judges, with everything that they are a member of, and the findings about them.</summary>
internal sealed class JudgedRoles(IReadOnlyList<StandingRoleUse> uses)
{
    public const string Marker = "dbchatops_temp";

    /// <summary>Stands for PUBLIC in a reach: no role can have this name.</summary>
    private const string Public = "public";

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
        if (use.ReasonFor(kind, name) is { } reason)
        {
            Add(FindingSeverity.Note, "standing_role_allowed", $"{message.TrimEnd('.')}. Allowed in the configuration: {reason}");
        }
        else
        {
            Add(severity, code, message, cure);
        }
    }

    public static string By(string? through) => through is null ? string.Empty : $" through {through}";

    /// <summary>The levels that a message names; one that names none is about the server.</summary>
    private string[]? Named(string message) =>
        Uses.Select(static u => u.Key).Where(key => message.Contains(key, StringComparison.Ordinal)).ToArray() is { Length: > 0 } named ? named : null;
}
