using DbChatOps.Targets;
using Npgsql;

namespace DbChatOps.Host.Engines.PostgreSql;

/// <summary>One level of one target, as far as roles go.</summary>
internal sealed record StandingRoleUse(Target Target, AccessLevel Level, LevelSettings Settings)
{
    public string Key => $"{Target.Id}/{Level.ToString().ToLowerInvariant()}";

    public string Role => Settings.StandingRole;

    /// <summary>What a session of this level can be: the standing role, and for ddl the owner too.</summary>
    public IEnumerable<string> Roles => Settings.OwnerRole is { } owner && Level == AccessLevel.Ddl ? [Role, owner] : [Role];
}

/// <summary>Judges the standing roles: known to the facade, one per target, without power beyond it, and what they reach in every database.</summary>
internal sealed class StandingRoleInspection(IReadOnlyList<StandingRoleUse> uses)
{
    private const int NamedFunctions = 20;

    private readonly Dictionary<string, SortedSet<string>> _reaches = uses.ToDictionary(
        static u => u.Key, static _ => new SortedSet<string>(StringComparer.Ordinal), StringComparer.Ordinal);

    private string[] _existing = [];

    // From 16 on the facade lends standing roles without SET: what sessions make belongs to the login, and goes to its heir.
    private bool _confinesStandingRoles;

    public List<Finding> Findings { get; } = [];

    public IReadOnlyDictionary<string, IReadOnlyList<string>> AlsoReaches =>
        _reaches.ToDictionary(static r => r.Key, static r => (IReadOnlyList<string>)[.. r.Value], StringComparer.Ordinal);

    public async Task JudgeAsync(NpgsqlConnection writer, bool facadeIsThere, CancellationToken ct)
    {
        var listed = facadeIsThere
            ? await writer.RowsAsync(
                InspectionStatements.ListedRoles,
                static row => (Role: row.GetString(0), Level: row.GetString(1), Database: row.GetString(2), Owner: row.GetString(3)),
                ct)
            : [];
        var powers = await writer.RowsAsync(
            InspectionStatements.Powers, static row => (Role: row.GetString(0), Through: row.GetString(1), What: row.GetString(2)), ct, (object)AllRoles());
        _existing = powers.Select(static p => p.Role).Distinct(StringComparer.Ordinal).ToArray();
        var elsewhere = await writer.RowsAsync(
            InspectionStatements.Elsewhere, static row => (Role: row.GetString(0), Database: row.GetString(1)), ct, (object)_existing);

        _confinesStandingRoles = writer.PostgreSqlVersion.Major >= 16;
        await JudgeLastingAsync(writer, ct);
        foreach (var shared in uses.GroupBy(static u => u.Role, StringComparer.Ordinal).Where(static g => g.Count() > 1))
        {
            Error("standing_role_shared", $"{string.Join(" and ", shared.Select(static u => u.Key))} share the standing role {shared.Key}: a grant for one reaches the other.");
        }

        foreach (var use in uses)
        {
            // Without a facade the one cure is the set-up script, which makes and lists the roles.
            if (facadeIsThere && !_existing.Contains(use.Role, StringComparer.Ordinal))
            {
                Error("standing_role_missing", $"{use.Key}: the role {use.Role} does not exist.", $"CREATE ROLE {NpgsqlReading.Quote(use.Role)} NOLOGIN;");
            }

            var owner = use.Level == AccessLevel.Ddl ? use.Settings.OwnerRole ?? string.Empty : string.Empty;
            if (facadeIsThere && !listed.Contains((use.Role, use.Level.ToString().ToLowerInvariant(), use.Target.Database, owner)))
            {
                Error("standing_role_not_listed", $"{use.Key}: the facade does not lend {use.Role} for this.", PostgreSqlSetUp.AllowListRow(use.Target, use.Level, use.Settings));
            }

            foreach (var (role, through, what) in powers.Where(p => p.What.Length > 0 && use.Roles.Contains(p.Role, StringComparer.Ordinal)))
            {
                Error(
                    "standing_role_dangerous",
                    $"{use.Key}: {role} carries {what}{(string.Equals(role, through, StringComparison.Ordinal) ? string.Empty : $" through {through}")}.",
                    string.Equals(role, through, StringComparison.Ordinal)
                        ? $"ALTER ROLE {NpgsqlReading.Quote(role)} NOSUPERUSER NOCREATEROLE NOCREATEDB NOREPLICATION NOBYPASSRLS NOLOGIN;"
                        : $"REVOKE {NpgsqlReading.Quote(through)} FROM {NpgsqlReading.Quote(role)};");
            }

            foreach (var (role, database) in elsewhere.Where(e => use.Roles.Contains(e.Role, StringComparer.Ordinal)
                && !string.Equals(e.Database, use.Target.Database, StringComparison.Ordinal)))
            {
                Error(
                    "standing_role_reaches_elsewhere",
                    $"{use.Key}: {role} has rights in database {database} too.",
                    $"\\c {NpgsqlReading.Quote(database)}\nREVOKE ALL ON DATABASE {NpgsqlReading.Quote(database)} FROM {NpgsqlReading.Quote(role)}; -- then each right that \\ddp and \\dp show for it");
            }
        }
    }

