namespace DbChatOps.Host.Engines.PostgreSql;

/// <summary>
/// What <c>check</c> asks about rights on objects. Each row begins with the columns of <see cref="HeldRight"/>. <c>$1</c> and <c>$2</c> are pairs of a judged
/// role and a role that it reaches; <c>public</c>, which can be no role's name, stands for PUBLIC.
/// </summary>
internal static class HeldRightStatements
{
    private const string Reach =
        """
        WITH reach AS (
            SELECT w.judged, r.oid
              FROM unnest($1::text[], $2::text[]) w(judged, role)
              JOIN (SELECT p.rolname::text, p.oid FROM pg_roles p UNION ALL SELECT 'public', 0::oid) r(rolname, oid) ON r.rolname = w.role),
        entering AS (
            SELECT DISTINCT e.judged FROM reach e WHERE e.oid <> 0 AND has_database_privilege(e.oid, current_database(), 'CONNECT')),
        usable AS (
            SELECT DISTINCT e.judged, n.oid FROM reach e CROSS JOIN pg_namespace n WHERE e.oid <> 0 AND has_schema_privilege(e.oid, n.oid, 'USAGE'))
        """;

    /// <summary>An access list as rows; the owner's own rights count as ownership, which no REVOKE takes.</summary>
    private const string Exploded =
        """
        CROSS JOIN LATERAL (SELECT a.grantee, a.grantor, a.privilege_type,
                                   EXISTS (SELECT FROM aclexplode(o.acl) d WHERE d.grantor = a.grantee AND d.grantee <> a.grantee AND d.privilege_type = a.privilege_type) AS passed_on
                              FROM aclexplode(o.acl) a
                             WHERE a.grantee <> o.owner
                             UNION ALL
                            SELECT o.owner, o.owner, 'OWNER', false) a
        """;

    private const string Columns =
        """
        e.judged, o.keyword, o.name, a.privilege_type, CASE WHEN a.grantee <> 0 THEN pg_get_userbyid(a.grantee)::text END,
               pg_get_userbyid(a.grantor)::text, pg_get_userbyid(o.owner)::text, a.passed_on
        """;

    private const string Tablespaces =
        "SELECT 'TABLESPACE', quote_ident(t.spcname), t.spcowner, coalesce(t.spcacl, acldefault('t', t.spcowner)), 'Tablespace', t.spcname::text FROM pg_tablespace t";

    // Parameters belong to the bootstrap superuser, whose OID is 10.
    private const string Parameters =
        "SELECT 'PARAMETER', p.parname, 10::oid, p.paracl, 'Parameter', p.parname FROM pg_parameter_acl p";

    /// <summary>Tablespaces; the last columns are the kind of power and the bare name.</summary>
    public const string OnServer =
        $"""
        {Reach}
        SELECT {Columns}, o.kind, o.bare
          FROM reach e
          CROSS JOIN ({Tablespaces}) o(keyword, name, owner, acl, kind, bare)
          {Exploded}
         WHERE a.grantee = e.oid
         ORDER BY 1, 2, 3
        """;

    /// <summary>Tablespaces and, from 15 on, parameters.</summary>
    public const string OnServerWithParameters =
        $"""
        {Reach}
        SELECT {Columns}, o.kind, o.bare
          FROM reach e
          CROSS JOIN ({Tablespaces} UNION ALL {Parameters}) o(keyword, name, owner, acl, kind, bare)
          {Exploded}
         WHERE a.grantee = e.oid AND NOT (o.kind = 'Parameter' AND a.privilege_type = 'OWNER')
         ORDER BY 1, 2, 3
        """;

