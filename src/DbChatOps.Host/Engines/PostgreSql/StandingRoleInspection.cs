using DbChatOps.Targets;
using Npgsql;

namespace DbChatOps.Host.Engines.PostgreSql;

/// <summary>
/// Judges the roles of all levels: known to the facade, one standing role per target and level, without power beyond it, and what they reach in every database.
/// What roles are is judged by <see cref="RolePowerInspection"/>, what they hold by <see cref="HeldRightInspection"/>, and what lasts or lies elsewhere here.
/// </summary>
internal sealed class StandingRoleInspection
{
    private readonly IReadOnlyList<StandingRoleUse> _uses;
    private readonly JudgedRoles _roles;
    private readonly RolePowerInspection _powers;
    private readonly HeldRightInspection _held;
    private readonly MisplacedRightInspection _misplaced;
    private readonly PolicyInspection _policies;
    private readonly Dictionary<string, SortedSet<string>> _reaches;

    public StandingRoleInspection(IReadOnlyList<StandingRoleUse> uses)
    {
        _uses = uses;
        _roles = new JudgedRoles(uses);
        _powers = new RolePowerInspection(_roles);
        _held = new HeldRightInspection(_roles);
        _misplaced = new MisplacedRightInspection(_roles);
        _policies = new PolicyInspection(_roles);
        _reaches = uses.ToDictionary(static u => u.Key, static _ => new SortedSet<string>(StringComparer.Ordinal), StringComparer.Ordinal);
    }

    public List<Finding> Findings => _roles.Findings;

    public IReadOnlyDictionary<string, IReadOnlyList<string>> AlsoReaches =>
        _reaches.ToDictionary(static r => r.Key, static r => (IReadOnlyList<string>)[.. r.Value], StringComparer.Ordinal);

    public async Task JudgeAsync(NpgsqlConnection writer, bool facadeIsThere, CancellationToken ct)
    {
        await _powers.JudgeAsync(writer, ct);
        if (facadeIsThere)
        {
            await JudgeListingAsync(writer, ct);
        }

        foreach (var shared in _uses.GroupBy(static u => u.Role, StringComparer.Ordinal).Where(static g => g.Count() > 1))
        {
            Error("standing_role_shared", $"{string.Join(" and ", shared.Select(static u => u.Key))} share the standing role {shared.Key}: a grant for one reaches the other.");
        }

        await _held.JudgeServerAsync(writer, ct);
        await JudgeOwnedAsync(writer, ct);
        await JudgeCreatesAsync(writer, database: null, serverWide: true, ct);
        await JudgeGrantsAsync(writer, database: null, serverWide: true, ct);
        await _misplaced.JudgeAsync(writer, ct);
    }

    /// <summary>Looks into one database, whichever it is: what PUBLIC may do there, every temporary login may too.</summary>
    public async Task VisitAsync(NpgsqlConnection connection, string database, CancellationToken ct)
    {
        await _misplaced.VisitAsync(connection, database, ct);
        if (_roles.Lent.Length == 0)
        {
            return;
        }

        await JudgeReachAsync(connection, database, ct);
        await JudgeCreatesAsync(connection, database, serverWide: false, ct);
        await JudgeGrantsAsync(connection, database, serverWide: false, ct);
        await _held.JudgeDatabaseAsync(connection, database, ct);
        await _policies.JudgeAsync(connection, database, ct);
    }

    /// <summary>After every visit: what is left over under <c>Allow</c> in the configuration.</summary>
    /// <param name="sawAll">Whether every database could be visited; what was not seen may be in one of the others.</param>
    public void ReportNeedlessAllowances(bool sawAll) => _roles.ReportNeedlessAllowances(sawAll);

    private async Task JudgeListingAsync(NpgsqlConnection writer, CancellationToken ct)
    {
        var listed = await writer.RowsAsync(
            InspectionStatements.ListedRoles,
            static row => (Role: row.GetString(0), Level: row.GetString(1), Database: row.GetString(2), Owner: row.GetString(3)),
            ct);
        foreach (var use in _uses)
        {
            // Without a facade the one cure is the set-up script, which makes and lists the roles.
            if (!_roles.Exists(use.Role))
            {
                Error("standing_role_missing", $"{use.Key}: the role {use.Role} does not exist.", $"CREATE ROLE {NpgsqlReading.Quote(use.Role)} NOLOGIN;");
            }

            var owner = use.Level == AccessLevel.Ddl ? use.Settings.OwnerRole ?? string.Empty : string.Empty;
            if (!listed.Contains((use.Role, use.Level.ToWord(), use.Target.Database, owner)))
            {
                Error("standing_role_not_listed", $"{use.Key}: the facade does not lend {use.Role} for this.", In(writer.Database) + PostgreSqlSetUp.AllowListRow(use.Target, use.Level, use.Settings));
            }
        }
    }

