using System.Collections.Concurrent;
using System.Security.Cryptography.X509Certificates;
using DbChatOps.Targets;
using Npgsql;

namespace DbChatOps.Host.Engines.PostgreSql;

/// <summary>
/// Opens the engine's connections. Each is new (a rotated password is picked up, no state is inherited) and carries its settings as start-up options,
/// which win over whatever the owner of a database has set for it.
/// </summary>
internal sealed class PostgreSqlConnections(PostgreSqlEngineOptions options) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<(string Host, int Port, string? Ca, string Database, string User, Delegate Password), NpgsqlDataSource> _sources = new();

    // Npgsql would split "a; b" on the client and so defeat the server's rule of one statement.
    static PostgreSqlConnections() => AppContext.SetSwitch("Npgsql.EnableSqlRewriting", false);

    /// <summary>Opens one connection to one database of one node.</summary>
    /// <exception cref="TargetUnavailableException">It cannot be reached, or it does not let the bot in.</exception>
    public async Task<NpgsqlConnection> OpenAsync(Server server, ServerNode node, string database, CancellationToken ct)
    {
        var source = _sources.GetOrAdd((node.Host, node.Port, node.CaFile, database, server.Minter.User, server.Minter.Password), _ => Build(server, node, database));
        try
        {
            return await source.OpenConnectionAsync(ct);
        }
        catch (Exception fault) when (PostgreSqlFaults.IsConnectionFault(fault, ct))
        {
            throw PostgreSqlFaults.Unavailable($"{node} {ConnectionTrouble.InWords(fault, server, database)}", fault);
        }
    }

    public Task<NpgsqlConnection> OpenWriterAsync(Server server, CancellationToken ct) =>
        OpenAsync(server, server.Nodes[0], server.AdminDatabase, ct);

    public async ValueTask DisposeAsync()
    {
        foreach (var source in _sources.Values)
        {
            await source.DisposeAsync();
        }
    }

    private NpgsqlDataSource Build(Server server, ServerNode node, string database)
    {
        var settings = new NpgsqlConnectionStringBuilder
        {
            Host = node.Host,
            Port = node.Port,
            Database = database,
            Username = server.Minter.User,
            ApplicationName = "dbchatops",
            Pooling = false,
            Timeout = options.ConnectTimeoutSeconds,
            CommandTimeout = options.StatementTimeoutSeconds + 1,
            CancellationTimeout = 500,
            Enlist = false,
            GssEncryptionMode = GssEncryptionMode.Disable,
            SslMode = IsLocal(node.Host) ? SslMode.Prefer : SslMode.VerifyFull,
            RootCertificate = node.CaFile,
            Options = string.Join(' ', Settings().Select(static s => $"-c {s}")),
        };
        var builder = new NpgsqlDataSourceBuilder(settings.ConnectionString);
        var password = server.Minter.Password;
        builder.UsePasswordProvider(
            _ => throw new NotSupportedException("Connections are opened asynchronously."),
            async (_, ct) => (await password(ct)).Reveal());
        // The configuration names no files under ~/.postgresql, which Npgsql reads by default: root.crt would add a root, postgresql.crt would be presented.
        builder.UseSslClientAuthenticationOptionsCallback(static ssl => ssl.ClientCertificates = []);
        if (node.CaFile is null && !IsLocal(node.Host))
        {
            builder.UseRootCertificatesCallback(SystemRoots);
        }

        return builder.Build();
    }

    private static X509Certificate2Collection SystemRoots()
    {
        using var store = new X509Store(StoreName.Root, StoreLocation.LocalMachine, OpenFlags.ReadOnly);
        return store.Certificates;
    }

    // A commit must never wait for a standby that is down; the proof looks at every standby itself.
    private IEnumerable<string> Settings() =>
    [
        "search_path=pg_catalog",
        // Whatever changes how values are read and written, and whatever the owner of server or database has set.
        "datestyle=ISO,\\ YMD",
        "intervalstyle=postgres",
        "timezone=UTC",
        "timezone_abbreviations=Default",
        "extra_float_digits=1",
        "bytea_output=hex",
        "standard_conforming_strings=on",
        "escape_string_warning=off",
        "backslash_quote=safe_encoding",
        "array_nulls=on",
        "transform_null_equals=off",
        "quote_all_identifiers=off",
        "lc_numeric=C",
        "lc_monetary=C",
        "lc_time=C",
        "role=none",
        // Short statements, whose estimates in catalogs are off.
        "jit=off",
        "synchronous_commit=local",
        "default_transaction_read_only=off",
        "default_transaction_isolation=read\\ committed",
        $"lock_timeout={options.StepPatience.TotalMilliseconds:F0}",
        $"statement_timeout={options.StatementTimeoutSeconds}s",
        $"idle_in_transaction_session_timeout={options.StatementTimeoutSeconds}s",
        // One that was dialled for a step that never came closes by itself; one that is held ready is asked every few seconds.
        "idle_session_timeout=60s",
        "client_min_messages=error",
    ];

    private static bool IsLocal(string host) =>
        host.StartsWith('/') || host is "localhost" or "127.0.0.1" or "::1";
}
