using DbChatOps.Targets;
using Npgsql;

namespace DbChatOps.Host.Engines.PostgreSql;

/// <summary>Judges what the roles of a level hold beyond tables: on the server, and what leads out of a database.</summary>
internal sealed class HeldRightInspection(JudgedRoles roles)
{
    /// <summary>The first major of the server that has rights on parameters.</summary>
    public const int ParametersSince = 15;

    private const int NamedFunctions = 20;

    public async Task JudgeServerAsync(NpgsqlConnection writer, CancellationToken ct)
    {
        var held = await writer.RowsAsync(
            writer.PostgreSqlVersion.Major >= ParametersSince ? HeldRightStatements.OnServerWithParameters : HeldRightStatements.OnServer, ReadPower, ct, roles.Reach(roles.Lent));
        foreach (var use in roles.Uses)
        {
            foreach (var power in Of(use, held, static p => p.Right))
            {
                foreach (var one in power.GroupBy(static p => (p.Kind, p.Name, p.Right.Keyword)))
                {
                    var how = string.Join(", ", one.Select(static p => p.Right.Privilege).Distinct(StringComparer.Ordinal));
                    roles.Judge(
                        use, one.Key.Kind, one.Key.Name, FindingSeverity.Error, "standing_role_holds",
                        $"{use.Key}: {power.Key} holds {how} on {one.Key.Keyword.ToLowerInvariant()} {one.Key.Name}{Through(one.Select(static p => p.Right))}.",
                        HeldRight.Cure(one.Select(static p => p.Right), roles.Memberships));
                }
            }
        }
    }

    /// <summary>Not only in the target's own database: a login enters every one that its roles or PUBLIC may enter.</summary>
    public async Task JudgeDatabaseAsync(NpgsqlConnection connection, string database, CancellationToken ct)
    {
        var reach = roles.Reach(roles.Lent);
        var powers = await connection.RowsAsync(HeldRightStatements.InDatabase, ReadPower, ct, reach);
        var extensions = await connection.RowsAsync(
            HeldRightStatements.Extensions, static row => (Right: HeldRight.Read(row), Extension: row.GetString(HeldRight.Columns)), ct, reach);
        var triggers = await connection.RowsAsync(
            HeldRightStatements.Triggers, static row => (Right: HeldRight.Read(row), Schema: row.GetString(HeldRight.Columns)), ct, roles.Reach(roles.BelowDdl));
        var definers = await connection.RowsAsync(
            HeldRightStatements.Definers, static row => (Right: HeldRight.Read(row), IsPowerful: row.GetBoolean(HeldRight.Columns)), ct, reach);
        foreach (var use in roles.Uses)
        {
            // Elsewhere, what the owner of that database can do alone must not refuse what is here.
            var isHere = string.Equals(use.Target.Database, database, StringComparison.Ordinal);
            var place = isHere ? string.Empty : $" of database {database}, which it may enter";
            var before = $"\\c {NpgsqlReading.Quote(database)}\n";
            JudgePowers(use, powers, place, before);
            foreach (var one in Of(use, extensions, static e => e.Right).SelectMany(static role => role.GroupBy(e => (Role: role.Key, e.Extension))))
            {
                roles.Add(
                    FindingSeverity.Error, "way_out_reachable",
                    $"{use.Key}: {one.Key.Role} may use extension {one.Key.Extension}{place}, which leads out of {(isHere ? "this" : "that")} database.",
                    before + HeldRight.Cure(one.Select(static e => e.Right), roles.Memberships));
            }

            foreach (var role in Of(use, triggers, static t => t.Right).Where(_ => use.Level != AccessLevel.Ddl))
            {
                var tables = role.Select(static t => t.Right.Name).Distinct(StringComparer.Ordinal).ToList();
                roles.Add(
                    isHere ? FindingSeverity.Error : FindingSeverity.Warning,
                    "standing_role_trigger",
                    $"{use.Key}: {role.Key} may attach triggers to {tables[0]}{(tables.Count > 1 ? $" and {tables.Count - 1} more" : string.Empty)}{place}, which run with the rights of every writer there.",
                    before + HeldRight.Cure(BySchema([.. role]), roles.Memberships));
            }

            JudgeDefiners(use, definers, isHere, place, before);
        }
    }

