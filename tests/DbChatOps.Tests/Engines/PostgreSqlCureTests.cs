using DbChatOps.Targets;
using DbChatOps.Tests.PostgreSql;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Engines;

/// <summary>Each damage is found, and the cure that <c>check</c> prints for it, run as it stands with psql, ends it.</summary>
public sealed class PostgreSqlCureTests(PostgreSqlStage stage) : PostgreSqlScene(stage), IClassFixture<PostgreSqlStage>, IAsyncLifetime
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

    [Theory]
    [InlineData("REVOKE USAGE ON SCHEMA dbchatops FROM dbchatops_bot", "facade_no_usage", "")]
    [InlineData("REVOKE pg_read_all_stats FROM dbchatops_bot", "cannot_see_sessions", "")]
    [InlineData("ALTER ROLE dbchatops_orders_read PASSWORD 'x'", "role_has_password", "")]
    [InlineData("ALTER ROLE dbchatops_bot CREATEROLE", "minter_too_powerful", "")]
    [InlineData("DELETE FROM dbchatops.standing_role WHERE role_name = 'dbchatops_orders_read'", "standing_role_not_listed", "")]
    [InlineData("GRANT pg_read_server_files TO dbchatops_orders_read", "standing_role_dangerous", "")]
    [InlineData("ALTER ROLE dbchatops_orders_read BYPASSRLS", "standing_role_dangerous", "")]
    [InlineData("GRANT TRIGGER ON app.orders TO dbchatops_orders_read", "standing_role_trigger", "orders")]
    [InlineData("CREATE OR REPLACE FUNCTION app.boost() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'", "security_definer_reachable", "orders")]
    [InlineData("CREATE TABLE app.planted (id int); ALTER TABLE app.planted OWNER TO dbchatops_orders_read", "standing_role_owns", "orders")]
    [InlineData("CREATE ROLE team; CREATE TABLE app.of_team (id int); ALTER TABLE app.of_team OWNER TO team; GRANT team TO dbchatops_orders_write", "standing_role_owns", "orders")]
    [InlineData("GRANT CREATE ON SCHEMA app TO dbchatops_orders_write", "standing_role_creates", "orders")]
    [InlineData("GRANT CONNECT ON DATABASE billing TO PUBLIC; GRANT CREATE ON SCHEMA public TO PUBLIC", "standing_role_creates", "billing")]
    [InlineData("CREATE ROLE makers; GRANT CREATE ON SCHEMA app TO makers; GRANT makers TO dbchatops_orders_read", "standing_role_creates", "orders")]
    [InlineData("GRANT CREATE ON DATABASE orders TO dbchatops_orders_write", "standing_role_creates", "")]
    [InlineData("GRANT CREATE ON TABLESPACE pg_default TO dbchatops_orders_read", "standing_role_holds", "")]
    [InlineData("GRANT SELECT ON app.orders TO dbchatops_orders_read WITH GRANT OPTION", "standing_role_grants", "orders")]
    [InlineData("GRANT UPDATE (note) ON app.orders TO dbchatops_orders_write WITH GRANT OPTION", "standing_role_grants", "orders")]
    [InlineData("GRANT USAGE ON SCHEMA app TO dbchatops_orders_write WITH GRANT OPTION", "standing_role_grants", "orders")]
    [InlineData("CREATE ROLE givers; GRANT SELECT ON app.orders TO givers WITH GRANT OPTION; GRANT givers TO dbchatops_orders_read", "standing_role_grants", "orders")]
    [InlineData("CREATE ROLE crew; GRANT crew TO dbchatops_orders_read WITH ADMIN OPTION", "standing_role_administers", "")]
    [InlineData("GRANT CONNECT ON DATABASE billing TO PUBLIC; CREATE FUNCTION public.boost_bills() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'", "security_definer_reachable", "billing")]
    [InlineData("GRANT CONNECT ON DATABASE billing TO PUBLIC; CREATE FOREIGN DATA WRAPPER nowhere; CREATE SERVER far_away FOREIGN DATA WRAPPER nowhere; GRANT USAGE ON FOREIGN SERVER far_away TO PUBLIC", "way_out_reachable", "billing")]
    [InlineData("GRANT CONNECT ON DATABASE billing TO PUBLIC; CREATE EXTENSION dblink; GRANT EXECUTE ON FUNCTION dblink_connect_u(text) TO dbchatops_orders_read", "way_out_reachable", "billing")]
    [InlineData("CREATE TABLE app.first (id int); CREATE TABLE app.second (id int); GRANT TRIGGER ON app.first, app.second TO dbchatops_orders_read", "standing_role_trigger", "orders")]
    [InlineData("CREATE ROLE fitters; CREATE TABLE app.third (id int); GRANT TRIGGER ON app.third TO fitters; GRANT fitters TO dbchatops_orders_read", "standing_role_trigger", "orders")]
    [InlineData("CREATE TABLE app.fourth (id int); CREATE ROLE lender; GRANT USAGE ON SCHEMA app TO lender; GRANT TRIGGER ON app.fourth TO lender WITH GRANT OPTION; SET ROLE lender; GRANT TRIGGER ON app.fourth TO dbchatops_orders_read", "standing_role_trigger", "orders")]
    [InlineData("CREATE PROCEDURE app.push() LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'", "security_definer_reachable", "orders")]
    [InlineData("CREATE ROLE callers; CREATE FUNCTION app.pull() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'; REVOKE ALL ON FUNCTION app.pull() FROM PUBLIC; GRANT EXECUTE ON FUNCTION app.pull() TO callers; GRANT callers TO dbchatops_orders_write", "security_definer_reachable", "orders")]
    [InlineData("CREATE ROLE host; GRANT CREATE ON SCHEMA app TO host WITH GRANT OPTION; SET ROLE host; GRANT CREATE ON SCHEMA app TO dbchatops_orders_write", "standing_role_creates", "orders")]
    [InlineData("CREATE ROLE heads; CREATE ROLE hands; CREATE SCHEMA of_heads AUTHORIZATION heads; GRANT heads TO hands; GRANT hands TO dbchatops_orders_read", "standing_role_creates", "orders")]
    [InlineData("CREATE ROLE heads2; CREATE ROLE hands2; CREATE TABLE app.of_heads (id int); ALTER TABLE app.of_heads OWNER TO heads2; GRANT heads2 TO hands2; GRANT hands2 TO dbchatops_orders_read", "standing_role_owns", "orders")]
    [InlineData("ALTER DATABASE billing OWNER TO dbchatops_orders_write", "standing_role_owns", "")]
    [InlineData("GRANT SELECT ON app.orders TO dbchatops_orders_read WITH GRANT OPTION; SET ROLE dbchatops_orders_read; GRANT SELECT ON app.orders TO dbchatops_orders_ddl", "standing_role_grants", "orders")]
    [InlineData("CREATE ROLE chief; GRANT USAGE ON SCHEMA app TO chief; GRANT SELECT ON app.orders TO chief WITH GRANT OPTION; SET ROLE chief; GRANT SELECT ON app.orders TO dbchatops_orders_read WITH GRANT OPTION", "standing_role_grants", "orders")]
    [InlineData("CREATE TABLE public.more_bills (id int, sum int); CREATE ROLE payer; GRANT SELECT (id) ON public.more_bills TO payer WITH GRANT OPTION; SET ROLE payer; GRANT SELECT (id) ON public.more_bills TO dbchatops_orders_read", "standing_role_reaches_elsewhere", "billing")]
    [InlineData("CREATE FUNCTION public.sums() RETURNS int LANGUAGE sql AS 'SELECT 1'; GRANT EXECUTE ON FUNCTION public.sums() TO dbchatops_orders_read", "standing_role_reaches_elsewhere", "billing")]
    [InlineData("ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO dbchatops_orders_read; ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT EXECUTE ON FUNCTIONS TO dbchatops_orders_read", "standing_role_reaches_elsewhere", "billing")]
    [InlineData("CREATE TABLE public.guarded (id int); CREATE POLICY alone ON public.guarded TO dbchatops_orders_read USING (true); CREATE POLICY together ON public.guarded TO dbchatops_orders_read, app_owner USING (true)", "standing_role_reaches_elsewhere", "billing")]
    [InlineData("CREATE TABLE public.strayed (id int); ALTER TABLE public.strayed OWNER TO dbchatops_orders_ddl", "standing_role_reaches_elsewhere", "billing")]
    [InlineData("CREATE ROLE travellers; CREATE TABLE public.far (id int); GRANT SELECT ON public.far TO travellers; GRANT travellers TO dbchatops_orders_write", "standing_role_reaches_elsewhere", "billing")]
    [InlineData("GRANT CONNECT ON DATABASE billing TO dbchatops_orders_read", "standing_role_reaches_elsewhere", "")]
    [InlineData("DELETE FROM dbchatops.standing_role WHERE role_name = 'dbchatops_orders_ddl'; DROP OWNED BY dbchatops_orders_ddl; DROP ROLE dbchatops_orders_ddl", "standing_role_missing", "")]
    [InlineData("CREATE ROLE dbchatops_heir_empty; COMMENT ON ROLE dbchatops_heir_empty IS 'dbchatops/heir of=dbco_empty oid=1'", "leftovers_kept", "")]
    [InlineData("REVOKE SELECT ON pg_catalog.pg_hba_file_rules FROM dbchatops_bot", "dead_man_unverified", "")]
    [InlineData("REVOKE ALL ON DATABASE billing FROM PUBLIC, dbchatops_bot", "cannot_enter_database", "")]
    [InlineData("CREATE ROLE crony; GRANT dbchatops_bot TO crony", "minter_lent", "")]
    [InlineData("CREATE TABLE app.seen (id int); CREATE POLICY narrows ON app.seen AS RESTRICTIVE TO dbchatops_orders_read, dbchatops_orders_write USING (id > 1)", "standing_role_in_policy", "orders")]
    [InlineData("CREATE TABLE app.shown (id int); CREATE POLICY \"all of it\" ON app.shown TO dbchatops_orders_write USING (true) WITH CHECK (id > 1)", "standing_role_in_policy", "orders")]
    [InlineData("CREATE ROLE watchers; CREATE TABLE app.watched (id int); CREATE POLICY added ON app.watched FOR INSERT TO watchers WITH CHECK (true); GRANT watchers TO dbchatops_orders_write", "standing_role_in_policy", "orders")]
    public async Task What_is_missing_is_named_with_the_statement_that_cures_it(string damage, string code, string database)
    {
        var where = database.Length == 0 ? PostgreSqlPair.AdminDatabase : database;
        await Pair.PsqlAsync(damage, where);
        await ReplayedAsync();

        var finding = (await InspectAsync()).Findings.First(f => code.Equals(f.Code, StringComparison.Ordinal));

        await Pair.PsqlAsync(finding.Cure.ShouldNotBeNull());
        await ReplayedAsync();
        (await InspectAsync()).Findings.ShouldNotContain(f => code.Equals(f.Code, StringComparison.Ordinal) && finding.Message.Equals(f.Message, StringComparison.Ordinal));
        await CureTheRestAsync();
    }

    [Fact]
    public async Task The_line_that_runs_the_set_up_script_reaches_the_admin_database_whatever_it_is_called()
    {
        const string unkind = "my \"admin\" = $(echo x)";
        await Pair.CreateDatabaseAsync(unkind);

        var cure = (await Stage.Engine.InspectAsync(Server with { AdminDatabase = unkind }, [PostgreSqlStage.Orders], Ct)).Findings
            .Single(static f => f.Code == "facade_missing").Cure.ShouldNotBeNull();

        var answer = await PosixShell.RunAsync(
            $"""
            cd "$(mktemp -d)"; echo 'SELECT current_database()' > setup.sql
            PGHOST=127.0.0.1 PGPORT={Pair.WriterPort} PGUSER=postgres {cure.Split('\n')[1]} -XAt
            """,
            PostgreSqlBinaries.Default.FolderOf("psql"));
        answer.ShouldBe($"{unkind}\n");
        await Pair.PsqlAsync("DROP DATABASE \"my \"\"admin\"\" = $(echo x)\"");
    }

    [Fact]
    public async Task A_policy_that_the_printed_statement_rewrote_hides_the_same_and_no_session_can_lift_it()
    {
        await Pair.PsqlAsync(
            """
            CREATE TABLE app.half (id int);
            INSERT INTO app.half VALUES (1), (2);
            GRANT SELECT ON app.half TO dbchatops_orders_read, dbchatops_orders_write;
            ALTER TABLE app.half ENABLE ROW LEVEL SECURITY;
            CREATE POLICY open ON app.half USING (true);
            CREATE POLICY hides ON app.half AS RESTRICTIVE TO dbchatops_orders_read USING (id = 1);
            """,
            "orders");
        await Pair.PsqlAsync((await InspectAsync()).Findings.Single(static f => f.Code == "standing_role_in_policy").Cure.ShouldNotBeNull());
        await using var reader = await ConnectAsync(await MintAsync());
        await using var writer = await ConnectAsync(await MintAsync(AccessLevel.Write));

        await RunAsync(reader, "SET default_transaction_read_only = off");
        await RunAsync(reader, "DROP OWNED BY dbchatops_orders_read");

        (await AskAsync(reader, "SELECT count(*) FROM app.half")).ShouldBe(1L);
        (await AskAsync(writer, "SELECT count(*) FROM app.half")).ShouldBe(2L);
        await Pair.PsqlAsync("DROP TABLE app.half", "orders");
    }

    /// <summary>One damage can be several findings; their cures, run as printed, leave nothing for the next test either.</summary>
    private async Task CureTheRestAsync()
    {
        for (var round = 0; ; round++)
        {
            var rest = (await InspectAsync()).Findings.Where(static f => f.Severity != FindingSeverity.Note).ToList();
            if (rest.Count == 0 || round == 3)
            {
                rest.Select(static f => f.Message).ShouldBeEmpty();
                return;
            }

            foreach (var cure in rest.Select(static f => f.Cure.ShouldNotBeNull(f.Message)).Distinct(StringComparer.Ordinal))
            {
                await Pair.PsqlAsync(cure);
            }

            await ReplayedAsync();
        }
    }

    private async Task ReplayedAsync()
    {
        var position = await Pair.AskAsync("SELECT pg_current_wal_flush_lsn()::text");
        await Pair.WaitForAsync($"SELECT pg_last_wal_replay_lsn() >= '{position}'::pg_lsn", node: Pair.Standby);
    }

    private Task<ServerInspection> InspectAsync() => Stage.Engine.InspectAsync(Server, [PostgreSqlStage.Orders], Ct);
}
