using System.Text.RegularExpressions;
using DbChatOps.Targets;

namespace DbChatOps.Host.Configuration.Reading;

/// <summary>Reads <c>Levels</c>: the standing role and the seat belts behind <c>read</c>, <c>write</c> and <c>ddl</c>.</summary>
internal static partial class LevelReading
{
    private const string DefaultRole = "dbchatops_{target}_{level}";

    public static LevelTemplates Read(SettingReader owner)
    {
        var templates = new Dictionary<AccessLevel, LevelSettings>();
        if (owner.Child("Levels") is not { } levels)
        {
            return new LevelTemplates(templates);
        }

        foreach (var (word, level) in Words.Levels)
        {
            if (levels.Child(word) is { } settings)
            {
                templates[level] = ReadLevel(settings, level);
            }
        }

        levels.Done();
        return new LevelTemplates(templates);
    }

    private static LevelSettings ReadLevel(SettingReader level, AccessLevel of)
    {
        var read = new LevelSettings
        {
            StandingRole = level.Text("StandingRole") ?? DefaultRole,
            OwnerRole = level.Text("OwnerRole"),
            StatementTimeout = level.Span("StatementTimeout", TimeSpan.FromSeconds(1), TimeSpan.FromDays(1)) ?? TimeSpan.FromMinutes(5),
            LockTimeout = level.Span("LockTimeout", TimeSpan.FromSeconds(1), TimeSpan.FromHours(1)) ?? TimeSpan.FromSeconds(5),
            IdleInTransactionTimeout = level.Span("IdleInTransactionTimeout", TimeSpan.FromSeconds(1), TimeSpan.FromHours(1)) ?? TimeSpan.FromMinutes(1),
            ConnectionLimit = level.Number("ConnectionLimit", 5, 1, 100),
            ReadOnlyByDefault = level.Flag("ReadOnlyByDefault", of == AccessLevel.Read),
            Allow = AllowReading.Read(level),
        };
        CheckRole(level, "StandingRole", LevelTemplates.Expand(read.StandingRole, "x", of));
        if (read.OwnerRole is { } owner)
        {
            CheckRole(level, "OwnerRole", owner);
        }

        if (of == AccessLevel.Ddl != read.OwnerRole is not null)
        {
            level.Wrong("OwnerRole", of == AccessLevel.Ddl ? "is missing: what ddl creates must belong to a role that outlives the login" : "is for ddl only");
        }

        level.Done();
        return read;
    }

    private static void CheckRole(SettingReader level, string name, string role)
    {
        if (!RoleName().IsMatch(role))
        {
            level.Wrong(name, $"\"{SettingReader.Shown(role)}\" is not a role name: lower-case letters, digits and underscores, at most 63");
        }
        else if (role.StartsWith("pg_", StringComparison.Ordinal) || role.StartsWith(LoginName.Prefix, StringComparison.Ordinal) || role == "postgres")
        {
            level.Wrong(name, $"\"{role}\" cannot be lent: it is the server's own, or a temporary login");
        }
    }

    [GeneratedRegex(@"^[a-z_][a-z0-9_]{0,62}\z", RegexOptions.NonBacktracking)]
    private static partial Regex RoleName();
}

/// <summary>Levels whose standing role may still hold <c>{target}</c> and <c>{level}</c>.</summary>
internal sealed record LevelTemplates(IReadOnlyDictionary<AccessLevel, LevelSettings> Levels)
{
    public IReadOnlyDictionary<AccessLevel, LevelSettings> For(string target) =>
        Levels.ToDictionary(pair => pair.Key, pair => pair.Value with { StandingRole = Expand(pair.Value.StandingRole, target, pair.Key) });

    public static string Expand(string role, string target, AccessLevel level) => role
        .Replace("{target}", target.Replace('-', '_'), StringComparison.Ordinal)
        .Replace("{level}", AccessLevels.ToWord(level), StringComparison.Ordinal);
}