    /// <summary>Looks into one database, whichever it is: what PUBLIC may do there, every temporary login may too.</summary>
    public async Task VisitAsync(NpgsqlConnection connection, string database, CancellationToken ct)
    {
        if (_existing.Length == 0)
        {
            return;
        }

        var reach = await connection.RowsAsync(
            InspectionStatements.Reach, static row => (Role: row.GetString(0), Privilege: row.GetString(1), Count: row.GetInt32(2)), ct, (object)_existing);
        foreach (var use in uses.Where(u => !string.Equals(u.Target.Database, database, StringComparison.Ordinal)))
        {
            var counts = reach.Where(r => use.Roles.Contains(r.Role, StringComparer.Ordinal)).ToList();
            foreach (var privilege in counts.GroupBy(static c => c.Privilege, StringComparer.Ordinal))
            {
                var tables = privilege.Max(static p => p.Count);
                _reaches[use.Key].Add($"{database} ({privilege.Key} on {tables} {(tables == 1 ? "table" : "tables")})");
            }
        }

        foreach (var use in uses.Where(u => string.Equals(u.Target.Database, database, StringComparison.Ordinal) && _existing.Contains(u.Role, StringComparer.Ordinal)))
        {
            if (!reach.Exists(r => r.Privilege is "SELECT" && use.Roles.Contains(r.Role, StringComparer.Ordinal)))
            {
                Findings.Add(new Finding
                {
                    Severity = FindingSeverity.Note,
                    Code = "standing_role_reads_nothing",
                    Message = $"{use.Key}: its standing role {use.Role} may read no table in {database}. A superuser there grants it USAGE on schemas and SELECT on what it is for.",
                    About = [use.Key],
                });
            }
        }

        await JudgeCreatesAsync(connection, database, serverWide: false, ct);
        await JudgeGrantsAsync(connection, database, serverWide: false, ct);
        await JudgeWaysOutAsync(connection, database, ct);
    }

