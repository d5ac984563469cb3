namespace DbChatOps.Tests.PostgreSql;

/// <summary>How the cluster of a test class differs from the usual one: a writer with a standby, of the machine's own PostgreSQL.</summary>
public sealed record ClusterShape
{
    /// <summary>The major to run; absent: the machine's own, see <see cref="PostgreSqlBinaries.Default"/>.</summary>
    public int? Major { get; init; }

    /// <summary>False where the test is about one server: it starts sooner and takes less memory.</summary>
    public bool HasStandby { get; init; } = true;

    /// <summary>True where its server is told apart from another pair's: that goes by the system identifier, which copies of one cluster share.</summary>
    public bool HasOwnIdentity { get; init; }

    /// <summary>The language that the servers speak, such as <c>de_DE.UTF-8</c>; absent: English.</summary>
    public string? Locale { get; init; }

    /// <summary>Further lines of <c>postgresql.conf</c>; they win over the usual ones.</summary>
    public string Settings { get; init; } = string.Empty;

    /// <summary>The method of <c>pg_hba.conf</c> by which everybody but the superuser logs in; <c>md5</c> takes both kinds of verifier.</summary>
    public string Method { get; init; } = "scram-sha-256";

    /// <summary>The WAL is kept: a base backup begins with a checkpoint, which may remove what a standby on a busy machine has not fetched yet, and then it never catches up.</summary>
    internal string Configuration =>
        $"""
        listen_addresses = '127.0.0.1'
        fsync = off
        wal_level = replica
        wal_keep_size = 256MB
        max_prepared_transactions = 10
        max_connections = 80
        shared_buffers = 16MB
        hot_standby = on
        password_encryption = 'scram-sha-256'
        logging_collector = off
        {(Locale is null ? string.Empty : $"lc_messages = '{Locale}'")}
        {Settings}

        """;

    // The first rule is the dead man's switch: temporary logins get in by password only, so VALID UNTIL binds them.
    internal string HostRules =>
        $"""
        host  all         +dbchatops_temp  127.0.0.1/32  {Method}
        local all         postgres                       trust
        host  all         postgres         127.0.0.1/32  trust
        host  replication postgres         127.0.0.1/32  trust
        host  all         all              127.0.0.1/32  {Method}

        """;
}
