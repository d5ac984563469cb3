using DbChatOps.Targets;
using Npgsql;

namespace DbChatOps.Host.Engines.PostgreSql;

/// <summary>
/// Finds row security policies that name a standing role or one that it inherits from. A session with a role's rights may run <c>DROP OWNED BY</c> it, which takes the role out of
/// every policy for good. Without a restrictive policy all sessions of the level see what it hid. A policy for PUBLIC with the role in its condition cannot be lifted so.
/// </summary>
internal sealed class PolicyInspection(JudgedRoles roles)
{
    /// <summary><c>$1</c> and <c>$2</c> are pairs of a judged role and a role that it reaches.</summary>
    private const string Policies =
        """
        SELECT w.judged, w.role, p.polname::text, c.oid::regclass::text, NOT p.polpermissive,
               format('ALTER POLICY %I ON %s TO PUBLIC%s%s;', p.polname, c.oid::regclass,
                      CASE WHEN p.polqual IS NOT NULL THEN format(' USING (' || q.shape || ')', q.named, pg_get_expr(p.polqual, p.polrelid)) END,
                      CASE WHEN p.polwithcheck IS NOT NULL THEN format(' WITH CHECK (' || q.shape || ')', q.named, pg_get_expr(p.polwithcheck, p.polrelid)) END)
          FROM unnest($1::text[], $2::text[]) w(judged, role)
          JOIN pg_roles r ON r.rolname = w.role
          JOIN pg_policy p ON r.oid = ANY (p.polroles)
          JOIN pg_class c ON c.oid = p.polrelid
         CROSS JOIN LATERAL (SELECT CASE WHEN p.polpermissive THEN '(%s) AND (%s)' ELSE 'NOT (%s) OR (%s)' END AS shape,
                                    string_agg(format('pg_has_role(%L, ''USAGE'')', n.rolname), ' OR ' ORDER BY n.rolname) AS named
                               FROM pg_roles n WHERE n.oid = ANY (p.polroles)) q
         ORDER BY 1, 4, 3, 2
        """;

    public async Task JudgeAsync(NpgsqlConnection connection, string database, CancellationToken ct)
    {
        foreach (var (judged, role, policy, table, restricts, cure) in await connection.RowsAsync(
            Policies,
            static row => (row.GetString(0), row.GetString(1), row.GetString(2), row.GetString(3), row.GetBoolean(4), row.GetString(5)),
            ct,
            roles.Reach(roles.Standing)))
        {
            var through = string.Equals(judged, role, StringComparison.Ordinal) ? null : role;
            roles.Add(
                restricts ? FindingSeverity.Error : FindingSeverity.Warning,
                "standing_role_in_policy",
                $"{roles.KeysOf(judged)}: policy {policy} on {table} of database {database} names {judged}{JudgedRoles.By(through)}. Any session of this level can remove the role from it (DROP OWNED BY), and then all its sessions "
                + (restricts ? "see the rows that the policy hides." : "miss the rows that the policy shows."),
                $"\\c {NpgsqlReading.Quote(database)}\n{cure}");
        }
    }
}
