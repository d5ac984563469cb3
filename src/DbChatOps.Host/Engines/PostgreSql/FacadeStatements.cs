namespace DbChatOps.Host.Engines.PostgreSql;

/// <summary>Identity, minting, hand-over and reading. Values are parameters; every name is resolved in <c>pg_catalog</c> or <c>dbchatops</c>.</summary>
internal static class FacadeStatements
{
    public const string Identity =
        """
        SELECT s.system_identifier::text, c.timeline_id, current_setting('server_version'), clock_timestamp()
          FROM pg_control_system() s, pg_control_checkpoint() c
        """;

    public const string Databases =
        """
        SELECT d.datname::text, d.oid FROM pg_database d WHERE d.datallowconn AND NOT d.datistemplate
        """;

    public const string Mint =
        """
        SELECT m.login_oid, m.already_there FROM dbchatops.mint($1, $2, $3, $4, $5, $6, $7, $8, $9) m
        """;

    public const string Mark =
        """
        SELECT dbchatops.mark($1, $2, $3)
        """;

    public const string Reveal =
        """
        SELECT dbchatops.reveal($1, $2, $3, $4, $5, $6)
        """;

    public const string Extend =
        """
        SELECT dbchatops.extend($1, $2, $3)
        """;

    public const string Login =
        """
        SELECT r.rolname::text, r.oid, r.rolcanlogin, CASE WHEN isfinite(r.rolvaliduntil) THEN r.rolvaliduntil END,
               shobj_description(r.oid, 'pg_authid'), coalesce(r.rolvaliduntil = '-infinity', false)
          FROM pg_roles r
         WHERE r.rolname = $1
        """;

    public const string Logins =
        """
        SELECT r.rolname::text, r.oid, r.rolcanlogin, CASE WHEN isfinite(r.rolvaliduntil) THEN r.rolvaliduntil END,
               shobj_description(r.oid, 'pg_authid'), coalesce(r.rolvaliduntil = '-infinity', false)
          FROM pg_roles r
         WHERE r.rolname LIKE 'dbco\_%' OR shobj_description(r.oid, 'pg_authid') LIKE 'dbchatops/v1 %'
         ORDER BY r.rolname
        """;

    public const string Sessions =
        """
        SELECT r.rolname::text, host(a.client_addr), a.application_name, a.backend_start, a.pid
          FROM pg_stat_activity a JOIN pg_roles r ON r.oid = a.usesysid
         WHERE r.rolname = ANY ($1)
         ORDER BY a.backend_start
        """;
}