    private async Task JudgeReachAsync(NpgsqlConnection connection, string database, CancellationToken ct)
    {
        var reach = await connection.RowsAsync(
            InspectionStatements.Reach, static row => (Role: row.GetString(0), Privilege: row.GetString(1), Count: row.GetInt32(2)), ct, (object)_roles.Lent);
        foreach (var use in _uses.Where(u => !IsHome(u, database)))
        {
            var counts = reach.Where(r => use.Roles.Contains(r.Role, StringComparer.Ordinal)).ToList();
            foreach (var privilege in counts.GroupBy(static c => c.Privilege, StringComparer.Ordinal))
            {
                var tables = privilege.Max(static p => p.Count);
                _reaches[use.Key].Add($"{database} ({privilege.Key} on {tables} {(tables == 1 ? "table" : "tables")})");
            }
        }

        foreach (var use in _uses.Where(u => IsHome(u, database) && _roles.Exists(u.Role)))
        {
            if (!reach.Exists(r => r.Privilege is "SELECT" && use.Roles.Contains(r.Role, StringComparer.Ordinal)))
            {
                _roles.Add(
                    FindingSeverity.Note, "standing_role_reads_nothing",
                    $"{use.Key}: its standing role {use.Role} may read no table in {database}. A superuser there grants it USAGE on schemas and SELECT on what it is for.");
            }
        }
    }

    // Objects of a standing role outlive every grant: below ddl it must neither own anything nor be able to make anything.
    private async Task JudgeOwnedAsync(NpgsqlConnection writer, CancellationToken ct)
    {
        var owned = await writer.RowsAsync(
            InspectionStatements.Owned,
            static row => (Role: row.GetString(0), Through: row.GetString(1), Database: row.TextOrNull(2), Count: row.GetInt32(3)),
            ct,
            (object)_roles.BelowDdl);
        foreach (var (role, through, database, count) in owned)
        {
            var things = $"{count} {(count == 1 ? "object" : "objects")} in {(database is null ? "the server" : $"database {database}")}";
            var itself = string.Equals(role, through, StringComparison.Ordinal);
            Error(
                "standing_role_owns",
                $"{_roles.KeysOf(role)}: {role} owns {things}{JudgedRoles.By(itself ? null : through)}; every session of this level has the owner's rights there, and what it does with them outlives the grant.",
                itself ? MisplacedRightInspection.Disown(role, database) : _roles.Memberships.Cut(role, through));
        }
    }

    private async Task JudgeGrantsAsync(NpgsqlConnection connection, string? database, bool serverWide, CancellationToken ct)
    {
        foreach (var right in await connection.RowsAsync(HeldRightStatements.Grantable, HeldRight.Read, ct, [.. _roles.Reach(_roles.Standing), serverWide]))
        {
            var cure = HeldRight.Cure([right with { Privilege = $"GRANT OPTION FOR {right.Privilege}" }], _roles.Memberships);
            Error(
                "standing_role_grants",
                $"{_roles.KeysOf(right.Judged)}: {right.Judged} may pass on rights on {What(right)}{Of(database)}{JudgedRoles.By(right.Through)}; a role that was given them keeps them.",
                In(database) + cure);
        }
    }

    // From 16 on a session cannot become its standing role, but it can give it what it made (REASSIGN OWNED), and a view then reads with the role's rights.
    private async Task JudgeCreatesAsync(NpgsqlConnection connection, string? database, bool serverWide, CancellationToken ct)
    {
        var creates = await connection.RowsAsync(HeldRightStatements.Creates, HeldRight.Read, ct, [.. _roles.Reach(_roles.BelowDdl), serverWide]);
        foreach (var place in creates.GroupBy(static r => (r.Judged, What: What(r))))
        {
            _roles.Add(
                FindingSeverity.Error,
                "standing_role_creates",
                $"{_roles.KeysOf(place.Key.Judged)}: {place.Key.Judged} may CREATE in {place.Key.What}{Of(database)}; what a session makes there as {place.Key.Judged}, or gives to it, outlives the grant.",
                In(database) + HeldRight.Cure(place, _roles.Memberships));
        }
    }

    private static string What(HeldRight right) => $"{right.Keyword} {right.Name}";

    private static string Of(string? database) => database is null ? string.Empty : $" of database {database}";

    private static string In(string? database) => database is null ? string.Empty : $"\\c {NpgsqlReading.Quote(database)}\n";

    private static bool IsHome(StandingRoleUse use, string database) => string.Equals(use.Target.Database, database, StringComparison.Ordinal);

    private void Error(string code, string message, string? cure = null) => _roles.Add(FindingSeverity.Error, code, message, cure);
}
