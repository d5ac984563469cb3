using DbChatOps.Targets;
using Npgsql;

namespace DbChatOps.Host.Engines.PostgreSql;

/// <summary>Checks that the bot's login has no power and no members, and that no role without LOGIN has a password.</summary>
internal static class MinterInspection
{
    private const string Minter =
        """
        SELECT r.rolname::text, r.rolsuper OR r.rolcreaterole OR r.rolreplication OR r.rolbypassrls OR r.rolcreatedb,
               pg_has_role('pg_read_all_stats', 'USAGE'),
               ARRAY(SELECT DISTINCT u.rolname::text FROM pg_auth_members m JOIN pg_roles u ON u.oid = m.member WHERE m.roleid = r.oid ORDER BY 1)
          FROM pg_roles r
         WHERE r.rolname = current_user
        """;

    public static async Task<IReadOnlyList<Finding>> JudgeAsync(NpgsqlConnection writer, CancellationToken ct)
    {
        var findings = new List<Finding>();
        var (minter, powerful, stats, members) = await writer.RowAsync(
            Minter, static row => (row.GetString(0), row.GetBoolean(1), row.GetBoolean(2), row.GetFieldValue<string[]>(3)), ct);
        var quoted = NpgsqlReading.Quote(minter);
        if (powerful)
        {
            Add(FindingSeverity.Error, "minter_too_powerful", $"{minter} has power of its own, which the facade makes needless.",
                $"ALTER ROLE {quoted} NOSUPERUSER NOCREATEROLE NOCREATEDB NOREPLICATION NOBYPASSRLS;");
        }

        foreach (var member in members)
        {
            Add(FindingSeverity.Error, "minter_lent", $"{member} is a member of {minter}, as whom it can do what the bot can.", $"REVOKE {quoted} FROM {NpgsqlReading.Quote(member)} CASCADE;");
        }

        if (!stats)
        {
            Add(FindingSeverity.Error, "cannot_see_sessions", "The bot cannot see the state of sessions and standbys.", $"GRANT pg_read_all_stats TO {quoted};");
        }

        foreach (var role in await writer.RowsAsync(EndingStatements.DormantPasswords, static row => row.GetString(0), ct))
        {
            Add(FindingSeverity.Warning, "role_has_password",
                $"{role} cannot log in and has a password all the same; before PostgreSQL 16 a session that became it can set one. It would work as soon as {role} is given LOGIN.",
                $"ALTER ROLE {NpgsqlReading.Quote(role)} PASSWORD NULL;");
        }

        return findings;

        void Add(FindingSeverity severity, string code, string message, string cure) =>
            findings.Add(new Finding { Severity = severity, Code = code, Message = message, Cure = cure });
    }
}
