namespace DbChatOps.Playground.Demo;

/// <summary>How the demo's servers are configured. Durability is off: nothing in them outlives the demo.</summary>
internal static class PostgreSqlServerSettings
{
    public const string Parameters = """

        listen_addresses = '127.0.0.1'
        unix_socket_permissions = 0700
        fsync = off
        wal_level = replica
        hot_standby = on
        max_prepared_transactions = 10
        max_connections = 80
        shared_buffers = 16MB
        password_encryption = 'scram-sha-256'

        """;

    /// <summary>Replaces the rules that initdb wrote.</summary>
    public const string HostRules = """
        # Temporary logins get in by password only; that is what binds them to the end of their window.
        host  all          +dbchatops_temp  127.0.0.1/32  scram-sha-256
        local all          postgres                       trust
        local replication  postgres                       trust
        host  all          all              127.0.0.1/32  scram-sha-256

        """;
}
