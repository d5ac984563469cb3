using DbChatOps.Targets;
using Npgsql;

namespace DbChatOps.Host.Engines.PostgreSql;

/// <summary>
/// Judges what roles are: their attributes, what they are a member of and with which options. By an allow-list: what the configuration does not allow by name is
/// a finding, so a role that a later version of the server brings is one too.
/// </summary>
internal sealed class RolePowerInspection(JudgedRoles roles)
{
    private const string DatabaseOwner = "pg_database_owner";

    private Dictionary<string, string[]> _attributes = [];

    private ILookup<string, string> _ownedDatabases = Array.Empty<string>().ToLookup(static role => role, StringComparer.Ordinal);

    /// <summary>Learns which roles exist and what they are a member of, and judges them. Everything else that is judged rests on it.</summary>
    public async Task JudgeAsync(NpgsqlConnection writer, CancellationToken ct)
    {
        object named = roles.Uses.SelectMany(static u => u.Roles).Distinct(StringComparer.Ordinal).ToArray();
        var reached = await writer.RowsAsync(
            RolePowerStatements.Attributes, static row => (Role: row.GetString(0), Attributes: row.GetFieldValue<string[]>(1), IsJudged: row.GetBoolean(2)), ct, named);
        roles.Know(reached.Where(static r => r.IsJudged).Select(static r => r.Role), new Memberships(await writer.RowsAsync(RolePowerStatements.Memberships, Read, ct, named)));
        _attributes = reached.ToDictionary(static r => r.Role, static r => r.Attributes, StringComparer.Ordinal);
        _ownedDatabases = (await writer.RowsAsync(
                RolePowerStatements.OwnedDatabases, static row => (Role: row.GetString(0), Database: row.GetString(1)), ct, (object)_attributes.Keys.ToArray()))
            .ToLookup(static d => d.Role, static d => d.Database, StringComparer.Ordinal);

        foreach (var use in roles.Uses)
        {
            foreach (var role in use.Roles.Where(roles.Exists))
            {
                Judge(role, use);
            }
        }

        foreach (var role in roles.Powerless)
        {
            Judge(role, use: null);
        }

        await JudgeMembersAsync(writer, ct);
    }

    private void Judge(string role, StandingRoleUse? use)
    {
        // What the level lends anyway is judged by itself.
        var above = roles.Memberships.Above(role).Where(other => use is null || !use.Roles.Contains(other, StringComparer.Ordinal)).ToList();
        foreach (var holder in above.Prepend(role))
        {
            JudgeAttributes(role, holder, use);
            JudgeOwnedDatabases(role, holder, use);
            foreach (var membership in roles.Memberships.Of(holder).Where(static m => m.Admin))
            {
                SayUnlendable(
                    use, role, "standing_role_administers",
                    $"may give {membership.Role} to others{JudgedRoles.By(Through(role, holder))}; a role that was given so outlives the grant.",
                    Through(role, holder) is null ? membership.RevokeAdmin : roles.Memberships.Cut(role, holder));
            }
        }

        foreach (var other in above)
        {
            var towards = roles.Memberships.Towards(role, other);
            var direct = towards.Where(m => string.Equals(m.Role, other, StringComparison.Ordinal)).ToList();
            var how = direct.Count > 0
                ? $" ({string.Join("; ", direct.Select(static m => m.Options).Distinct(StringComparer.Ordinal))})"
                : JudgedRoles.By(string.Join(" and ", towards.Select(static m => m.Role).Distinct(StringComparer.Ordinal)));
            var isServers = IsServers(other);
            Say(
                use, role, PowerKind.Role, other,
                isServers || use is null ? FindingSeverity.Error : FindingSeverity.Warning,
                isServers ? "standing_role_dangerous" : "standing_role_member",
                $"is a member of {other}{(isServers ? ", a role of the server itself" : string.Empty)}{how}.",
                roles.Memberships.Cut(role, other));
        }
    }

    private void JudgeAttributes(string role, string holder, StandingRoleUse? use)
    {
        var through = Through(role, holder);
        foreach (var attribute in _attributes.GetValueOrDefault(holder, []))
        {
            SayUnlendable(
                use, role, "standing_role_dangerous", $"carries {attribute}{JudgedRoles.By(through)}.",
                through is null ? $"ALTER ROLE {NpgsqlReading.Quote(role)} NO{attribute};" : roles.Memberships.Cut(role, holder));
        }
    }