    /// <summary>Foreign data wrappers and servers, subscriptions that they own, and languages that PUBLIC may not use, in this database, for roles that may enter it.</summary>
    public const string InDatabase =
        $"""
        {Reach}
        SELECT {Columns}, o.kind, o.bare
          FROM reach e
          JOIN entering c ON c.judged = e.judged
          CROSS JOIN (SELECT 'FOREIGN DATA WRAPPER', quote_ident(f.fdwname), f.fdwowner, coalesce(f.fdwacl, acldefault('F', f.fdwowner)), 'ForeignDataWrapper', f.fdwname::text
                       FROM pg_foreign_data_wrapper f
                      UNION ALL
                     SELECT 'FOREIGN SERVER', quote_ident(s.srvname), s.srvowner, coalesce(s.srvacl, acldefault('S', s.srvowner)), 'ForeignServer', s.srvname::text
                       FROM pg_foreign_server s
                      UNION ALL
                     SELECT 'SUBSCRIPTION', quote_ident(b.subname), b.subowner, NULL, 'Subscription', b.subname::text
                       FROM pg_subscription b
                      WHERE b.subdbid = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
                      UNION ALL
                     SELECT 'LANGUAGE', quote_ident(l.lanname), l.lanowner, l.lanacl, 'Language', l.lanname::text
                       FROM pg_language l
                      WHERE l.lanacl IS NOT NULL AND NOT EXISTS (SELECT FROM aclexplode(l.lanacl) p WHERE p.grantee = 0)) o(keyword, name, owner, acl, kind, bare)
          {Exploded}
         WHERE a.grantee = e.oid
         ORDER BY 1, 2, 3
        """;

    /// <summary>Tables to which the roles may attach triggers; the last column is the schema.</summary>
    public const string Triggers =
        $"""
        {Reach}
        SELECT {Columns}, o.place
          FROM reach e
          JOIN entering c ON c.judged = e.judged
          CROSS JOIN (SELECT 'TABLE', t.oid::regclass::text, t.relowner, coalesce(t.relacl, acldefault('r', t.relowner)), quote_ident(n.nspname)
                       FROM pg_class t
                       JOIN pg_namespace n ON n.oid = t.relnamespace
                      WHERE t.relkind IN ('r', 'p', 'v', 'f') AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_') o(keyword, name, owner, acl, place)
          {ExplodedWithOwner}
         WHERE a.grantee = e.oid AND a.privilege_type = 'TRIGGER'
         ORDER BY 1, 3
        """;

    /// <summary>Functions that run with their owner's rights; the last column says whether the owner has power beyond this database.</summary>
    public const string Definers =
        $"""
        {Reach}
        SELECT {Columns},
               EXISTS (SELECT FROM pg_roles g
                        WHERE pg_has_role(o.owner, g.oid, 'MEMBER')
                          AND (g.rolsuper OR g.rolcreaterole OR g.rolcreatedb OR g.rolreplication OR g.rolbypassrls OR g.rolname ~ '^pg_' AND g.rolname <> 'pg_database_owner'))
          FROM reach e
          JOIN entering c ON c.judged = e.judged
          CROSS JOIN (SELECT 'ROUTINE', p.oid::regprocedure::text, p.proowner, coalesce(p.proacl, acldefault('f', p.proowner)), n.oid
                       FROM pg_proc p
                       JOIN pg_namespace n ON n.oid = p.pronamespace
                      WHERE p.prosecdef AND n.nspname !~ '^pg_'
                        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')) o(keyword, name, owner, acl, place)
          JOIN usable n ON n.judged = e.judged AND n.oid = o.place
          {ExplodedWithOwner}
         WHERE a.grantee = e.oid
         ORDER BY 1, 3
        """;

    /// <summary>Functions of extensions that lead to other servers or outlive a session; the last column is the extension.</summary>
    public const string Extensions =
        $"""
        {Reach}
        SELECT {Columns}, o.extension
          FROM reach e
          JOIN entering c ON c.judged = e.judged
          CROSS JOIN (SELECT 'ROUTINE', p.oid::regprocedure::text, p.proowner, coalesce(p.proacl, acldefault('f', p.proowner)), p.pronamespace, x.extname::text
                       FROM pg_extension x
                       JOIN pg_depend d ON d.refclassid = 'pg_extension'::regclass AND d.refobjid = x.oid AND d.classid = 'pg_proc'::regclass AND d.deptype = 'e'
                       JOIN pg_proc p ON p.oid = d.objid
                      WHERE x.extname IN ('dblink', 'pg_cron', 'pg_background', 'http', 'pg_net')) o(keyword, name, owner, acl, place, extension)
          JOIN usable n ON n.judged = e.judged AND n.oid = o.place
          {ExplodedWithOwner}
         WHERE a.grantee = e.oid
         ORDER BY 1, 3
        """;