    // Not only in the target's own database: a login enters every one that its standing role or PUBLIC may enter.
    private async Task JudgeWaysOutAsync(NpgsqlConnection connection, string database, CancellationToken ct)
    {
        var roles = StandingRoles();
        var triggers = await connection.RowsAsync(
            InspectionStatements.Triggers, static row => (Role: row.GetString(0), Table: row.GetString(1), Count: row.GetInt32(2)), ct, (object)roles);
        var definers = await connection.RowsAsync(
            InspectionStatements.Definers, static row => (Role: row.GetString(0), Function: row.GetString(1), Owner: row.GetString(2), IsPowerful: row.GetBoolean(3)), ct, (object)roles);
        var waysOut = await connection.RowsAsync(
            InspectionStatements.WaysOut, static row => (Role: row.GetString(0), What: row.GetString(1), Cure: row.GetString(2)), ct, (object)roles);
        foreach (var use in uses)
        {
            // Elsewhere, what the owner of that database can do alone must not refuse what is here.
            var isHere = string.Equals(use.Target.Database, database, StringComparison.Ordinal);
            var place = isHere ? string.Empty : $" of database {database}, which it may enter";
            var before = isHere ? string.Empty : $"\\c {NpgsqlReading.Quote(database)}\n";
            foreach (var (_, table, count) in triggers.Where(t => use.Level != AccessLevel.Ddl && string.Equals(t.Role, use.Role, StringComparison.Ordinal)))
            {
                Add(
                    isHere ? FindingSeverity.Error : FindingSeverity.Warning,
                    "standing_role_trigger",
                    $"{use.Key}: {use.Role} may attach triggers to {table}{(count > 1 ? $" and {count - 1} more" : string.Empty)}{place}, which run as whoever writes there.",
                    $"{before}REVOKE TRIGGER ON {table} FROM {NpgsqlReading.Quote(use.Role)}{(isHere ? string.Empty : ", PUBLIC")};");
            }

            foreach (var (_, function, owner, isPowerful) in definers.Where(d => string.Equals(d.Role, use.Role, StringComparison.Ordinal)
                && !use.Roles.Contains(d.Owner, StringComparer.Ordinal)).OrderByDescending(static d => d.IsPowerful).Take(NamedFunctions))
            {
                Add(
                    isHere || isPowerful ? FindingSeverity.Error : FindingSeverity.Warning,
                    "security_definer_reachable",
                    $"{use.Key}: {use.Role} may execute {function}{place}, which runs with the rights of {owner}.",
                    $"{before}REVOKE EXECUTE ON FUNCTION {function} FROM {NpgsqlReading.Quote(use.Role)}, PUBLIC;");
            }

            foreach (var (_, what, cure) in waysOut.Where(w => string.Equals(w.Role, use.Role, StringComparison.Ordinal)))
            {
                Error("way_out_reachable", $"{use.Key}: {use.Role} may use {what}{place}, which leads out of {(isHere ? "this" : "that")} database.", before + cure + ";");
            }
        }
    }

    // Objects of a standing role outlive every grant: below ddl it must neither own anything nor be able to make anything.
    private async Task JudgeLastingAsync(NpgsqlConnection writer, CancellationToken ct)
    {
        var owned = await writer.RowsAsync(
            InspectionStatements.Owned,
            static row => (Role: row.GetString(0), Through: row.GetString(1), Database: row.TextOrNull(2), Count: row.GetInt32(3)),
            ct,
            (object)RolesBelowDdl());
        foreach (var (role, through, database, count) in owned)
        {
            var things = $"{count} {(count == 1 ? "object" : "objects")} in {(database is null ? "the server" : $"database {database}")}";
            var itself = string.Equals(role, through, StringComparison.Ordinal);
            Error(
                "standing_role_owns",
                $"{KeysOf(role)}: {role} owns {things}{(itself ? string.Empty : $" through {through}")}; every session of this level has the owner's rights there, and what it does with them outlives the grant.",
                itself ? Disown(role, database) : $"REVOKE {NpgsqlReading.Quote(through)} FROM {NpgsqlReading.Quote(role)};");
        }

        foreach (var (role, given, through) in await writer.RowsAsync(
            InspectionStatements.Administered, static row => (Role: row.GetString(0), Given: row.GetString(1), Through: row.GetString(2)), ct, (object)StandingRoles()))
        {
            Error(
                "standing_role_administers",
                $"{KeysOf(role)}: {role} may give {given} to others{(string.Equals(role, through, StringComparison.Ordinal) ? string.Empty : $" through {through}")}; whoever was given it keeps it.",
                $"REVOKE ADMIN OPTION FOR {NpgsqlReading.Quote(given)} FROM {NpgsqlReading.Quote(through)};");
        }

        await JudgeCreatesAsync(writer, database: null, serverWide: true, ct);
        await JudgeGrantsAsync(writer, database: null, serverWide: true, ct);
    }

