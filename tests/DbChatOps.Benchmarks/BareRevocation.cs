using System.Diagnostics;
using System.Globalization;
using DbChatOps.Playground.Demo;

namespace DbChatOps.Benchmarks;

/// <summary>The yardstick: pgbench locks, looks and drops roles of the same shape, as a superuser, with nothing in between.</summary>
internal static class BareRevocation
{
    private const int Clients = 8;

    public static async Task<TimeSpan> RunAsync(PostgreSqlServers servers, int roles, CancellationToken ct)
    {
        var folder = Directory.CreateTempSubdirectory("dbchatops-bare-").FullName;
        try
        {
            var script = Path.Combine(folder, "revoke.sql");
            await File.WriteAllTextAsync(script, BareRevocationStatements.Revoke, ct);
            await servers.Production.PsqlAsync("postgres", BareRevocationStatements.Mint(Clients, roles / Clients), ct);
            var started = Stopwatch.GetTimestamp();
            await Programs.RunAsync(
                "pgbench",
                ["-n", "-M", "simple", "-f", script, "-c", Text(Clients), "-j", "2", "-t", Text(roles / Clients), "-D", "n=0", "-h", servers.Production.SocketFolder, "-p", Text(servers.Production.Port), "-U", "postgres", "postgres"],
                input: "",
                ct);
            return Stopwatch.GetElapsedTime(started);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}

internal static class BareRevocationStatements
{
    /// <summary>The same statements as an ending: lock out, take the memberships, end sessions, look for what is left, drop. No proof, no standby.</summary>
    public const string Revoke = """
        \set n :n + 1
        \set id (:client_id + 1) * 1000000 + :n
        ALTER ROLE bare_:id NOLOGIN PASSWORD NULL CONNECTION LIMIT 0;
        REVOKE dbchatops_orders_prod_read, dbchatops_temp FROM bare_:id;
        SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = 'bare_:id';
        SELECT count(*) FROM pg_shdepend WHERE refclassid = 'pg_authid'::regclass AND refobjid = 'bare_:id'::regrole;
        DROP ROLE bare_:id;
        """;

    public static string Mint(int clients, int each) => $"""
        DO $$ BEGIN
          FOR c IN 0..{clients - 1} LOOP FOR n IN 1..{each} LOOP
            EXECUTE format('CREATE ROLE bare_%s LOGIN VALID UNTIL ''2099-01-01'' CONNECTION LIMIT 5', (c + 1) * 1000000 + n);
            EXECUTE format('GRANT dbchatops_orders_prod_read, dbchatops_temp TO bare_%s', (c + 1) * 1000000 + n);
            EXECUTE format('ALTER ROLE bare_%s SET statement_timeout = ''5min''', (c + 1) * 1000000 + n);
            EXECUTE format('COMMENT ON ROLE bare_%s IS ''yardstick''', (c + 1) * 1000000 + n);
          END LOOP; END LOOP;
        END $$;
        """;
}
