namespace DbChatOps.Host.Engines.PostgreSql;

/// <summary>What <c>check</c> asks about roles as such: attributes and memberships. All of it is readable by any role.</summary>
internal static class RolePowerStatements
{
    /// <summary>While a login is cleared it is lent to its own heir, and before 16 the marker to an heir of its own; the login itself can do nothing then.</summary>
    private const string LentForAMoment =
        @"u.rolname LIKE 'dbchatops\_heir\_%' AND (g.rolname LIKE 'dbco\_%' OR g.rolname = 'dbchatops_temp')";

    /// <summary>The given roles, the marker and the heirs, and everything that they are a member of.</summary>
    private const string Reached =
        $"""
        WITH RECURSIVE judged AS (
            SELECT r.oid FROM pg_roles r
             WHERE r.rolname = ANY ($1) OR r.rolname IN ('dbchatops_temp', 'dbchatops_inheritor') OR r.rolname LIKE 'dbchatops\_heir\_%'),
        reached AS (
            SELECT j.oid FROM judged j
             UNION
            SELECT m.roleid FROM reached e JOIN pg_auth_members m ON m.member = e.oid JOIN pg_roles g ON g.oid = m.roleid JOIN pg_roles u ON u.oid = m.member
             WHERE NOT ({LentForAMoment}))
        """;

    /// <summary>Every attribute that gives a power; the last column says whether the role is judged itself or only reached.</summary>
    public const string Attributes =
        $"""
        {Reached}
        SELECT r.rolname::text,
               array_remove(ARRAY[CASE WHEN r.rolsuper THEN 'SUPERUSER' END, CASE WHEN r.rolcreaterole THEN 'CREATEROLE' END,
                                  CASE WHEN r.rolreplication THEN 'REPLICATION' END, CASE WHEN r.rolbypassrls THEN 'BYPASSRLS' END,
                                  CASE WHEN r.rolcreatedb THEN 'CREATEDB' END, CASE WHEN r.rolcanlogin THEN 'LOGIN' END], NULL),
               EXISTS (SELECT FROM judged j WHERE j.oid = r.oid)
          FROM reached e
          JOIN pg_roles r ON r.oid = e.oid
         ORDER BY 1
        """;

    /// <summary>
    /// One row for each membership on the way. What pg_monitor is made of is part of it. Before 16 there are no options and no dependent grants.
    /// </summary>
    public const string Memberships =
        $"""
        {Reached}
        SELECT {Columns}
          FROM reached e
          JOIN pg_auth_members m ON m.member = e.oid
          JOIN pg_roles g ON g.oid = m.roleid
          JOIN pg_roles u ON u.oid = m.member
         WHERE NOT ({LentForAMoment}) AND NOT (u.rolname = 'pg_monitor' AND g.rolname IN ('pg_read_all_settings', 'pg_read_all_stats', 'pg_stat_scan_tables'))
         ORDER BY 1, 2
        """;

    /// <summary>Direct members of the given roles, without the bot's own temporary logins.</summary>
    public const string Members =
        $"""
        SELECT {Columns}, u.rolsuper
          FROM pg_auth_members m
          JOIN pg_roles g ON g.oid = m.roleid AND g.rolname = ANY ($1)
          JOIN pg_roles u ON u.oid = m.member
         WHERE NOT (u.rolname LIKE 'dbco\_%' AND EXISTS (SELECT FROM pg_auth_members t WHERE t.member = u.oid AND t.roleid = to_regrole('dbchatops_temp')))
         ORDER BY 1, 2
        """;

    /// <summary>Before 16, each of these can grant any role that is no superuser to anybody.</summary>
    public const string RoleMakers =
        """
        SELECT r.rolname::text FROM pg_roles r WHERE r.rolcreaterole AND NOT r.rolsuper AND current_setting('server_version_num')::integer < 160000 ORDER BY 1
        """;

    /// <summary>Databases that belong to one of the given roles: there it is pg_database_owner, of which nobody is a member by a row.</summary>
    public const string OwnedDatabases =
        """
        SELECT r.rolname::text, d.datname::text FROM pg_database d JOIN pg_roles r ON r.oid = d.datdba WHERE r.rolname = ANY ($1) ORDER BY 1, 2
        """;

    /// <summary>Where the marker and the heirs hold rights or are named by policies, and where the marker owns something; no database for the server itself.</summary>
    public const string HeldByPowerless =
        """
        SELECT DISTINCT r.rolname::text, d.datname::text, bool_or(s.deptype = 'o')
          FROM pg_roles r
          JOIN pg_shdepend s ON s.refclassid = 'pg_authid'::regclass AND s.refobjid = r.oid
           AND (s.deptype IN ('a', 'r') OR s.deptype = 'o' AND r.rolname = 'dbchatops_temp')
          LEFT JOIN pg_database d ON d.oid = s.dbid
         WHERE r.rolname IN ('dbchatops_temp', 'dbchatops_inheritor') OR r.rolname LIKE 'dbchatops\_heir\_%'
         GROUP BY 1, 2
         ORDER BY 1, 2
        """;

    private const string Columns =
        """
        g.rolname::text, u.rolname::text, m.admin_option,
               coalesce((to_jsonb(m) ->> 'inherit_option')::boolean, u.rolinherit), coalesce((to_jsonb(m) ->> 'set_option')::boolean, true),
               CASE WHEN current_setting('server_version_num')::integer >= 160000 THEN pg_get_userbyid(m.grantor)::text END,
               current_setting('server_version_num')::integer >= 160000
               AND EXISTS (SELECT FROM pg_auth_members d WHERE d.roleid = m.roleid AND d.grantor = m.member)
        """;
}