    /// <summary>Where the roles may CREATE: either databases, or the schemas of this database if they may enter it.</summary>
    public const string Creates =
        $"""
        {Reach}
        SELECT {Columns}
          FROM reach e
          CROSS JOIN (SELECT 'SCHEMA', quote_ident(n.nspname), n.nspowner, coalesce(n.nspacl, acldefault('n', n.nspowner)), false
                       FROM pg_namespace n
                      WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
                      UNION ALL
                     SELECT 'DATABASE', quote_ident(d.datname), d.datdba, coalesce(d.datacl, acldefault('d', d.datdba)), true
                       FROM pg_database d
                      WHERE d.datallowconn AND NOT d.datistemplate) o(keyword, name, owner, acl, server_wide)
          {ExplodedWithOwner}
         WHERE a.grantee = e.oid AND a.privilege_type = 'CREATE' AND o.server_wide = $3
           AND (o.server_wide OR EXISTS (SELECT FROM entering c WHERE c.judged = e.judged))
         ORDER BY 1, 2, 3
        """;

    /// <summary>What the roles may pass on, in this database or on the server. The first few of each role.</summary>
    public const string Grantable =
        $"""
        {Reach}
        SELECT g.judged, g.keyword, g.name, g.privilege_type, g.grantee, g.grantor, g.owner, g.passed_on
          FROM (SELECT e.judged, o.keyword, o.name, a.privilege_type || o.columns AS privilege_type, pg_get_userbyid(a.grantee)::text AS grantee,
                       pg_get_userbyid(a.grantor)::text AS grantor, pg_get_userbyid(o.owner)::text AS owner, a.passed_on,
                       row_number() OVER (PARTITION BY e.judged ORDER BY o.keyword, o.name, a.privilege_type) AS place
                  FROM reach e
                  CROSS JOIN ({Objects}) o(keyword, name, columns, server_wide, owner, acl)
                  {ExplodedWithOwner}
                 WHERE o.acl IS NOT NULL AND o.server_wide = $3 AND a.is_grantable AND a.grantee <> 0 AND a.grantee <> o.owner AND a.grantee = e.oid) g
         WHERE g.place <= 10
         ORDER BY 1, 2, 3
        """;

    /// <summary>Every right that the roles hold by their own name in this database, the database itself included.</summary>
    public const string OwnInDatabase =
        $"""
        {Reach}
        SELECT e.judged, o.keyword, o.name, a.privilege_type || o.columns, pg_get_userbyid(a.grantee)::text, pg_get_userbyid(a.grantor)::text,
               pg_get_userbyid(o.owner)::text, a.passed_on
          FROM reach e
          CROSS JOIN ({Objects}) o(keyword, name, columns, server_wide, owner, acl)
          {ExplodedWithOwner}
         WHERE o.acl IS NOT NULL AND (NOT o.server_wide OR o.keyword = 'DATABASE' AND o.name = quote_ident(current_database()))
           AND a.grantee = e.oid AND a.grantee <> o.owner
         ORDER BY 1, 2, 3, 4
        """;

    /// <summary>The same on databases and tablespaces of the server.</summary>
    public const string OwnOnServer =
        $"""
        {Reach}
        SELECT e.judged, o.keyword, o.name, a.privilege_type || o.columns, pg_get_userbyid(a.grantee)::text, pg_get_userbyid(a.grantor)::text,
               pg_get_userbyid(o.owner)::text, a.passed_on
          FROM reach e
          CROSS JOIN ({Objects}) o(keyword, name, columns, server_wide, owner, acl)
          {ExplodedWithOwner}
         WHERE o.acl IS NOT NULL AND o.server_wide AND a.grantee = e.oid AND a.grantee <> o.owner
         ORDER BY 1, 2, 3, 4
        """;

    /// <summary>The same on parameters, from 15 on.</summary>
    public const string OwnParameters =
        $"""
        {Reach}
        SELECT e.judged, o.keyword, o.name, a.privilege_type, pg_get_userbyid(a.grantee)::text, pg_get_userbyid(a.grantor)::text, pg_get_userbyid(o.owner)::text, a.passed_on
          FROM reach e
          CROSS JOIN ({Parameters}) o(keyword, name, owner, acl, kind, bare)
          {ExplodedWithOwner}
         WHERE a.grantee = e.oid
         ORDER BY 1, 2, 3, 4
        """;

