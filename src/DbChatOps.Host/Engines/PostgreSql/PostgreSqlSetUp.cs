using System.Globalization;
using System.Text;
using DbChatOps.Targets;

namespace DbChatOps.Host.Engines.PostgreSql;

/// <summary>
/// Renders the set-up script of one server: the facade, then one block per standing role. Run by a person with psql as a superuser in the admin database;
/// what a standing role may read or change is for that person to grant.
/// </summary>
public static class PostgreSqlSetUp
{
    private const string FacadeResource = "DbChatOps.Host.Engines.PostgreSql.postgresql.sql";

    /// <summary>The facade as it stands in <c>deploy/targets/postgresql.sql</c>.</summary>
    public static string Facade()
    {
        using var stream = typeof(PostgreSqlSetUp).Assembly.GetManifestResourceStream(FacadeResource)
            ?? throw new InvalidOperationException("The set-up script is missing from the program.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    /// <summary>The whole script for one server; <paramref name="maximumWindow"/> is the bound that no request can pass.</summary>
    public static string Render(Server server, IReadOnlyList<Target> targets, TimeSpan maximumWindow)
    {
        var script = new StringBuilder(Facade());
        script.Append(CultureInfo.InvariantCulture, $"\n-- Server {server.Id}: what may be lent out here.\nBEGIN;\nSET LOCAL search_path = pg_catalog, pg_temp;\n");
        script.Append(CultureInfo.InvariantCulture, $"UPDATE dbchatops.bounds SET maximum_window = interval '{(long)maximumWindow.TotalSeconds} seconds';\n");
        var roles = targets.SelectMany(static t => t.Levels.Select(l => (Target: t, Level: l.Key, Settings: l.Value)))
            .OrderBy(static r => r.Settings.StandingRole, StringComparer.Ordinal);
        foreach (var database in targets.Select(static t => t.Database).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            script.Append(CultureInfo.InvariantCulture, $"GRANT CONNECT ON DATABASE {NpgsqlReading.Quote(database)} TO dbchatops_bot;\n");
        }

        foreach (var (target, level, settings) in roles)
        {
            script.Append(StandingRole(target, level, settings));
        }

        return script.Append("COMMIT;\n").ToString();
    }

    /// <summary>What prints and runs the script in a POSIX shell. psql takes some names for connection strings, so a name that is not plain becomes one.</summary>
    public static string ShellLines(Server server)
    {
        var name = server.AdminDatabase;
        var isPlain = name.All(static character => char.IsAsciiLetterOrDigit(character) || character is '_');
        var conninfo = $"dbname='{name.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("'", @"\'", StringComparison.Ordinal)}'";
        var database = isPlain ? name : $"'{conninfo.Replace("'", @"'\''", StringComparison.Ordinal)}'";
        return $"dbchatops check --print-setup --server {server.Id} > setup.sql\npsql -d {database} -f setup.sql";
    }

    internal static string StandingRole(Target target, AccessLevel level, LevelSettings settings)
    {
        var role = NpgsqlReading.Quote(settings.StandingRole);
        var literal = NpgsqlReading.QuoteLiteral(settings.StandingRole);
        return string.Create(CultureInfo.InvariantCulture, $"""

            -- {target.Id}, {LevelName(level)}
            DO $role$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = {literal}) THEN CREATE ROLE {role} NOLOGIN; END IF; END $role$;
            GRANT CONNECT ON DATABASE {NpgsqlReading.Quote(target.Database)} TO {role};
            {AllowListRow(target, level, settings)}

            """);
    }

    internal static string AllowListRow(Target target, AccessLevel level, LevelSettings settings)
    {
        var owner = level == AccessLevel.Ddl && settings.OwnerRole is { } name ? NpgsqlReading.QuoteLiteral(name) : "NULL";
        return $"INSERT INTO dbchatops.standing_role (role_name, access_level, database_name, owner_role) VALUES "
            + $"({NpgsqlReading.QuoteLiteral(settings.StandingRole)}, '{LevelName(level)}', {NpgsqlReading.QuoteLiteral(target.Database)}, {owner}) "
            + "ON CONFLICT (role_name) DO UPDATE SET access_level = excluded.access_level, database_name = excluded.database_name, owner_role = excluded.owner_role;";
    }

    private static string LevelName(AccessLevel level) => level switch
    {
        AccessLevel.Read => "read",
        AccessLevel.Write => "write",
        _ => "ddl",
    };
}
