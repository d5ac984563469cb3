using System.Globalization;

namespace DbChatOps.Host.Engines.PostgreSql;

/// <summary>What ending asks of a server. Sessions are found by OID, because a dropped role's session has no name any more.</summary>
internal static class EndingStatements
{
    public const string Present =
        """
        SELECT r.rolname::text, r.oid, r.rolcanlogin, shobj_description(r.oid, 'pg_authid')
          FROM pg_roles r
         WHERE r.rolname = ANY ($1::text[]::name[]) OR r.oid = ANY ($2)
        """;

    public const string Lock =
        """
        SELECT l.login, l.outcome, l.code FROM dbchatops.lock($1, $2) l
        """;

    /// <summary>Shut and lent to nobody; and whether it has lost every membership of its own too.</summary>
    public const string Locked =
        """
        SELECT r.oid, NOT EXISTS (SELECT FROM pg_auth_members m WHERE m.member = r.oid)
          FROM pg_roles r
         WHERE r.oid = ANY ($1) AND NOT r.rolcanlogin AND r.rolvaliduntil = '-infinity'
           AND NOT EXISTS (SELECT FROM pg_auth_members m WHERE m.roleid = r.oid)
        """;

    /// <summary>Commits of this session are flushed when they return, so everything it did lies before this position.</summary>
    public const string WalPosition =
        """
        SELECT pg_wal_lsn_diff(pg_current_wal_flush_lsn(), '0/0')::bigint
        """;

    public const string Standby =
        """
        SELECT s.system_identifier::text, coalesce(pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0')::bigint, -1), pg_is_in_recovery(),
               host(inet_server_addr()), w.pid IS NOT NULL, w.sender_host, w.sender_port, nullif(w.slot_name, ''),
               coalesce(substring(w.conninfo FROM '(?:^| )application_name=(\S+)'), substring(w.conninfo FROM '(?:^| )fallback_application_name=(\S+)')),
               (extract(epoch FROM current_setting('recovery_min_apply_delay')::interval) * 1000)::bigint
          FROM pg_control_system() s LEFT JOIN pg_stat_wal_receiver w ON w.pid IS NOT NULL
        """;

    /// <summary>
    /// Who receives WAL from this node, without running base backups (the server itself says which those are) and logical subscribers, and what each has
    /// reported. A server that does not show the replies to us says nothing of them: those count as standbys.
    /// </summary>
    public const string Followers =
        """
        SELECT coalesce(host(r.client_addr), 'local socket'), coalesce(r.application_name, ''),
               (SELECT p.slot_name::text FROM pg_replication_slots p WHERE p.active_pid = r.pid AND p.slot_type = 'physical'),
               host(inet_server_addr()), current_setting('port')::integer,
               r.pid, r.backend_start, pg_wal_lsn_diff(r.write_lsn, '0/0')::bigint, r.replay_lsn IS NOT NULL, r.reply_time
          FROM pg_stat_replication r
         WHERE r.state IS DISTINCT FROM 'backup'
           AND NOT EXISTS (SELECT FROM pg_replication_slots s WHERE s.active_pid = r.pid AND s.slot_type = 'logical')
        """;

    /// <summary>Where WAL ends by now on the writer, also on one that turned out to be in recovery.</summary>
    public const string EndOfWal =
        """
        SELECT pg_wal_lsn_diff(CASE WHEN pg_is_in_recovery() THEN pg_last_wal_receive_lsn() ELSE pg_current_wal_flush_lsn() END, '0/0')::bigint
        """;

    /// <summary>
    /// What a role still owns or holds, by database (empty for shared objects), and its prepared transactions. Of a pile only the beginning is read: the
    /// databases behind it show when it has gone. Last, those that may be its own though
    /// they are recorded under a role that it could become (the server keeps the current role, not the session's), begun since its first reveal.
    /// </summary>
    public const string Leftovers =
        """
        SELECT w.login, coalesce(d.datname::text, ''), NULL::text, NULL::text, NULL::timestamptz
          FROM unnest($1::oid[]) w(login)
         CROSS JOIN LATERAL (SELECT DISTINCT f.dbid
                               FROM (SELECT x.dbid FROM pg_shdepend x
                                      WHERE x.refclassid = 'pg_authid'::regclass AND x.refobjid = w.login AND x.classid <> 'pg_auth_members'::regclass LIMIT 1000) f) s
          LEFT JOIN pg_database d ON d.oid = s.dbid
         UNION ALL
        SELECT p.ownerid, d.datname::text, p.gid, NULL, NULL
          FROM pg_prepared_xact() p JOIN pg_database d ON d.oid = p.dbid
         WHERE p.ownerid = ANY ($1)
         UNION
        SELECT w.login, d.datname::text, p.gid, pg_get_userbyid(p.ownerid)::text, p.prepared
          FROM pg_prepared_xact() p
          JOIN pg_database d ON d.oid = p.dbid
          JOIN unnest($2::oid[], $3::oid[], $4::timestamptz[]) w(login, role, since)
            ON p.prepared >= w.since AND p.ownerid <> w.login
           AND pg_has_role(w.role, p.ownerid, CASE WHEN current_setting('server_version_num')::integer >= 160000 THEN 'SET' ELSE 'MEMBER' END)
        """;

    public const string HandDown = "SELECT h.login, h.outcome, h.heir, h.code FROM dbchatops.hand_down($1) h";

    public const string LendMarker = "SELECT dbchatops.lend_marker()";

    /// <summary>Ends every lending, drops heirs that own nothing. What it could not do now, the next call does.</summary>
    public const string Tidy = "SELECT t.what, t.code FROM dbchatops.tidy() t";

