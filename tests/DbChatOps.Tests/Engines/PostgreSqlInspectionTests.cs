using System.Globalization;
using DbChatOps.Targets;
using DbChatOps.Tests.PostgreSql;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Engines;

/// <summary><c>check</c> names every missing right with the statement that cures it, and every standing role that reaches too far.</summary>
public sealed class PostgreSqlInspectionTests(PostgreSqlStage stage) : PostgreSqlScene(stage), IClassFixture<PostgreSqlStage>, IAsyncLifetime
{
    /// <summary>The stage lets sessions make things; a server that was set up well does not.</summary>
    public async ValueTask InitializeAsync()
    {
        await Pair.PsqlAsync("REVOKE CREATE ON SCHEMA public FROM PUBLIC; REVOKE CREATE ON SCHEMA app FROM dbchatops_orders_write", "orders");
        await Pair.PsqlAsync("REVOKE CREATE ON SCHEMA public FROM PUBLIC", "billing");
        await Pair.PsqlAsync("REVOKE CREATE ON SCHEMA public FROM PUBLIC");
        await Pair.PsqlAsync("REVOKE CREATE ON SCHEMA public FROM PUBLIC", PostgreSqlPair.AdminDatabase);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_server_that_was_set_up_has_no_errors()
    {
        var inspection = await InspectAsync();

        inspection.Findings.Where(static f => f.Severity != FindingSeverity.Note).ShouldBeEmpty();
        inspection.Findings.ShouldContain(static f => f.Code == "public_connect");
        inspection.Identity.Databases.ContainsKey("billing").ShouldBeTrue();
    }

    [Fact]
    public async Task What_lasts_beyond_a_grant_is_an_error_where_sessions_can_become_the_standing_role()
    {
        await Pair.PsqlAsync("GRANT CREATE ON SCHEMA app TO dbchatops_orders_write, dbchatops_orders_ddl", "orders");
        var expected = int.Parse(await Pair.AskAsync("SHOW server_version_num") ?? "0", CultureInfo.InvariantCulture) < 160000
            ? FindingSeverity.Error
            : FindingSeverity.Warning;

        var found = (await InspectAsync()).Findings.Where(static f => f.Code == "standing_role_creates").ToList();

        await Pair.PsqlAsync("REVOKE CREATE ON SCHEMA app FROM dbchatops_orders_write, dbchatops_orders_ddl", "orders");
        var finding = found.ShouldHaveSingleItem();
        finding.Severity.ShouldBe(expected);
        finding.Message.ShouldContain("orders/write");
        finding.Cure.ShouldBe("\\c \"orders\"\nREVOKE CREATE ON SCHEMA app FROM \"dbchatops_orders_write\";");
    }

    [Fact]
    public async Task What_a_standing_role_owns_is_an_error_on_every_major_because_sessions_inherit_it()
    {
        await Pair.PsqlAsync("CREATE TABLE app.inherited (id int); ALTER TABLE app.inherited OWNER TO dbchatops_orders_write", "orders");

        var found = (await InspectAsync()).Findings.Where(static f => f.Code == "standing_role_owns").ToList();

        await Pair.PsqlAsync("DROP TABLE app.inherited", "orders");
        var finding = found.ShouldHaveSingleItem();
        finding.Severity.ShouldBe(FindingSeverity.Error);
        finding.About.ShouldBe(["orders/write"]);
    }

    [Fact]
    public async Task Each_standby_must_bind_temporary_logins_to_passwords_too()
    {
        var file = Path.Combine(Pair.Standby.Data, "pg_hba.conf");
        var rules = await File.ReadAllTextAsync(file, Ct);
        await File.WriteAllTextAsync(file, "host  all  all  127.0.0.1/32  trust\n" + rules, Ct);

        var found = (await InspectAsync()).Findings.Where(static f => f.Code == "dead_man_unbound").ToList();

        await File.WriteAllTextAsync(file, rules, Ct);
        var finding = found.ShouldHaveSingleItem();
        finding.Message.ShouldContain(Server.Nodes[1].ToString());
        finding.Message.ShouldContain("trust");
        (await InspectAsync()).Findings.ShouldNotContain(static f => f.Code == "dead_man_unbound");
    }

    [Fact]
    public async Task Rules_that_the_bot_may_not_read_are_named_for_every_node()
    {
        await Pair.PsqlAsync("REVOKE SELECT ON pg_catalog.pg_hba_file_rules FROM dbchatops_bot", PostgreSqlPair.AdminDatabase);
        await ReplayedAsync();

        var found = (await InspectAsync()).Findings.Where(static f => f.Code == "dead_man_unverified").ToList();

        await Pair.PsqlAsync("GRANT SELECT ON pg_catalog.pg_hba_file_rules TO dbchatops_bot", PostgreSqlPair.AdminDatabase);
        await ReplayedAsync();
        found.Count.ShouldBe(2);
        found.ShouldContain(f => f.Message.Contains(Server.Nodes[1].ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_logins_left_behind_is_listed_and_an_heir_with_power_is_an_error()
    {
        await Pair.PsqlAsync("GRANT CREATE ON SCHEMA public TO PUBLIC", "orders");
        var login = await MintAsync(AccessLevel.Write);
        await using (var session = await ConnectAsync(login))
        {
            await RunAsync(session, "CREATE TABLE public.found_by_check (id int)");
        }

        (await EndAsync(login)).ShouldBeProvenGone();
        var heir = login.Name.Replace("dbco_", "dbchatops_heir_", StringComparison.Ordinal);
        await Pair.PsqlAsync("REVOKE CREATE ON SCHEMA public FROM PUBLIC", "orders");

        (await InspectAsync()).Findings.ShouldContain(f => f.Code == "leftovers_kept"
            && f.Message.Contains(heir, StringComparison.Ordinal) && f.Message.Contains(login.Name, StringComparison.Ordinal) && f.Message.Contains("in: orders", StringComparison.Ordinal));
        await Pair.PsqlAsync($"GRANT dbchatops_orders_write TO {heir}");
        (await InspectAsync()).Findings.ShouldContain(static f => f.Code == "heir_powerful" && f.Severity == FindingSeverity.Error);
        await Pair.PsqlAsync($"REVOKE dbchatops_orders_write FROM {heir}; DROP TABLE public.found_by_check; DROP ROLE {heir}", "orders");
    }

    [Fact]
    public async Task A_way_out_in_another_database_that_the_login_may_enter_refuses_the_level()
    {
        await Pair.PsqlAsync("GRANT CONNECT ON DATABASE billing TO PUBLIC");
        await Pair.PsqlAsync("CREATE FUNCTION public.everything() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'", "billing");
        try
        {
            var open = (await InspectAsync()).Findings.Where(static f => f.Code == "security_definer_reachable").ToList();
            await Pair.PsqlAsync("REVOKE CONNECT ON DATABASE billing FROM PUBLIC");
            var closed = (await InspectAsync()).Findings.Where(static f => f.Code == "security_definer_reachable").ToList();

            open.ShouldAllBe(static f => f.Severity == FindingSeverity.Error && f.Message.Contains("database billing", StringComparison.Ordinal));
            open.SelectMany(static f => f.About ?? []).ShouldBe(["orders/read", "orders/write", "orders/ddl"], ignoreOrder: true);
            closed.ShouldBeEmpty();
        }
        finally
        {
            await Pair.PsqlAsync("DROP FUNCTION public.everything(); GRANT CONNECT ON DATABASE billing TO PUBLIC", "billing");
        }
    }

    [Theory]
    [InlineData("billing", FindingSeverity.Warning)]
    [InlineData("orders", FindingSeverity.Error)]
    public async Task A_database_that_lets_nobody_in_is_a_finding_about_itself(string database, FindingSeverity severity)
    {
        await Pair.PsqlAsync($"ALTER DATABASE {database} CONNECTION LIMIT 0");
        try
        {
            var inspection = await InspectAsync();

            var finding = inspection.Findings.Where(static f => f.Severity != FindingSeverity.Note).ShouldHaveSingleItem();
            finding.Code.ShouldBe("cannot_enter_database");
            finding.Severity.ShouldBe(severity);
            finding.Message.ShouldContain($"database {database}");
            finding.Message.ShouldContain("53300");
            (finding.About ?? []).Count.ShouldBe(severity == FindingSeverity.Error ? 3 : 0);
        }
        finally
        {
            await Pair.PsqlAsync($"ALTER DATABASE {database} CONNECTION LIMIT -1");
        }
    }

    [Fact]
    public async Task A_binding_line_for_one_address_does_not_bind_the_network_that_begins_with_it()
    {
        var file = Path.Combine(Pair.Standby.Data, "pg_hba.conf");
        var rules = await File.ReadAllTextAsync(file, Ct);
        await File.WriteAllTextAsync(file, "host  all  +dbchatops_temp  10.0.0.0/32  scram-sha-256\nhost  all  all  10.0.0.0/8  trust\n" + rules, Ct);

        var found = (await InspectAsync()).Findings.Where(static f => f.Code == "dead_man_unbound").ToList();

        await File.WriteAllTextAsync(file, rules, Ct);
        found.ShouldHaveSingleItem().Message.ShouldContain("(host all all 10.0.0.0/8 trust)");
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

        inspection.Findings.ShouldContain(static f => f.Code == "standby_unreachable" && f.Message.Contains("binds temporary logins to passwords is unverified", StringComparison.Ordinal));
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

    private async Task ReplayedAsync()
    {
        var position = await Pair.AskAsync("SELECT pg_current_wal_flush_lsn()::text");
        await Pair.WaitForAsync($"SELECT pg_last_wal_replay_lsn() >= '{position}'::pg_lsn", node: Pair.Standby);
    }

    private Task<ServerInspection> InspectAsync() => Stage.Engine.InspectAsync(Server, [PostgreSqlStage.Orders], Ct);
}