    private async Task JudgeGrantsAsync(NpgsqlConnection connection, string? database, bool serverWide, CancellationToken ct)
    {
        foreach (var (role, what, holder, cure) in await connection.RowsAsync(
            InspectionStatements.Grantable,
            static row => (Role: row.GetString(0), What: row.GetString(1), Holder: row.GetString(2), Cure: row.GetString(3)),
            ct,
            StandingRoles(),
            serverWide))
        {
            Error(
                "standing_role_grants",
                $"{KeysOf(role)}: {role} may pass on rights on {what}{(database is null ? string.Empty : $" of database {database}")}"
                + $"{(string.Equals(role, holder, StringComparison.Ordinal) ? string.Empty : $" through {holder}")}; whoever was given them keeps them.",
                database is null ? cure : $"\\c {NpgsqlReading.Quote(database)}\n{cure}");
        }
    }

    private async Task JudgeCreatesAsync(NpgsqlConnection connection, string? database, bool serverWide, CancellationToken ct)
    {
        var creates = await connection.RowsAsync(
            InspectionStatements.Creates,
            static row => (Role: row.GetString(0), What: row.GetString(1), Cure: row.GetString(2)),
            ct,
            RolesBelowDdl(),
            serverWide);
        foreach (var (role, what, cure) in creates)
        {
            AddLasting(
                "standing_role_creates",
                $"{KeysOf(role)}: {role} may CREATE in {what}{(database is null ? string.Empty : $" of database {database}")}; what a session makes there as {role} outlives the grant.",
                database is null ? cure : $"\\c {NpgsqlReading.Quote(database)}\n{cure}");
        }
    }

    private void AddLasting(string code, string message, string cure) => Findings.Add(new Finding
    {
        Severity = _confinesStandingRoles ? FindingSeverity.Warning : FindingSeverity.Error,
        Code = code,
        Message = message,
        Cure = cure,
    });

    // To a powerless role: handed to anybody with rights, a planted function or trigger would run with those.
    private static string Disown(string role, string? database)
    {
        var heir = role[..Math.Min(role.Length, LoginName.MaximumLength - 5)] + "_left";
        return $"DO $role$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = {NpgsqlReading.QuoteLiteral(heir)}) THEN CREATE ROLE {NpgsqlReading.Quote(heir)} NOLOGIN; END IF; END $role$;\n"
            + (database is null ? string.Empty : $"\\c {NpgsqlReading.Quote(database)}\n")
            + $"REASSIGN OWNED BY {NpgsqlReading.Quote(role)} TO {NpgsqlReading.Quote(heir)};";
    }

    private string[] RolesBelowDdl() =>
        uses.Where(static u => u.Level != AccessLevel.Ddl).Select(static u => u.Role).Intersect(_existing, StringComparer.Ordinal).ToArray();

    private string[] StandingRoles() => uses.Select(static u => u.Role).Intersect(_existing, StringComparer.Ordinal).ToArray();

    private string KeysOf(string role) =>
        string.Join(" and ", uses.Where(u => string.Equals(u.Role, role, StringComparison.Ordinal)).Select(static u => u.Key));

    private string[] AllRoles() => uses.SelectMany(static u => u.Roles).Distinct(StringComparer.Ordinal).ToArray();

    private void Error(string code, string message, string? cure = null) => Add(FindingSeverity.Error, code, message, cure);

    private void Add(FindingSeverity severity, string code, string message, string? cure) =>
        Findings.Add(new Finding { Severity = severity, Code = code, Message = message, Cure = cure, About = Named(message) });

    /// <summary>The levels that a message names; one that names none is about the server.</summary>
    private string[]? Named(string message) =>
        uses.Select(static u => u.Key).Where(key => message.Contains(key, StringComparison.Ordinal)).ToArray() is { Length: > 0 } named ? named : null;
}
