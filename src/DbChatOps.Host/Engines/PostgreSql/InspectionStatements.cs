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
                   AND p.proname IN ('mint', 'mark', 'reveal', 'extend', 'lock', 'terminate', 'starting_up', 'ghosts', 'holdups', 'hand_down', 'lend_marker', 'tidy', 'drop',
                                     'dormant_passwords'))::integer,
               to_regrole('dbchatops_temp') IS NOT NULL,
               pg_is_in_recovery()
        """;

    public const string FacadeVersion = "SELECT dbchatops.version()";

    public const string Minter =
        """
        SELECT r.rolname::text, r.rolsuper OR r.rolcreaterole OR r.rolreplication OR r.rolbypassrls OR r.rolcreatedb,
               pg_has_role('pg_read_all_stats', 'USAGE')
          FROM pg_roles r
         WHERE r.rolname = current_user
        """;

    /// <summary>Who took over what logins left behind, and where it lies; the one heir of earlier set-ups among them.</summary>
    public const string Heirs =
        """
        SELECT r.rolname::text, coalesce(substring(shobj_description(r.oid, 'pg_authid') FROM ' of=([a-z0-9_]+) '), ''),
               (SELECT string_agg(DISTINCT coalesce(d.datname::text, 'the server'), ', ')
                  FROM pg_shdepend s LEFT JOIN pg_database d ON d.oid = s.dbid
                 WHERE s.refclassid = 'pg_authid'::regclass AND s.refobjid = r.oid),
               r.rolcanlogin OR r.rolsuper OR r.rolcreaterole OR r.rolcreatedb OR r.rolreplication OR r.rolbypassrls OR EXISTS (SELECT FROM pg_auth_members m WHERE m.member = r.oid)
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

    /// <summary>
    /// Where the given roles may CREATE, with the statement that ends it: either databases and tablespaces, or the schemas of this database if they may enter it.
    /// Through whom: itself, PUBLIC, or a role that it is a member of; to lose what an owner may do, it must leave the owner.
    /// </summary>
    public const string Creates =
        """
        SELECT DISTINCT w.role, o.what,
               CASE WHEN a.grantee = o.owner AND a.grantee <> r.oid THEN format('REVOKE %I FROM %I;', pg_get_userbyid(o.owner), w.role)
                    ELSE format('REVOKE CREATE ON %s FROM %s;', o.what, CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END) END
          FROM unnest($1::text[]) w(role)
          JOIN pg_roles r ON r.rolname = w.role
         CROSS JOIN (SELECT 'SCHEMA ' || quote_ident(n.nspname), false, n.nspowner, coalesce(n.nspacl, acldefault('n', n.nspowner))
                       FROM pg_namespace n
                      WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
                      UNION ALL
                     SELECT 'DATABASE ' || quote_ident(d.datname), true, d.datdba, coalesce(d.datacl, acldefault('d', d.datdba))
                       FROM pg_database d
                      WHERE d.datallowconn AND NOT d.datistemplate
                      UNION ALL
                     SELECT 'TABLESPACE ' || quote_ident(t.spcname), true, t.spcowner, coalesce(t.spcacl, acldefault('t', t.spcowner))
                       FROM pg_tablespace t) o(what, server_wide, owner, acl)
         CROSS JOIN aclexplode(o.acl) a
         WHERE NOT r.rolsuper AND a.privilege_type = 'CREATE' AND o.server_wide = $2
           AND (o.server_wide OR has_database_privilege(r.oid, current_database(), 'CONNECT'))
           AND (a.grantee = 0 OR pg_has_role(r.oid, a.grantee, 'MEMBER'))
         ORDER BY 1, 2, 3
        """;

    /// <summary>
    /// What the given roles may pass on, themselves or through a role that they are a member of, in this database or on the server: whoever was given it
    /// keeps it. The first few of each role.
    /// </summary>
    public const string Grantable =
        """
        SELECT g.role, g.what, g.holder, g.cure
          FROM (SELECT w.role, o.what, pg_get_userbyid(a.grantee)::text AS holder,
                       format('REVOKE GRANT OPTION FOR %s%s ON %s FROM %I;', a.privilege_type, o.columns, o.what, pg_get_userbyid(a.grantee)) AS cure,
                       row_number() OVER (PARTITION BY w.role ORDER BY o.what, a.privilege_type) AS place
                  FROM unnest($1::text[]) w(role)
                  JOIN pg_roles r ON r.rolname = w.role
                 CROSS JOIN (SELECT 'TABLE ' || c.oid::regclass::text, '', false, c.relacl FROM pg_class c
                              UNION ALL
                             SELECT 'TABLE ' || t.attrelid::regclass::text, format(' (%I)', t.attname), false, t.attacl FROM pg_attribute t
                              UNION ALL
                             SELECT 'SCHEMA ' || quote_ident(n.nspname), '', false, n.nspacl FROM pg_namespace n
                              UNION ALL
                             SELECT CASE p.prokind WHEN 'p' THEN 'PROCEDURE ' ELSE 'FUNCTION ' END || p.oid::regprocedure::text, '', false, p.proacl FROM pg_proc p
                              UNION ALL
                             SELECT 'TYPE ' || t.oid::regtype::text, '', false, t.typacl FROM pg_type t
                              UNION ALL
                             SELECT 'LANGUAGE ' || quote_ident(l.lanname), '', false, l.lanacl FROM pg_language l
                              UNION ALL
                             SELECT 'FOREIGN DATA WRAPPER ' || quote_ident(f.fdwname), '', false, f.fdwacl FROM pg_foreign_data_wrapper f
                              UNION ALL
                             SELECT 'FOREIGN SERVER ' || quote_ident(s.srvname), '', false, s.srvacl FROM pg_foreign_server s
                              UNION ALL
                             SELECT 'LARGE OBJECT ' || m.oid, '', false, m.lomacl FROM pg_largeobject_metadata m
                              UNION ALL
                             SELECT 'DATABASE ' || quote_ident(d.datname), '', true, d.datacl FROM pg_database d
                              UNION ALL
                             SELECT 'TABLESPACE ' || quote_ident(t.spcname), '', true, t.spcacl FROM pg_tablespace t) o(what, columns, server_wide, acl)
                 CROSS JOIN aclexplode(o.acl) a
                 WHERE o.acl IS NOT NULL AND o.server_wide = $2 AND NOT r.rolsuper AND a.is_grantable AND a.grantee <> 0
                   AND pg_has_role(r.oid, a.grantee, 'MEMBER')) g
         WHERE g.place <= 10
         ORDER BY 1, 2, 4
        """;

    /// <summary>Roles that the given ones may give to others, themselves or through a role that they are a member of.</summary>
    public const string Administered =
        """
        SELECT DISTINCT w.role, g.rolname::text, h.rolname::text
          FROM unnest($1::text[]) w(role)
          JOIN pg_roles r ON r.rolname = w.role
          JOIN pg_auth_members m ON m.admin_option AND NOT r.rolsuper AND pg_has_role(r.oid, m.member, 'MEMBER')
          JOIN pg_roles g ON g.oid = m.roleid
          JOIN pg_roles h ON h.oid = m.member
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

    /// <summary>Existing roles among the given ones, each with every role it is a member of, directly or not.</summary>
    public const string Powers =
        """
        SELECT w.role, r.rolname::text,
               concat_ws(', ', CASE WHEN r.rolsuper THEN 'SUPERUSER' END, CASE WHEN r.rolcreaterole THEN 'CREATEROLE' END,
                         CASE WHEN r.rolreplication THEN 'REPLICATION' END, CASE WHEN r.rolbypassrls THEN 'BYPASSRLS' END,
                         CASE WHEN r.rolcreatedb THEN 'CREATEDB' END, CASE WHEN r.rolcanlogin THEN 'LOGIN' END,
                         CASE WHEN r.rolname ~ '^pg_.*_server_|^pg_maintain$|^pg_signal_backend$|^pg_checkpoint$|^pg_write_all_data$|^pg_read_all_data$|^pg_database_owner$'
                              THEN 'a role of the server itself' END)
          FROM unnest($1::text[]) w(role)
          JOIN pg_roles m ON m.rolname = w.role
          JOIN pg_roles r ON NOT m.rolsuper AND pg_has_role(m.oid, r.oid, 'MEMBER') OR r.oid = m.oid
        """;

    /// <summary>Databases in which a role appears in access lists or as an owner; a grant on the database itself counts for that database.</summary>
    public const string Elsewhere =
        """
        SELECT DISTINCT w.role, d.datname::text
          FROM unnest($1::text[]) w(role)
          JOIN pg_roles r ON r.rolname = w.role
          JOIN pg_shdepend s ON s.refclassid = 'pg_authid'::regclass AND s.refobjid = r.oid AND s.deptype IN ('a', 'o', 'r')
          JOIN pg_database d ON d.oid = s.dbid OR (s.dbid = 0 AND s.classid = 'pg_database'::regclass AND s.objid = d.oid)
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

    public const string Triggers =
        """
        SELECT w.role, min(c.oid::regclass::text), count(*)::integer
          FROM unnest($1::text[]) w(role)
         CROSS JOIN pg_class c
          JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE c.relkind IN ('r', 'p', 'v', 'f') AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
           AND has_database_privilege(w.role, current_database(), 'CONNECT') AND has_table_privilege(w.role, c.oid, 'TRIGGER')
         GROUP BY 1
        """;

    /// <summary>The last column: whether the owner has power beyond this database.</summary>
    public const string Definers =
        """
        SELECT w.role, p.oid::regprocedure::text, pg_get_userbyid(p.proowner)::text,
               EXISTS (SELECT FROM pg_roles g
                        WHERE pg_has_role(p.proowner, g.oid, 'MEMBER')
                          AND (g.rolsuper OR g.rolcreaterole OR g.rolcreatedb OR g.rolreplication OR g.rolbypassrls
                               OR g.rolname ~ '^pg_.*_server_|^pg_maintain$|^pg_signal_backend$|^pg_write_all_data$|^pg_read_all_data$'))
          FROM unnest($1::text[]) w(role)
         CROSS JOIN pg_proc p
          JOIN pg_namespace n ON n.oid = p.pronamespace
         WHERE p.prosecdef AND n.nspname !~ '^pg_'
           AND has_database_privilege(w.role, current_database(), 'CONNECT') AND has_schema_privilege(w.role, n.oid, 'USAGE') AND has_function_privilege(w.role, p.oid, 'EXECUTE')
           AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
        """;

    public const string WaysOut =
        """
        SELECT w.role, 'foreign server ' || quote_ident(f.srvname), format('REVOKE USAGE ON FOREIGN SERVER %I FROM %I, PUBLIC', f.srvname, w.role)
          FROM unnest($1::text[]) w(role)
         CROSS JOIN pg_foreign_server f
         WHERE has_database_privilege(w.role, current_database(), 'CONNECT') AND has_server_privilege(w.role, f.oid, 'USAGE')
         UNION ALL
        SELECT w.role, 'extension ' || e.extname, format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', min(p.oid::regprocedure::text))
          FROM unnest($1::text[]) w(role)
         CROSS JOIN pg_extension e
          JOIN pg_depend d ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = e.oid AND d.classid = 'pg_proc'::regclass AND d.deptype = 'e'
          JOIN pg_proc p ON p.oid = d.objid
          JOIN pg_namespace n ON n.oid = p.pronamespace
         WHERE e.extname IN ('dblink', 'pg_cron', 'pg_background', 'http') AND has_schema_privilege(w.role, n.oid, 'USAGE')
           AND has_database_privilege(w.role, current_database(), 'CONNECT') AND has_function_privilege(w.role, p.oid, 'EXECUTE')
         GROUP BY w.role, e.extname
        """;
}