    /// <summary>The marker, with whether it owns something or something was prepared under it: before 16 only a temporary login can have done that.</summary>
    public const string Marker =
        """
        SELECT r.oid, EXISTS (SELECT FROM pg_prepared_xact() p WHERE p.ownerid = r.oid)
                      OR EXISTS (SELECT FROM pg_shdepend d WHERE d.refclassid = 'pg_authid'::regclass AND d.refobjid = r.oid AND d.deptype = 'o')
          FROM pg_roles r WHERE r.rolname = 'dbchatops_temp'
        """;

    /// <summary>
    /// What the given roles own, or roles whose rights they inherit, and in how many databases. Below ddl nothing should be: what is, was made by a session that became the
    /// role, or was given to it by one.
    /// </summary>
    public const string OwnedBy =
        """
        SELECT w.role, r.rolname::text, count(*)::integer, coalesce(string_agg(DISTINCT coalesce(b.datname::text, 'the server'), ', '), '')
          FROM unnest($1::oid[]) w(role)
          JOIN pg_roles r ON pg_has_role(w.role, r.oid, 'USAGE')
          JOIN pg_shdepend d ON d.refclassid = 'pg_authid'::regclass AND d.refobjid = r.oid AND d.deptype = 'o'
          LEFT JOIN pg_database b ON b.oid = d.dbid
         GROUP BY 1, 2
         ORDER BY 1, 2
        """;

    public const string DormantPasswords = "SELECT p::text, to_regrole(quote_ident(p))::oid FROM dbchatops.dormant_passwords() p";

    public const string Holdups =
        """
        SELECT h.login_oid, h.gid, h.pid, coalesce(h.database_name::text, ''), coalesce(h.owner_role::text, ''), h.since, h.effect FROM dbchatops.holdups($1) h
        """;

    /// <summary>
    /// Sessions of others whose login the given roles were lent to: such a session may have become what the role could become, and stays so whatever is
    /// taken from the role. The server does not show what a session became.
    /// </summary>
    public const string Borrowers =
        """
        SELECT w.login, a.pid, a.backend_start, u.rolname::text
          FROM (SELECT DISTINCT m.roleid FROM pg_auth_members m WHERE m.roleid = ANY ($1)) w(login)
          JOIN pg_stat_activity a ON a.usesysid <> w.login
          JOIN pg_roles u ON u.oid = a.usesysid
         WHERE NOT u.rolsuper AND u.rolname <> session_user AND pg_has_role(u.oid, w.login, 'MEMBER')
        """;

    public const string StillThere =
        """
        SELECT a.pid, a.backend_start FROM pg_stat_activity a WHERE a.pid = ANY ($1)
        """;

    public const string Drop =
        """
        SELECT d.login, d.outcome, d.code FROM dbchatops.drop($1, $2) d
        """;

    /// <summary>With the questions whether anything can be prepared there at all, and whether the bot still sees the sessions of others whole.</summary>
    public const string ServerTime =
        "SELECT clock_timestamp(), current_setting('max_prepared_transactions')::integer > 0, pg_has_role('pg_read_all_stats', 'USAGE')";

    /// <summary>Whether it still owns large objects in the current database.</summary>
    public const string OwnsLargeObjects =
        """
        SELECT EXISTS (SELECT FROM pg_shdepend x
                        WHERE x.refclassid = 'pg_authid'::regclass AND x.refobjid = $1 AND x.classid = 'pg_largeobject'::regclass AND x.deptype = 'o'
                          AND x.dbid = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database()))
        """;

    public static string Become(string role) => $"SET ROLE {NpgsqlReading.Quote(role)}";

    public static string RollBackPrepared(string gid) => $"ROLLBACK PREPARED {NpgsqlReading.QuoteLiteral(gid)}";

    /// <summary>What they made goes to a role that may do nothing: a planted trigger gains no rights by the change of owner.</summary>
    public static string Reassign(string login, string heir) => $"REASSIGN OWNED BY {NpgsqlReading.Quote(login)} TO {NpgsqlReading.Quote(heir)}";

    /// <summary>
    /// Everybody may make large objects, as many as they like, so they are moved first and in portions: each is locked until its portion is committed, and
    /// the server's shared lock table belongs to all.
    /// </summary>
    public static string ReassignLargeObjects(uint login, string heir, int milliseconds) => string.Create(CultureInfo.InvariantCulture,
        $"""
        DO $move$
        DECLARE
            until constant timestamptz := clock_timestamp() + interval '{milliseconds} milliseconds';
            loid oid;
            moved integer := 0;
        BEGIN
            FOR loid IN SELECT x.objid FROM pg_shdepend x
                         WHERE x.refclassid = 'pg_authid'::regclass AND x.refobjid = {login} AND x.classid = 'pg_largeobject'::regclass AND x.deptype = 'o'
                           AND x.dbid = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
                         LIMIT 20000 LOOP
                EXECUTE format('ALTER LARGE OBJECT %s OWNER TO %I', loid, {NpgsqlReading.QuoteLiteral(heir)});
                moved := moved + 1;
                IF moved % 200 = 0 OR clock_timestamp() > until THEN
                    COMMIT;
                    EXIT WHEN clock_timestamp() > until;
                END IF;
            END LOOP;
        END
        $move$
        """);

    public static string LimitStatements(int milliseconds) => string.Create(CultureInfo.InvariantCulture, $"SET statement_timeout = {milliseconds}");

    public static string DropOwned(string login) => $"DROP OWNED BY {NpgsqlReading.Quote(login)}";
}