    // The owner of a database is its pg_database_owner: it can drop it, and change settings for everybody who enters it.
    private void JudgeOwnedDatabases(string role, string holder, StandingRoleUse? use)
    {
        foreach (var database in _ownedDatabases[holder])
        {
            var isOwnerAtHome = use is not null && string.Equals(role, use.Settings.OwnerRole, StringComparison.Ordinal)
                && string.Equals(database, use.Target.Database, StringComparison.Ordinal);
            Say(
                use, role, PowerKind.Role, DatabaseOwner, isOwnerAtHome ? FindingSeverity.Warning : FindingSeverity.Error, "standing_role_dangerous",
                $"is {DatabaseOwner} of database {database}{JudgedRoles.By(Through(role, holder))}: it can drop that database, and change settings for all of its sessions.",
                Through(role, holder) is null ? $"ALTER DATABASE {NpgsqlReading.Quote(database)} OWNER TO CURRENT_USER;" : roles.Memberships.Cut(role, holder));
        }
    }

    // Memberships that people gave: the bot does not end them.
    private async Task JudgeMembersAsync(NpgsqlConnection writer, CancellationToken ct)
    {
        foreach (var (membership, isSuperuser) in await writer.RowsAsync(
            RolePowerStatements.Members, static row => (Read(row), row.GetBoolean(7)), ct, (object)roles.Lent))
        {
            if (roles.Exists(membership.Member))
            {
                continue;
            }

            var keys = roles.KeysOf(membership.Role);
            if (membership.Admin && !isSuperuser)
            {
                roles.Add(
                    FindingSeverity.Warning, "standing_role_given_by_others",
                    $"{keys}: {membership.Member} may give {membership.Role} to anybody, without the bot.", membership.RevokeAdmin);
            }

            if (roles.Standing.Contains(membership.Role, StringComparer.Ordinal))
            {
                roles.Add(
                    FindingSeverity.Note, "standing_role_held_by_others",
                    $"{keys}: {membership.Member} is a member of {membership.Role} too ({membership.Options}). The bot did not grant that and does not end it.", membership.Revoke);
            }
        }

        foreach (var maker in await writer.RowsAsync(RolePowerStatements.RoleMakers, static row => row.GetString(0), ct))
        {
            roles.Add(
                FindingSeverity.Warning, "standing_role_given_by_others",
                $"{maker} carries CREATEROLE: before PostgreSQL 16 it may give any standing role to anybody, without the bot.", $"ALTER ROLE {NpgsqlReading.Quote(maker)} NOCREATEROLE;");
        }
    }

    private void Say(StandingRoleUse? use, string role, PowerKind kind, string name, FindingSeverity severity, string code, string what, string cure)
    {
        if (use is not null)
        {
            roles.Judge(use, kind, name, severity, code, $"{use.Key}: {role} {what}", cure);
        }
        else
        {
            SayPowerless(role, what, cure);
        }
    }

    // The facade lends no role that holds such a power, so the configuration cannot allow it.
    private void SayUnlendable(StandingRoleUse? use, string role, string code, string what, string cure)
    {
        if (use is not null)
        {
            roles.Add(FindingSeverity.Error, code, $"{use.Key}: {role} {what}", cure);
        }
        else
        {
            SayPowerless(role, what, cure);
        }
    }

    private void SayPowerless(string role, string what, string cure)
    {
        var (code, whose) = string.Equals(role, JudgedRoles.Marker, StringComparison.Ordinal)
            ? ("marker_powerful", "marks every temporary login")
            : ("heir_powerful", "owns what a temporary login left behind");
        roles.Add(FindingSeverity.Error, code, $"{role} {whose} and must be powerless, but it {what}", cure);
    }

    private static string? Through(string role, string holder) => string.Equals(role, holder, StringComparison.Ordinal) ? null : holder;

    private static bool IsServers(string role) => role.StartsWith("pg_", StringComparison.Ordinal);

    private static Membership Read(NpgsqlDataReader row) =>
        new(row.GetString(0), row.GetString(1), row.GetBoolean(2), row.GetBoolean(3), row.GetBoolean(4), row.TextOrNull(5), row.GetBoolean(6));
}
