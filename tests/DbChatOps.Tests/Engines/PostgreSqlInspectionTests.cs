using DbChatOps.Targets;
using DbChatOps.Tests.PostgreSql;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Engines;

/// <summary><c>check</c> names every missing right with the statement that cures it, and every standing role that reaches too far.</summary>
public sealed class PostgreSqlInspectionTests(PostgreSqlStage stage) : PostgreSqlScene(stage), IClassFixture<PostgreSqlStage>
{
    [Fact]
    public async Task A_server_that_was_set_up_has_no_errors()
    {
        var inspection = await InspectAsync();

        inspection.Findings.Where(static f => f.Severity != FindingSeverity.Note).ShouldBeEmpty();
        inspection.Findings.ShouldContain(static f => f.Code == "public_connect");
        inspection.Identity.Databases.ContainsKey("billing").ShouldBeTrue();
    }

    [Theory]
    [InlineData("REVOKE pg_signal_backend FROM dbchatops_bot", "cannot_end_sessions", "")]
    [InlineData("REVOKE pg_read_all_stats FROM dbchatops_bot", "cannot_see_sessions", "")]
    [InlineData("REVOKE dbchatops_cleaner FROM dbchatops_bot", "cannot_clean", "")]
    [InlineData("REVOKE dbchatops_inheritor FROM dbchatops_cleaner", "no_inheritor", "")]
    [InlineData("ALTER ROLE dbchatops_bot CREATEROLE", "minter_too_powerful", "")]
    [InlineData("DELETE FROM dbchatops.standing_role WHERE role_name = 'dbchatops_orders_read'", "standing_role_not_listed", "")]
    [InlineData("GRANT pg_read_server_files TO dbchatops_orders_read", "standing_role_dangerous", "")]
    [InlineData("ALTER ROLE dbchatops_orders_read BYPASSRLS", "standing_role_dangerous", "")]
    [InlineData("GRANT TRIGGER ON app.orders TO dbchatops_orders_read", "standing_role_trigger", "orders")]
    [InlineData("CREATE OR REPLACE FUNCTION app.boost() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'", "security_definer_reachable", "orders")]
    [InlineData("REVOKE SELECT ON pg_catalog.pg_hba_file_rules FROM dbchatops_bot", "dead_man_unverified", "")]
    [InlineData("REVOKE ALL ON DATABASE billing FROM PUBLIC, dbchatops_bot", "cannot_enter_database", "")]
    public async Task What_is_missing_is_named_with_the_statement_that_cures_it(string damage, string code, string database)
    {
        var where = database.Length == 0 ? PostgreSqlPair.AdminDatabase : database;
        await Pair.PsqlAsync(damage, where);

        var finding = (await InspectAsync()).Findings.First(f => code.Equals(f.Code, StringComparison.Ordinal));

        await Pair.PsqlAsync(finding.Cure.ShouldNotBeNull(), where);
        (await InspectAsync()).Findings.ShouldNotContain(f => code.Equals(f.Code, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_standing_role_that_two_targets_share_is_an_error()
    {
        var twin = PostgreSqlStage.Orders with { Id = new TargetId("billing"), Database = "billing" };

        var inspection = await Stage.Engine.InspectAsync(Server, [PostgreSqlStage.Orders, twin], Ct);

        inspection.Findings.Count(static f => f.Code is "standing_role_shared").ShouldBe(3);
    }

    [Fact]
    public async Task Rights_in_another_database_are_an_error_and_said_in_words()
    {
        await Pair.PsqlAsync("GRANT CONNECT ON DATABASE billing TO PUBLIC");
        await Pair.PsqlAsync("CREATE TABLE public.bills (id int); GRANT SELECT ON public.bills TO dbchatops_orders_read", "billing");
        try
        {
            var inspection = await InspectAsync();

            inspection.Findings.ShouldContain(static f => f.Code == "standing_role_reaches_elsewhere");
            inspection.AlsoReaches["orders/read"].ShouldBe(["billing (SELECT on 1 table)"]);
            inspection.AlsoReaches["orders/write"].ShouldBeEmpty();
        }
        finally
        {
            await Pair.PsqlAsync("DROP TABLE public.bills", "billing");
        }
    }

    [Fact]
    public async Task A_standby_that_is_not_listed_is_an_error()
    {
        var inspection = await Stage.Engine.InspectAsync(Pair.ToServer(listStandby: false), [PostgreSqlStage.Orders], Ct);

        inspection.Findings.ShouldContain(static f => f.Code == "standby_not_listed" && f.Severity == FindingSeverity.Error);
    }

    [Fact]
    public async Task A_standby_that_cannot_be_reached_is_a_warning()
    {
        var nowhere = Server with { Nodes = [.. Server.Nodes, new ServerNode { Host = "127.0.0.1", Port = 1, Kind = NodeKind.Standby }] };

        var inspection = await Stage.Engine.InspectAsync(nowhere, [PostgreSqlStage.Orders], Ct);

        inspection.Findings.ShouldContain(static f => f.Code == "standby_unreachable");
    }

    [Fact]
    public async Task A_server_without_the_facade_says_so()
    {
        var bare = Server with { AdminDatabase = "orders" };
        await Pair.PsqlAsync("GRANT CONNECT ON DATABASE orders TO dbchatops_bot");

        var inspection = await Stage.Engine.InspectAsync(bare, [PostgreSqlStage.Orders], Ct);

        inspection.Findings.ShouldContain(static f => f.Code == "facade_missing" && f.Cure != null);
    }

    [Fact]
    public async Task Clocks_that_differ_are_an_error()
    {
        var inspection = await Stage.Engine.InspectAsync(Server with { ServerTimeOffset = static () => TimeSpan.FromSeconds(-9) }, [PostgreSqlStage.Orders], Ct);

        inspection.Findings.ShouldContain(static f => f.Code == "clock_skew");
    }

    private Task<ServerInspection> InspectAsync() => Stage.Engine.InspectAsync(Server, [PostgreSqlStage.Orders], Ct);
}
