using DbChatOps.Host.Engines.PostgreSql;
using DbChatOps.Targets;
using Npgsql;
using Xunit;

namespace DbChatOps.Tests.PostgreSql;

/// <summary>
/// A pair with the facade and two databases of the application: <c>orders</c> with the levels read, write and ddl, and <c>billing</c>.
/// What it makes is the same for every class that tests the engine.
/// </summary>
public class PostgreSqlStage : IAsyncLifetime
{
    public PostgreSqlStage()
        : this(new PostgreSqlPair())
    {
    }

    protected PostgreSqlStage(PostgreSqlPair pair) => Pair = pair;

    public PostgreSqlPair Pair { get; }

    public PostgreSqlLoginEngine Engine { get; } = new(TimeProvider.System, Key, new PostgreSqlEngineOptions());

    internal static Secret Key { get; } = new("instance key of the tests");

    public static Target Orders { get; } = TargetOf("orders", "orders");

    public virtual async ValueTask InitializeAsync()
    {
        await Pair.InitializeAsync(SetUpAsync);
    }

    public async ValueTask DisposeAsync()
    {
        await Engine.DisposeAsync();
        await Pair.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private static async Task SetUpAsync(PostgreSqlPair pair)
    {
        await pair.CreateDatabaseAsync("orders");
        await pair.CreateDatabaseAsync("billing");
        await pair.PsqlAsync("CREATE ROLE app_owner NOLOGIN");
        await pair.InstallFacadeAsync([Orders]);
        await pair.PsqlAsync(
            """
            CREATE SCHEMA app AUTHORIZATION app_owner;
            CREATE TABLE app.orders (id int PRIMARY KEY, note text);
            INSERT INTO app.orders SELECT n, 'note' FROM generate_series(1, 100) n;
            ALTER TABLE app.orders OWNER TO app_owner;
            GRANT USAGE ON SCHEMA app TO dbchatops_orders_read, dbchatops_orders_write;
            GRANT SELECT ON ALL TABLES IN SCHEMA app TO dbchatops_orders_read, dbchatops_orders_write;
            GRANT INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA app TO dbchatops_orders_write;
            """,
            "orders");
        await pair.PsqlAsync("GRANT CONNECT ON DATABASE billing TO dbchatops_bot", "billing");
    }

    /// <summary>Logs in with a password, as the holder of a login would.</summary>
    public async Task<NpgsqlConnection> ConnectAsync(
        string login, Secret password, string database = "orders", PostgreSqlNode? node = null, string? options = null)
    {
        var connection = new NpgsqlConnection(Pair.ConnectionString(login, password.Reveal(), database, node, options));
        try
        {
            await connection.OpenAsync(TestContext.Current.CancellationToken);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Many logins of ours at once, made as the engine makes them but in one transaction.</summary>
    public async Task FillAsync(int count)
    {
        var system = await Pair.AskAsync("SELECT system_identifier FROM pg_control_system()") ?? string.Empty;
        await Pair.PsqlAsync(
            $"SELECT dbchatops.mint(format('dbco_fill_%s', lpad(n::text, 8, '0')), 'dbchatops_orders_read', now() + interval '1 hour', 100000, 5, 1000, 1000, 1000, true) FROM generate_series(1, {count}) n",
            PostgreSqlPair.AdminDatabase);
        var script = new System.Text.StringBuilder("BEGIN;\n");
        await using var connection = new NpgsqlConnection(Pair.SuperuserConnectionString());
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("SELECT rolname::text, oid FROM pg_roles WHERE rolname LIKE 'dbco\\_fill%'", connection);
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            var grant = new GrantId(Guid.CreateVersion7());
            var (name, oid) = (reader.GetString(0), reader.GetFieldValue<uint>(1));
            script.Append(System.Globalization.CultureInfo.InvariantCulture, $"SELECT dbchatops.mark('{name}', '{grant}', '{LoginMark.MacOf(Key, name, system, oid, grant)}');\n");
        }

        await Pair.PsqlAsync(script.Append("COMMIT;").ToString(), PostgreSqlPair.AdminDatabase);
    }

    public static Target TargetOf(string id, string database) => new()
    {
        Id = new TargetId(id),
        Server = new ServerId("orders"),
        Environment = TargetEnvironment.Production,
        Database = database,
        Levels = new Dictionary<AccessLevel, LevelSettings>
        {
            [AccessLevel.Read] = new() { StandingRole = $"dbchatops_{id}_read", ReadOnlyByDefault = true },
            [AccessLevel.Write] = new() { StandingRole = $"dbchatops_{id}_write" },
            [AccessLevel.Ddl] = new() { StandingRole = $"dbchatops_{id}_ddl", OwnerRole = "app_owner" },
        },
        Connect = new ConnectHint { Host = "127.0.0.1", Port = 5432 },
    };
}
