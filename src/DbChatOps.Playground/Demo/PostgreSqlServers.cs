namespace DbChatOps.Playground.Demo;

/// <summary>The databases that the demo guards: a production server with a hot standby, and a staging server, each with the sample database.</summary>
public sealed class PostgreSqlServers : IAsyncDisposable
{
    public const string AdminDatabase = "dbchatops";
    public const string SampleDatabase = "orders";

    private PostgreSqlServers(PostgreSqlServer production, PostgreSqlServer standby, PostgreSqlServer staging) =>
        (Production, Standby, Staging) = (production, standby, staging);

    public PostgreSqlServer Production { get; }

    public PostgreSqlServer Standby { get; }

    public PostgreSqlServer Staging { get; }

    /// <summary>Starts all three; what had started is removed again when one does not.</summary>
    /// <exception cref="ProgramFailedException">PostgreSQL is not installed, or a server did not start.</exception>
    public static async Task<PostgreSqlServers> StartAsync(CancellationToken ct)
    {
        var binaries = PostgreSqlBinaries.Find()
            ?? throw new ProgramFailedException("PostgreSQL's server programs were not found: install postgresql, or set DBCHATOPS_PG_BIN to their folder.");
        var started = new List<PostgreSqlServer>();
        try
        {
            var production = await FillAsync(await PostgreSqlServer.CreateAsync(binaries, "orders-prod", ct));
            var standby = Remember(await production.CreateStandbyAsync("orders-prod standby", ct));
            var staging = await FillAsync(await PostgreSqlServer.CreateAsync(binaries, "orders-staging", ct));
            return new PostgreSqlServers(production, standby, staging);
        }
        catch
        {
            foreach (var server in started) await server.DestroyAsync();
            throw;
        }

        PostgreSqlServer Remember(PostgreSqlServer server)
        {
            started.Add(server);
            return server;
        }

        async Task<PostgreSqlServer> FillAsync(PostgreSqlServer server)
        {
            Remember(server);
            await server.PsqlAsync("postgres", $"CREATE DATABASE {AdminDatabase};", ct);
            await server.PsqlAsync("postgres", $"CREATE DATABASE {SampleDatabase};", ct);
            await server.PsqlAsync(SampleDatabase, SampleDatabaseStatements.Tables, ct);
            return server;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Standby.DestroyAsync();
        await Production.DestroyAsync();
        await Staging.DestroyAsync();
    }
}
