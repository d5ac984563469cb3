namespace DbChatOps.Playground.Demo;

/// <summary>What an administrator does once per server: run the set-up script, set the bot's password, say what the standing roles may do.</summary>
internal static class GuardedServers
{
    public static async Task InstallAsync(PostgreSqlServers servers, string setUp, BotConfiguration configuration, CancellationToken ct)
    {
        foreach (var (server, target, minterPassword) in new[]
        {
            (servers.Production, "orders_prod", configuration.ProductionPassword),
            (servers.Staging, "orders_staging", configuration.StagingPassword),
        })
        {
            await server.RunFileAsync(PostgreSqlServers.AdminDatabase, setUp, ct);
            await server.PsqlAsync(PostgreSqlServers.AdminDatabase, GuardedServersStatements.StandingRoles(target, minterPassword), ct);
            await server.PsqlAsync(PostgreSqlServers.SampleDatabase, SampleDatabaseStatements.Rights(target), ct);
        }
    }
}

internal static class GuardedServersStatements
{
    /// <summary>The lines that <c>dbchatops check --print-setup</c> prints for the demo's two levels, and the bot's password.</summary>
    public static string StandingRoles(string target, string minterPassword) => $"""
        ALTER ROLE dbchatops_bot PASSWORD '{minterPassword}';
        CREATE ROLE dbchatops_{target}_read NOLOGIN;
        CREATE ROLE dbchatops_{target}_write NOLOGIN;
        GRANT CONNECT ON DATABASE {PostgreSqlServers.SampleDatabase} TO dbchatops_bot, dbchatops_{target}_read, dbchatops_{target}_write;
        INSERT INTO dbchatops.standing_role (role_name, access_level, database_name, owner_role) VALUES
            ('dbchatops_{target}_read', 'read', '{PostgreSqlServers.SampleDatabase}', NULL),
            ('dbchatops_{target}_write', 'write', '{PostgreSqlServers.SampleDatabase}', NULL);
        """;
}
