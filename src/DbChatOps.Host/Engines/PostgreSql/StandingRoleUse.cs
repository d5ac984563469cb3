using DbChatOps.Targets;

namespace DbChatOps.Host.Engines.PostgreSql;

/// <summary>One level of one target, as far as roles go.</summary>
internal sealed record StandingRoleUse(Target Target, AccessLevel Level, LevelSettings Settings)
{
    public string Key => $"{Target.Id}/{Level.ToWord()}";

    public string Role => Settings.StandingRole;

    /// <summary>What a session of this level can be: the standing role, and for ddl the owner too.</summary>
    public IEnumerable<string> Roles => Settings.OwnerRole is { } owner && Level == AccessLevel.Ddl ? [Role, owner] : [Role];

    /// <summary>The entry of the configuration that allows a power of this level; null when there is none.</summary>
    public AllowedPower? AllowanceFor(PowerKind kind, string name) =>
        Settings.Allow.FirstOrDefault(allowed => allowed.Kind == kind && string.Equals(allowed.Name, name, StringComparison.Ordinal));
}
