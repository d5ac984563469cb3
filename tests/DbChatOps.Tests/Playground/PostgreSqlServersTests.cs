using DbChatOps.Playground.Demo;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Playground;

public sealed class PostgreSqlServersTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_demo_has_a_shop_in_production_with_a_standby_that_follows_and_one_in_staging()
    {
        if (PostgreSqlBinaries.Find() is null) Assert.Skip("PostgreSQL's server programs were not found; set DBCHATOPS_PG_BIN or install postgresql.");
        await using var servers = await PostgreSqlServers.StartAsync(Ct);
        const string count = "SELECT count(*) FROM orders;";

        (await servers.Production.PsqlAsync(PostgreSqlServers.SampleDatabase, count, Ct)).Trim().ShouldBe("2000");
        (await servers.Staging.PsqlAsync(PostgreSqlServers.SampleDatabase, count, Ct)).Trim().ShouldBe("2000");
        (await servers.Standby.PsqlAsync("postgres", "SELECT pg_is_in_recovery();", Ct)).Trim().ShouldBe("t");

        await servers.Production.PsqlAsync("postgres", "CREATE ROLE ana LOGIN PASSWORD 'right';", Ct);
        var allowed = await servers.Production.PsqlAsPersonAsync("ana", "right", "postgres", "SELECT current_user;", Ct);
        var refused = await servers.Production.PsqlAsPersonAsync("ana", "wrong", "postgres", "SELECT current_user;", Ct);

        allowed.Output.Trim().ShouldBe("ana");
        refused.ExitCode.ShouldNotBe(0);
        refused.Errors.ShouldContain("password authentication failed");
    }
}
