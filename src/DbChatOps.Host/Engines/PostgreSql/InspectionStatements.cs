namespace DbChatOps.Host.Engines.PostgreSql;

/// <summary>What <c>check</c> asks. All of it is readable by any role, except the two places that say so.</summary>
internal static class InspectionStatements
{
    public const string Setup =
        """
        SELECT to_regnamespace('dbchatops') IS NOT NULL,
               coalesce(has_schema_privilege(to_regnamespace('dbchatops')::oid, 'USAGE'), false),
               (SELECT count(*)
                  FROM pg_proc p
                 WHERE p.pronamespace = to_regnamespace('dbchatops')::oid AND p.prosecdef AND has_function_privilege(p.oid, 'EXECUTE')
                   AND p.proname IN ('mint', 'mark', 'reveal', 'extend', 'lock', 'terminate', 'has_room', 'relieve', 'starting_up', 'ghosts', 'holdups', 'hand_down', 'lend_marker', 'tidy', 'drop',
                                     'dormant_passwords'))::integer,
               to_regrole('dbchatops_temp') IS NOT NULL,
               pg_is_in_recovery()
        """;

    public const string FacadeVersion = "SELECT dbchatops.version()";

    /// <summary>Who took over what logins left behind, and where it lies; the one heir of earlier set-ups among them.</summary>
    public const string Heirs =
        """
        SELECT r.rolname::text, coalesce(substring(shobj_description(r.oid, 'pg_authid') FROM ' of=([a-z0-9_]+) '), ''),
               (SELECT string_agg(DISTINCT coalesce(d.datname::text, 'the server'), ', ')
                  FROM pg_shdepend s LEFT JOIN pg_database d ON d.oid = s.dbid
                 WHERE s.refclassid = 'pg_authid'::regclass AND s.refobjid = r.oid)
          FROM pg_roles r
         WHERE r.rolname LIKE 'dbchatops\_heir\_%' AND shobj_description(r.oid, 'pg_authid') LIKE 'dbchatops/heir of=%' OR r.rolname = 'dbchatops_inheritor'
         ORDER BY r.rolname
        """;

    /// <summary>Where the given roles, or any role that they are a member of, own something. Default rights and user mappings do nothing by themselves.</summary>
    public const string Owned =
        """
        SELECT w.role, o.rolname::text, d.datname::text, count(*)::integer
          FROM unnest($1::text[]) w(role)
          JOIN pg_roles m ON m.rolname = w.role
          JOIN pg_roles o ON NOT m.rolsuper AND pg_has_role(m.oid, o.oid, 'MEMBER')
          JOIN pg_shdepend s ON s.refclassid = 'pg_authid'::regclass AND s.refobjid = o.oid AND s.deptype = 'o'
           AND s.classid NOT IN ('pg_default_acl'::regclass, 'pg_user_mapping'::regclass)
          LEFT JOIN pg_database d ON d.oid = s.dbid
         GROUP BY 1, 2, 3
         ORDER BY 1, 2, 3
        """;

    public const string Databases =
        """
        SELECT d.datname::text, has_database_privilege(d.oid, 'CONNECT'),
               EXISTS (SELECT FROM aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a WHERE a.grantee = 0 AND a.privilege_type = 'CONNECT')
          FROM pg_database d
         WHERE d.datallowconn AND NOT d.datistemplate
         ORDER BY d.datname
        """;

    public const string ListedRoles =
        """
        SELECT s.role_name::text, s.access_level, s.database_name::text, coalesce(s.owner_role::text, '') FROM dbchatops.standing_role s
        """;

    /// <summary>Databases in which a role appears in access lists or as an owner; a grant on the database itself counts for that database.</summary>
    public const string Elsewhere =
        """
        SELECT w.role, d.datname::text, bool_or(s.deptype = 'o')
          FROM unnest($1::text[]) w(role)
          JOIN pg_roles r ON r.rolname = w.role
          JOIN pg_shdepend s ON s.refclassid = 'pg_authid'::regclass AND s.refobjid = r.oid AND s.deptype IN ('a', 'o', 'r')
          JOIN pg_database d ON d.oid = s.dbid OR (s.dbid = 0 AND s.classid = 'pg_database'::regclass AND s.objid = d.oid)
         GROUP BY 1, 2
         ORDER BY 1, 2
        """;

    /// <summary>
    /// Needs the set-up's grants on view and function. Ordered as the server tries them: from 16 on rules may stand in several files, and the view
    /// has two more columns, which are read so that earlier servers do not miss them.
    /// </summary>
    public const string HostRules =
        """
        SELECT h.type, h.database, h.user_name, coalesce(h.address, ''), h.auth_method, h.line_number, coalesce(to_jsonb(h) ->> 'file_name', 'pg_hba.conf'), coalesce(h.netmask, '')
          FROM pg_hba_file_rules h
         WHERE h.error IS NULL
         ORDER BY coalesce((to_jsonb(h) ->> 'rule_number')::integer, h.line_number)
        """;

    /// <summary>In each database: how many relations a role reaches, by privilege; a column of one is enough.</summary>
    public const string Reach =
        """
        SELECT w.role, p.privilege, count(*)::integer
          FROM unnest($1::text[]) w(role)
         CROSS JOIN unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) p(privilege)
         CROSS JOIN pg_class c
          JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
           AND has_database_privilege(w.role, current_database(), 'CONNECT')
           AND has_schema_privilege(w.role, n.oid, 'USAGE')
           AND CASE WHEN has_table_privilege(w.role, c.oid, p.privilege) THEN true
                    WHEN p.privilege IN ('SELECT', 'INSERT', 'UPDATE') AND c.oid IN (SELECT t.attrelid FROM pg_attribute t WHERE t.attacl IS NOT NULL)
                    THEN has_any_column_privilege(w.role, c.oid, p.privilege)
                    ELSE false END
         GROUP BY 1, 2
         ORDER BY 1, 2
        """;
}