    /// <summary>Default rights that would be given to a role, and policies that name it, each with the statement that ends it.</summary>
    public const string OwnPromises =
        """
        SELECT r.rolname::text,
               format('ALTER DEFAULT PRIVILEGES FOR ROLE %I%s REVOKE ALL ON %s FROM %I;', pg_get_userbyid(d.defaclrole),
                      (SELECT format(' IN SCHEMA %I', n.nspname) FROM pg_namespace n WHERE n.oid = d.defaclnamespace),
                      CASE d.defaclobjtype WHEN 'r' THEN 'TABLES' WHEN 'S' THEN 'SEQUENCES' WHEN 'f' THEN 'ROUTINES' WHEN 'T' THEN 'TYPES' WHEN 'n' THEN 'SCHEMAS' ELSE 'LARGE OBJECTS' END,
                      r.rolname)
          FROM pg_roles r
          JOIN pg_default_acl d ON EXISTS (SELECT FROM aclexplode(d.defaclacl) a WHERE a.grantee = r.oid) AND d.defaclrole <> r.oid
         WHERE r.rolname = ANY ($1)
         UNION ALL
        SELECT r.rolname::text,
               CASE WHEN cardinality(p.polroles) = 1 THEN format('DROP POLICY %I ON %s;', p.polname, p.polrelid::regclass)
                    ELSE format('ALTER POLICY %I ON %s TO %s;', p.polname, p.polrelid::regclass,
                                (SELECT string_agg(quote_ident(pg_get_userbyid(o.oid)), ', ') FROM unnest(p.polroles) o(oid) WHERE o.oid <> r.oid)) END
          FROM pg_roles r
          JOIN pg_policy p ON r.oid = ANY (p.polroles)
         WHERE r.rolname = ANY ($1)
         ORDER BY 1, 2
        """;

    private const string ExplodedWithOwner =
        """
        CROSS JOIN LATERAL (SELECT x.grantee, x.grantor, x.privilege_type, x.is_grantable,
                                   EXISTS (SELECT FROM aclexplode(o.acl) d WHERE d.grantor = x.grantee AND d.grantee <> x.grantee AND x.grantee <> o.owner
                                                                              AND d.privilege_type = x.privilege_type) AS passed_on
                              FROM aclexplode(o.acl) x) a
        """;

    /// <summary>Everything with an access list of its own.</summary>
    private const string Objects =
        """
        SELECT 'TABLE', c.oid::regclass::text, '', false, c.relowner, c.relacl FROM pg_class c
         UNION ALL
        SELECT 'TABLE', t.attrelid::regclass::text, format(' (%I)', t.attname), false, c.relowner, t.attacl FROM pg_attribute t JOIN pg_class c ON c.oid = t.attrelid WHERE t.attacl IS NOT NULL
         UNION ALL
        SELECT 'SCHEMA', quote_ident(n.nspname), '', false, n.nspowner, n.nspacl FROM pg_namespace n
         UNION ALL
        SELECT 'ROUTINE', p.oid::regprocedure::text, '', false, p.proowner, p.proacl FROM pg_proc p
         UNION ALL
        SELECT 'TYPE', t.oid::regtype::text, '', false, t.typowner, t.typacl FROM pg_type t
         UNION ALL
        SELECT 'LANGUAGE', quote_ident(l.lanname), '', false, l.lanowner, l.lanacl FROM pg_language l
         UNION ALL
        SELECT 'FOREIGN DATA WRAPPER', quote_ident(f.fdwname), '', false, f.fdwowner, f.fdwacl FROM pg_foreign_data_wrapper f
         UNION ALL
        SELECT 'FOREIGN SERVER', quote_ident(s.srvname), '', false, s.srvowner, s.srvacl FROM pg_foreign_server s
         UNION ALL
        SELECT 'LARGE OBJECT', m.oid::text, '', false, m.lomowner, m.lomacl FROM pg_largeobject_metadata m
         UNION ALL
        SELECT 'DATABASE', quote_ident(d.datname), '', true, d.datdba, d.datacl FROM pg_database d
         UNION ALL
        SELECT 'TABLESPACE', quote_ident(t.spcname), '', true, t.spcowner, t.spcacl FROM pg_tablespace t
        """;
}
