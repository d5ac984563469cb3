using Npgsql;

namespace DbChatOps.Host.Engines.PostgreSql;

/// <summary>
/// Names what could not be cleared in a database, with the statements that a superuser runs there. Rights that others granted are theirs to take back: a
/// superuser's own REVOKE acts as the object's owner, so one that came from somebody with GRANT OPTION survives it, and DROP OWNED too.
/// </summary>
internal static class Remains
{
    private const int NamedObjects = 5;

    private const string Left =
        """
        SELECT s.refobjid,
               CASE s.deptype WHEN 'o' THEN 'owner of ' WHEN 'r' THEN 'named by ' ELSE 'access rights on ' END
               || coalesce(pg_describe_object(s.classid, s.objid, s.objsubid), 'an object that is being dropped')
               || coalesce(' of ' || quote_ident(pg_get_userbyid(c.relowner)), '')
          FROM unnest($1::oid[]) w(login)
         CROSS JOIN LATERAL (SELECT x.refobjid, x.classid, x.objid, x.objsubid, x.deptype
                               FROM pg_shdepend x
                              WHERE x.refclassid = 'pg_authid'::regclass AND x.refobjid = w.login AND x.classid <> 'pg_auth_members'::regclass
                                AND x.dbid IN (0, (SELECT d.oid FROM pg_database d WHERE d.datname = current_database()))
                              LIMIT $2) s
          LEFT JOIN pg_class c ON s.classid = 'pg_class'::regclass AND c.oid = s.objid
        """;

    /// <summary>The grantors of what a login holds in this database or on the server, other than the owner of the object, with the statement of each.</summary>
    private const string OfGrantors =
        """
        SELECT w.login, format('SET ROLE %I; REVOKE %s ON %s FROM %I CASCADE; RESET ROLE', pg_get_userbyid(a.grantor),
                               string_agg(DISTINCT a.privilege_type || o.columns, ', '), o.what, pg_get_userbyid(w.login))
          FROM unnest($1::oid[]) w(login)
          JOIN pg_shdepend x ON x.refclassid = 'pg_authid'::regclass AND x.refobjid = w.login AND x.deptype = 'a'
           AND x.dbid IN (0, (SELECT d.oid FROM pg_database d WHERE d.datname = current_database()))
          JOIN (SELECT 'pg_class'::regclass, c.oid, CASE c.relkind WHEN 'S' THEN 'SEQUENCE ' ELSE 'TABLE ' END || c.oid::regclass::text, '', c.relowner, c.relacl FROM pg_class c
                 UNION ALL
                SELECT 'pg_class'::regclass, t.attrelid, 'TABLE ' || t.attrelid::regclass::text, format(' (%I)', t.attname), c.relowner, t.attacl FROM pg_attribute t JOIN pg_class c ON c.oid = t.attrelid
                 UNION ALL
                SELECT 'pg_namespace'::regclass, n.oid, 'SCHEMA ' || quote_ident(n.nspname), '', n.nspowner, n.nspacl FROM pg_namespace n
                 UNION ALL
                SELECT 'pg_proc'::regclass, p.oid, CASE p.prokind WHEN 'p' THEN 'PROCEDURE ' ELSE 'FUNCTION ' END || p.oid::regprocedure::text, '', p.proowner, p.proacl FROM pg_proc p
                 UNION ALL
                SELECT 'pg_type'::regclass, t.oid, 'TYPE ' || t.oid::regtype::text, '', t.typowner, t.typacl FROM pg_type t
                 UNION ALL
                SELECT 'pg_language'::regclass, l.oid, 'LANGUAGE ' || quote_ident(l.lanname), '', l.lanowner, l.lanacl FROM pg_language l
                 UNION ALL
                SELECT 'pg_foreign_data_wrapper'::regclass, f.oid, 'FOREIGN DATA WRAPPER ' || quote_ident(f.fdwname), '', f.fdwowner, f.fdwacl FROM pg_foreign_data_wrapper f
                 UNION ALL
                SELECT 'pg_foreign_server'::regclass, s.oid, 'FOREIGN SERVER ' || quote_ident(s.srvname), '', s.srvowner, s.srvacl FROM pg_foreign_server s
                 UNION ALL
                SELECT 'pg_largeobject'::regclass, m.oid, 'LARGE OBJECT ' || m.oid, '', m.lomowner, m.lomacl FROM pg_largeobject_metadata m
                 UNION ALL
                SELECT 'pg_database'::regclass, d.oid, 'DATABASE ' || quote_ident(d.datname), '', d.datdba, d.datacl FROM pg_database d
                 UNION ALL
                SELECT 'pg_tablespace'::regclass, t.oid, 'TABLESPACE ' || quote_ident(t.spcname), '', t.spcowner, t.spcacl FROM pg_tablespace t) o(class, oid, what, columns, owner, acl)
            ON o.class = x.classid AND o.oid = x.objid
         CROSS JOIN aclexplode(o.acl) a
         WHERE a.grantee = w.login AND a.grantor <> o.owner
         GROUP BY w.login, a.grantor, o.what
         ORDER BY 1, 2
        """;

    private const string EventTriggers =
        """
        SELECT string_agg(quote_ident(e.evtname), ', ' ORDER BY e.evtname) FROM pg_event_trigger e WHERE e.evtenabled <> 'D' AND e.evtevent <> 'login'
        """;

    /// <summary>Adds to each login what is left of it in this database, and what a superuser runs there.</summary>
    /// <param name="owners">Each login with its heir.</param>
    public static async Task NameAsync(NpgsqlConnection connection, string database, Dictionary<EndingState, string> owners, CancellationToken ct)
    {
        var byOid = owners.Keys.ToDictionary(static l => l.Oid ?? 0);
        var left = await connection.RowsAsync(
            Left, static row => (Oid: row.GetFieldValue<uint>(0), What: row.GetString(1)), ct, byOid.Keys.ToArray(), NamedObjects + 1);
        if (left.Count == 0)
        {
            return;
        }

        var grantors = (await connection.RowsAsync(
                OfGrantors, static row => (Oid: row.GetFieldValue<uint>(0), Statement: row.GetString(1)), ct, left.Select(static l => l.Oid).Distinct().ToArray()))
            .ToLookup(static g => g.Oid, static g => g.Statement);
        foreach (var remain in left.GroupBy(static l => l.Oid))
        {
            var login = NpgsqlReading.Quote(byOid[remain.Key].Name);
            var heir = NpgsqlReading.Quote(owners[byOid[remain.Key]]);
            var named = string.Join(", ", remain.Take(NamedObjects).Select(static r => r.What));
            var more = remain.Count() > NamedObjects ? " and more" : string.Empty;
            var cure = string.Join("; ", [.. grantors[remain.Key], $"REASSIGN OWNED BY {login} TO {heir}", $"DROP OWNED BY {login}"]);
            byOid[remain.Key].Blockers.Add($"{named}{more} in database {database}; a superuser there runs: {cure}");
        }
    }

    /// <summary>The event triggers of this database, which may forbid what clearing does; null when there are none.</summary>
    public static async Task<string?> EventTriggersAsync(NpgsqlConnection connection, CancellationToken ct) =>
        await connection.RowAsync(EventTriggers, static row => row.TextOrNull(0), ct);
}
