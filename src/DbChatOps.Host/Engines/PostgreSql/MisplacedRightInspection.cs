using DbChatOps.Targets;
using Npgsql;

namespace DbChatOps.Host.Engines.PostgreSql;

/// <summary>
/// Judges rights where a role should have none: those of standing and owner roles in another database than the target's, and those of the marker and the
/// heirs anywhere. The statements that end them are read in the database itself; until it is visited the finding says where to look.
/// </summary>
internal sealed class MisplacedRightInspection(JudgedRoles roles)
{
    private readonly List<(int Finding, string Role, string Database, bool Owns)> _toCure = [];

    public async Task JudgeAsync(NpgsqlConnection writer, CancellationToken ct)
    {
        var elsewhere = await writer.RowsAsync(
            InspectionStatements.Elsewhere,
            static row => (Role: row.GetString(0), Database: row.GetString(1), Owns: row.GetBoolean(2)),
            ct,
            (object)roles.Lent.SelectMany(role => roles.Memberships.Above(role).Prepend(role)).Distinct(StringComparer.Ordinal).ToArray());
        foreach (var use in roles.Uses)
        {
            foreach (var role in use.Roles.Where(roles.Exists))
            {
                var holders = roles.Memberships.Above(role).Where(above => !use.Roles.Contains(above, StringComparer.Ordinal)).Prepend(role);
                foreach (var (holder, database, owns) in elsewhere.Where(e => holders.Contains(e.Role, StringComparer.Ordinal)
                    && !string.Equals(e.Database, use.Target.Database, StringComparison.Ordinal)))
                {
                    var itself = string.Equals(role, holder, StringComparison.Ordinal);
                    Report(
                        "standing_role_reaches_elsewhere",
                        $"{use.Key}: {role} has rights in database {database} too{JudgedRoles.By(itself ? null : holder)}.",
                        role, database, owns, itself ? null : roles.Memberships.Cut(role, holder));
                }
            }
        }

        await JudgePowerlessAsync(writer, ct);
    }

    /// <summary>Completes the findings about one database with the statements that end what was found there.</summary>
    public async Task VisitAsync(NpgsqlConnection connection, string database, CancellationToken ct)
    {
        var here = _toCure.Where(c => string.Equals(c.Database, database, StringComparison.Ordinal)).ToList();
        if (here.Count == 0)
        {
            return;
        }

        var names = here.Select(static c => c.Role).Distinct(StringComparer.Ordinal).ToArray();
        var rights = await connection.RowsAsync(HeldRightStatements.OwnInDatabase, HeldRight.Read, ct, names, names);
        var promises = await connection.RowsAsync(HeldRightStatements.OwnPromises, static row => (Role: row.GetString(0), Statement: row.GetString(1)), ct, (object)names);
        foreach (var (finding, role, _, owns) in here)
        {
            string[] statements =
            [
                $"\\c {NpgsqlReading.Quote(database)}",
                .. owns ? [Disown(role, database: null)] : Array.Empty<string>(),
                HeldRight.Cure(rights.Where(r => string.Equals(r.Judged, role, StringComparison.Ordinal)), roles.Memberships),
                .. promises.Where(p => string.Equals(p.Role, role, StringComparison.Ordinal)).Select(static p => p.Statement),
            ];
            roles.Findings[finding] = roles.Findings[finding] with { Cure = string.Join('\n', statements.Where(static s => s.Length > 0)) };
        }
    }

    /// <summary>
    /// Gives what a role owns to a powerless one. Given to a role with rights, a planted function or trigger would run with those.
    /// </summary>
    /// <param name="database">Where to connect first; null to stay.</param>
    public static string Disown(string role, string? database)
    {
        var heir = role[..Math.Min(role.Length, LoginName.MaximumLength - 5)] + "_left";
        return $"DO $role$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = {NpgsqlReading.QuoteLiteral(heir)}) THEN CREATE ROLE {NpgsqlReading.Quote(heir)} NOLOGIN; END IF; END $role$;\n"
            + (database is null ? string.Empty : $"\\c {NpgsqlReading.Quote(database)}\n")
            + $"REASSIGN OWNED BY {NpgsqlReading.Quote(role)} TO {NpgsqlReading.Quote(heir)};";
    }

    private async Task JudgePowerlessAsync(NpgsqlConnection writer, CancellationToken ct)
    {
        var held = await writer.RowsAsync(
            RolePowerStatements.HeldByPowerless, static row => (Role: row.GetString(0), Database: row.TextOrNull(1), Owns: row.GetBoolean(2)), ct);
        if (held.Count == 0)
        {
            return;
        }

        var names = held.Select(static h => h.Role).Distinct(StringComparer.Ordinal).ToArray();
        var onServer = await writer.RowsAsync(HeldRightStatements.OwnOnServer, HeldRight.Read, ct, names, names);
        if (writer.PostgreSqlVersion.Major >= HeldRightInspection.ParametersSince)
        {
            onServer.AddRange(await writer.RowsAsync(HeldRightStatements.OwnParameters, HeldRight.Read, ct, names, names));
        }

        foreach (var (role, database, owns) in held)
        {
            var isMarker = string.Equals(role, JudgedRoles.Marker, StringComparison.Ordinal);
            var what = isMarker ? "marks every temporary login and must be powerless" : "owns what a temporary login left behind and must be powerless";
            var cure = database is not null
                ? null
                : string.Join('\n', new[]
                {
                    owns ? Disown(role, database: null) : string.Empty,
                    HeldRight.Cure(onServer.Where(r => string.Equals(r.Judged, role, StringComparison.Ordinal)), roles.Memberships),
                }.Where(static s => s.Length > 0));
            Report(
                isMarker ? "marker_powerful" : "heir_powerful",
                $"{role} {what}, but it {(owns ? "owns something" : "holds rights")} in {(database is null ? "the server" : $"database {database}")}.",
                role, database, owns, cure);
        }
    }

    private void Report(string code, string message, string role, string? database, bool owns, string? cure)
    {
        if (cure is null && database is not null)
        {
            _toCure.Add((roles.Findings.Count, role, database, owns));
            cure = $"\\c {NpgsqlReading.Quote(database)}\n-- The bot could not look there. Take away each right that these two show for {NpgsqlReading.Quote(role)}:\n\\ddp\n\\dp";
        }

        roles.Add(FindingSeverity.Error, code, message, cure);
    }
}
