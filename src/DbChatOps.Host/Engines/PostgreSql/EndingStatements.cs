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

    public const string Locked =
        """
        SELECT r.oid
          FROM pg_roles r
         WHERE r.oid = ANY ($1) AND NOT r.rolcanlogin AND r.rolvaliduntil = '-infinity'
           AND NOT EXISTS (SELECT FROM pg_auth_members m WHERE m.member = r.oid)
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
               host(inet_server_addr()), (SELECT count(*) FROM pg_stat_wal_receiver w WHERE w.pid IS NOT NULL)::integer
          FROM pg_control_system() s
        """;

    /// <summary>Who streams from this node: physical standbys, without backups and logical subscribers.</summary>
    public const string Followers =
        """
        SELECT coalesce(host(r.client_addr), 'local socket'), r.application_name
          FROM pg_stat_replication r
         WHERE r.state IS DISTINCT FROM 'backup' AND r.application_name NOT IN ('pg_basebackup', 'pg_receivewal')
           AND NOT EXISTS (SELECT FROM pg_replication_slots s WHERE s.active_pid = r.pid AND s.slot_type = 'logical')
        """;

    /// <summary>
    /// Backends that may have passed the login check but are not sessions yet. Up to 17 they hold their virtual transaction
    /// without a row in pg_stat_activity; 18 shows them without a user.
    /// </summary>
    public const string StartingUp =
        """
        SELECT l.pid FROM pg_locks l LEFT JOIN pg_stat_activity a ON a.pid = l.pid WHERE l.pid IS NOT NULL AND a.pid IS NULL
         UNION
        SELECT a.pid FROM pg_stat_activity a WHERE a.backend_type = 'client backend' AND a.usesysid IS NULL
        """;

    /// <summary>Signals all at once and waits for none: the variant with a timeout would poll them one after another.</summary>
    public const string Terminate =
        """
        SELECT a.pid, a.usesysid, pg_terminate_backend(a.pid) FROM pg_stat_activity a WHERE a.usesysid = ANY ($1)
        """;

    /// <summary>
    /// Sessions of roles that are no more, and the end of those that were found so before. Asked twice, because a role that was made after this statement
    /// read the catalog can have a session all the same. One that still starts up has no role yet; the next look finds it.
    /// </summary>
    public const string Ghosts =
        """
        SELECT a.pid, a.usesysid, host(a.client_addr), a.backend_start, CASE WHEN a.pid = ANY ($2) THEN pg_terminate_backend(a.pid) ELSE false END
          FROM pg_stat_activity a
         WHERE a.backend_type = 'client backend' AND a.usesysid IS NOT NULL AND a.usesysid <> ALL ($1)
           AND NOT EXISTS (SELECT FROM pg_roles r WHERE r.oid = a.usesysid)
        """;

    /// <summary>
    /// What a role still owns or holds, by database (empty for shared objects), and its prepared transactions. Last, those that may be its own though
    /// they are recorded under a role that it could become (the server keeps the current role, not the session's), begun since its first reveal.
    /// </summary>
    public const string Leftovers =
        """
        SELECT s.refobjid, coalesce(d.datname::text, ''), NULL::text, NULL::text, NULL::timestamptz
          FROM pg_shdepend s LEFT JOIN pg_database d ON d.oid = s.dbid
         WHERE s.refclassid = 'pg_authid'::regclass AND s.refobjid = ANY ($1)
         GROUP BY 1, 2
         UNION ALL
        SELECT p.ownerid, d.datname::text, p.gid, NULL, NULL
          FROM pg_prepared_xact() p JOIN pg_database d ON d.oid = p.dbid
         WHERE p.ownerid = ANY ($1)
         UNION
        SELECT w.login, d.datname::text, p.gid, pg_get_userbyid(p.ownerid)::text, p.prepared
          FROM pg_prepared_xact() p
          JOIN pg_database d ON d.oid = p.dbid
          JOIN unnest($2::oid[], $3::oid[], $4::timestamptz[]) w(login, role, since)
            ON p.prepared >= w.since AND p.ownerid <> w.login AND pg_has_role(w.role, p.ownerid, 'MEMBER')
        """;

    public const string Lend = "SELECT l.login, l.outcome, l.heir FROM dbchatops.lend($1) l";

    public const string Unlend = "SELECT dbchatops.unlend()";

    public const string Drop =
        """
        SELECT d.login, d.outcome, d.code FROM dbchatops.drop($1, $2) d
        """;

    /// <summary>With the question whether anything can be prepared there at all.</summary>
    public const string ServerTime = "SELECT clock_timestamp(), current_setting('max_prepared_transactions')::integer > 0";

    /// <summary>What is left in the current database after cleaning, in words for its owner.</summary>
    public const string Remains =
        """
        SELECT s.refobjid,
               CASE s.deptype WHEN 'o' THEN 'owner of ' WHEN 'r' THEN 'named by ' ELSE 'access rights on ' END
               || coalesce(pg_describe_object(s.classid, s.objid, s.objsubid), 'an object that is being dropped')
               || coalesce(' of ' || quote_ident(pg_get_userbyid(c.relowner)), '')
          FROM pg_shdepend s
          LEFT JOIN pg_class c ON s.classid = 'pg_class'::regclass AND c.oid = s.objid
         WHERE s.refclassid = 'pg_authid'::regclass AND s.refobjid = ANY ($1)
           AND s.dbid IN (0, (SELECT d.oid FROM pg_database d WHERE d.datname = current_database()))
        """;

    public const string BecomeCleaner = "SET ROLE dbchatops_cleaner";

    public static string Become(string login) => $"SET ROLE {NpgsqlReading.Quote(login)}";

    public static string RollBackPrepared(string gid) => $"ROLLBACK PREPARED {NpgsqlReading.QuoteLiteral(gid)}";

    /// <summary>What they made goes to a role that may do nothing: a planted trigger gains no rights by the change of owner.</summary>
    public static string Reassign(string login, string heir) => $"REASSIGN OWNED BY {NpgsqlReading.Quote(login)} TO {NpgsqlReading.Quote(heir)}";

    public static string DropOwned(string login) => $"DROP OWNED BY {NpgsqlReading.Quote(login)}";
}