    private void JudgePowers(StandingRoleUse use, List<(HeldRight Right, PowerKind Kind, string Name)> powers, string place, string before)
    {
        foreach (var one in Of(use, powers, static p => p.Right).SelectMany(static role => role.GroupBy(p => (Role: role.Key, p.Kind, p.Name, p.Right.Keyword))))
        {
            var isLanguage = one.Key.Kind is PowerKind.Language;
            roles.Judge(
                use, one.Key.Kind, one.Key.Name, FindingSeverity.Error,
                isLanguage ? "standing_role_holds" : "way_out_reachable",
                $"{use.Key}: {one.Key.Role} may use {one.Key.Keyword.ToLowerInvariant()} {one.Key.Name}{place}{Through(one.Select(static p => p.Right))}"
                + $"{(isLanguage ? ", which PUBLIC may not" : $", which leads out of {(place.Length == 0 ? "this" : "that")} database")}.",
                before + HeldRight.Cure(one.Select(static p => p.Right), roles.Memberships));
        }
    }

    private void JudgeDefiners(StandingRoleUse use, List<(HeldRight Right, bool IsPowerful)> definers, bool isHere, string place, string before)
    {
        var reached = definers.Where(d => use.Roles.Contains(d.Right.Judged, StringComparer.Ordinal) && !use.Roles.Contains(d.Right.Owner, StringComparer.Ordinal))
            .GroupBy(static d => (d.Right.Name, d.Right.Owner, d.IsPowerful))
            .OrderByDescending(static f => f.Key.IsPowerful)
            .Take(NamedFunctions);
        foreach (var function in reached)
        {
            roles.Add(
                isHere || function.Key.IsPowerful ? FindingSeverity.Error : FindingSeverity.Warning,
                "security_definer_reachable",
                $"{use.Key}: {function.First().Right.Judged} may execute {function.Key.Name}{place}, which runs with the rights of {function.Key.Owner}.",
                before + HeldRight.Cure(function.Select(static d => d.Right), roles.Memberships));
        }
    }

    /// <summary>The rows of a level, by the role that has them. What both have through PUBLIC is told once.</summary>
    private static IEnumerable<IGrouping<string, T>> Of<T>(StandingRoleUse use, IEnumerable<T> rows, Func<T, HeldRight> right) =>
        rows.Where(r => use.Roles.Contains(right(r).Judged, StringComparer.Ordinal))
            .GroupBy(r => right(r).Grantee is null ? right(r) with { Judged = string.Empty } : right(r))
            .Select(same => same.OrderBy(r => string.Equals(right(r).Judged, use.Role, StringComparison.Ordinal) ? 0 : 1).First())
            .GroupBy(r => right(r).Judged, StringComparer.Ordinal);

    // One statement for a schema in place of one for each of its tables, where the owners granted it.
    private static IEnumerable<HeldRight> BySchema(IReadOnlyList<(HeldRight Right, string Schema)> tables) =>
        tables.GroupBy(static t => (t.Schema, t.Right.Grantee, ByOwner: string.Equals(t.Right.Grantor, t.Right.Owner, StringComparison.Ordinal), t.Right.PassedOn))
            .SelectMany(static g => g.Key.ByOwner && g.Skip(1).Any()
                ? [g.First().Right with { Keyword = "ALL TABLES IN SCHEMA", Name = g.Key.Schema }]
                : g.Select(static t => t.Right));

    private static string Through(IEnumerable<HeldRight> rights) =>
        JudgedRoles.By(rights.Select(static r => r.Grantee is null ? "PUBLIC" : r.Through).FirstOrDefault(static through => through is not null));

    private static (HeldRight Right, PowerKind Kind, string Name) ReadPower(NpgsqlDataReader row) =>
        (HeldRight.Read(row), Enum.Parse<PowerKind>(row.GetString(HeldRight.Columns)), row.GetString(HeldRight.Columns + 1));
}
