using System.Globalization;
using DbChatOps.Targets;
using DbChatOps.Tests.PostgreSql;
using Npgsql;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Engines;

/// <summary>Everything a temporary role can do to outlive its end, tried on a real pair of servers.</summary>
public sealed class PostgreSqlRevocationTests(CarelessPostgreSqlStage stage) : PostgreSqlScene(stage), IClassFixture<CarelessPostgreSqlStage>
{
    [Theory]
    [Trait("Trap", "T-01")]
    [InlineData("SELECT 1", false)]
    [InlineData("SELECT count(*) FROM app.orders", true)]
    [InlineData("UPDATE app.orders SET note = 'held' WHERE id = 1", true)]
    [InlineData("LOCK TABLE app.orders IN ROW EXCLUSIVE MODE", true)]
    [InlineData("SELECT pg_advisory_lock(1)", false)]
    public async Task An_open_session_ends_whatever_it_holds(string statement, bool inTransaction)
    {
        var login = await MintAsync(AccessLevel.Write);
        await using var session = await ConnectAsync(login);
        if (inTransaction)
        {
            await RunAsync(session, "BEGIN");
        }

        await RunAsync(session, statement);

        var report = await EndAsync(login);

        report.ShouldBeProvenGone();
        report.SessionsEnded.ShouldBe(1);
        (await Pair.AskAsync("UPDATE app.orders SET note = 'free' WHERE id = 1 RETURNING note", "orders")).ShouldBe("free");
    }

    [Fact]
    [Trait("Trap", "T-01")]
    public async Task A_long_query_ends_even_when_it_swallows_cancellation()
    {
        var login = await MintAsync(AccessLevel.Write);
        await using var session = await ConnectAsync(login);
        var running = RunAsync(session, "DO $$ BEGIN LOOP BEGIN PERFORM pg_sleep(60); EXCEPTION WHEN query_canceled THEN NULL; END; END LOOP; END $$");

        (await EndAsync(login)).ShouldBeProvenGone();

        await Should.ThrowAsync<NpgsqlException>(() => running);
    }

    [Fact]
    [Trait("Trap", "T-02")]
    public async Task A_reconnecting_client_finds_no_way_back()
    {
        var login = await MintAsync();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var clients = Enumerable.Range(0, 3).Select(_ => ReconnectAsync(login, stop.Token)).ToArray();
        await Pair.WaitForAsync($"SELECT count(*) > 0 FROM pg_stat_activity WHERE usename = '{login.Name}'");

        (await EndAsync(login)).ShouldBeProvenGone();

        (await Pair.AskAsync($"SELECT count(*) FROM pg_stat_activity WHERE usesysid = {login.Oid}")).ShouldBe("0");
        await stop.CancelAsync();
        await Task.WhenAll(clients);
        (await Pair.AskAsync($"SELECT count(*) FROM pg_stat_activity WHERE usesysid = {login.Oid}")).ShouldBe("0");
    }

    [Fact]
    [Trait("Trap", "T-03")]
    public async Task A_start_up_ghost_keeps_the_grant_open_until_it_has_shown_itself()
    {
        var login = await MintAsync();
        var pending = Stage.ConnectAsync(login.Name, login.Password, options: "-c post_auth_delay=2");
        await Pair.WaitForAsync("SELECT count(*) > 0 FROM pg_locks l LEFT JOIN pg_stat_activity a USING (pid) WHERE l.pid IS NOT NULL AND a.pid IS NULL");

        var first = await StepAsync(login);
        first.Stage.ShouldBe(RevocationStage.Exposed);
        first.Blockers.ShouldContain(b => b.Contains("starting up", StringComparison.Ordinal));
        (await Pair.AskAsync($"SELECT count(*) FROM pg_roles WHERE oid = {login.Oid}")).ShouldBe("1");

        var report = await EndAsync(login);

        report.ShouldBeProvenGone();
        await pending.ContinueWith(static t => t.IsCompletedSuccessfully ? t.Result.DisposeAsync().AsTask() : Task.CompletedTask, Ct, TaskContinuationOptions.None, TaskScheduler.Default).Unwrap();
        (await Pair.AskAsync($"SELECT count(*) FROM pg_stat_activity WHERE usesysid = {login.Oid}")).ShouldBe("0");
    }

    [Fact]
    public async Task An_open_change_of_its_own_password_cannot_hold_the_lock_up()
    {
        var login = await MintAsync();
        await using var session = await ConnectAsync(login);
        await RunAsync(session, "BEGIN");
        await RunAsync(session, "SET LOCAL default_transaction_read_only = off");
        await RunAsync(session, "SET TRANSACTION READ WRITE");
        await RunAsync(session, $"ALTER ROLE {login.Name} PASSWORD 'mine'");

        var report = await EndAsync(login);

        report.ShouldBeProvenGone();
        report.SessionsEnded.ShouldBe(1);
    }

    [Fact]
    public async Task A_prepared_change_of_its_own_password_cannot_hold_the_lock_up()
    {
        var login = await MintAsync(AccessLevel.Write);
        await using (var session = await ConnectAsync(login))
        {
            await RunAsync(session, "BEGIN");
            await RunAsync(session, $"ALTER ROLE {login.Name} PASSWORD 'mine'");
            await RunAsync(session, "PREPARE TRANSACTION 'hold me'");
        }

        (await EndAsync(login)).ShouldBeProvenGone();
    }

    [Theory]
    [InlineData(AccessLevel.Write, "dbchatops_orders_write")]
    [InlineData(AccessLevel.Ddl, "app_owner")]
    public async Task A_prepared_change_of_its_own_password_recorded_under_another_role_cannot_keep_its_power(AccessLevel level, string other)
    {
        Assert.SkipWhen(level == AccessLevel.Write && await MajorAsync() >= 16, "From 16 on nobody can become the standing role.");
        var login = await MintAsync(level);
        await using (var session = await ConnectAsync(login))
        {
            await RunAsync(session, "SET ROLE NONE");
            await RunAsync(session, "BEGIN");
            await RunAsync(session, $"ALTER ROLE {login.Name} PASSWORD 'mine'");
            await RunAsync(session, $"SET ROLE {other}");
            await RunAsync(session, "PREPARE TRANSACTION 'hold it up'");
        }

        try
        {
            var report = await StepAsync(login);

            report.Stage.ShouldBe(RevocationStage.Exposed);
            report.Blockers.ShouldContain(b => b.Contains("has changed this login's role", StringComparison.Ordinal) && b.Contains("ROLLBACK PREPARED 'hold it up'", StringComparison.Ordinal)
                && b.Contains("database orders", StringComparison.Ordinal) && b.Contains(other, StringComparison.Ordinal));

            // The password goes on opening sessions, which may do nothing; the marker stays, by which pg_hba.conf binds it to its end.
            (await Pair.AskAsync($"SELECT string_agg(roleid::regrole::text, ', ') FROM pg_auth_members WHERE member = {login.Oid} OR roleid = {login.Oid}")).ShouldBe("dbchatops_temp");
            await using var again = await ConnectAsync(login);
            (await Should.ThrowAsync<PostgresException>(() => RunAsync(again, "SELECT count(*) FROM app.orders"))).SqlState.ShouldBe("42501");
            (await Should.ThrowAsync<PostgresException>(() => RunAsync(again, $"SET ROLE {other}"))).SqlState.ShouldBe("42501");
        }
        finally
        {
            await Pair.PsqlAsync("ROLLBACK PREPARED 'hold it up'", "orders");
        }

        (await EndAsync(login)).ShouldBeProvenGone();
    }

    [Fact]
    public async Task An_open_change_of_who_may_use_it_keeps_it_neither_open_nor_in_power()
    {
        await Pair.PsqlAsync("CREATE ROLE bystander");
        var login = await MintAsync(AccessLevel.Write);
        await Pair.PsqlAsync($"GRANT {login.Name} TO bystander");
        await using var holder = new NpgsqlConnection(Pair.SuperuserConnectionString());
        await holder.OpenAsync(Ct);
        await RunAsync(holder, "BEGIN");
        await RunAsync(holder, $"REVOKE {login.Name} FROM bystander");

        (await StepAsync(login)).Stage.ShouldBe(RevocationStage.Exposed);

        (await Pair.AskAsync($"SELECT rolcanlogin FROM pg_roles WHERE oid = {login.Oid}")).ShouldBe("False");
        (await Pair.AskAsync($"SELECT count(*) FROM pg_auth_members WHERE member = {login.Oid}")).ShouldBe("0");
        await RunAsync(holder, "ROLLBACK");
        (await EndAsync(login)).ShouldBeProvenGone();
    }

    [Fact]
    public async Task A_session_of_another_login_that_was_given_its_role_keeps_the_grant_open_until_it_has_ended()
    {
        await Pair.PsqlAsync("CREATE ROLE accomplice LOGIN PASSWORD 'a'");
        var login = await MintAsync(AccessLevel.Ddl);
        await Pair.PsqlAsync($"GRANT {login.Name} TO accomplice");
        await using var session = await Stage.ConnectAsync("accomplice", new Secret("a"));
        await RunAsync(session, "SET ROLE app_owner");

        var report = await EndAsync(login, steps: 3);

        (await AskAsync(session, "SELECT count(*) FROM app.orders")).ShouldBe(100L);
        report.Stage.ShouldBe(RevocationStage.Exposed);
        report.Blockers.ShouldContain(b => b.Contains($"pg_terminate_backend({session.ProcessID})", StringComparison.Ordinal) && b.Contains("accomplice", StringComparison.Ordinal));
        await Pair.AskAsync($"SELECT pg_terminate_backend({session.ProcessID}, 5000)");
        (await EndAsync(login)).ShouldBeProvenGone();
        await Should.ThrowAsync<NpgsqlException>(() => RunAsync(session, "SELECT 1"));
    }

    [Fact]
    public async Task Prepared_transactions_in_two_databases_are_rolled_back()
    {
        var login = await MintAsync(AccessLevel.Write);
        foreach (var database in new[] { "orders", "billing" })
        {
            await using var session = await ConnectAsync(login, database);
            await RunAsync(session, "BEGIN");
            await RunAsync(session, $"CREATE TABLE public.prepared_{database} (id int)");
            await RunAsync(session, $"PREPARE TRANSACTION 'it''s \\ {database}'");
        }

        (await EndAsync(login)).ShouldBeProvenGone();

        (await Pair.AskAsync("SELECT count(*) FROM pg_prepared_xacts")).ShouldBe("0");
    }

    [Fact]
    [Trait("Trap", "T-04")]
    public async Task What_it_owns_in_several_databases_goes_to_a_powerless_heir_of_its_own()
    {
        var login = await MintAsync(AccessLevel.Write);
        await using (var session = await ConnectAsync(login))
        {
            await RunAsync(session, "CREATE TABLE public.kept (id int)");
            await RunAsync(session, "INSERT INTO public.kept VALUES (42)");
            await RunAsync(session, "CREATE TABLE app.kept_here (id int)");
            await RunAsync(session, "CREATE VIEW public.seen AS SELECT id FROM public.kept");
            await RunAsync(session, "CREATE FUNCTION public.f() RETURNS int LANGUAGE sql AS 'SELECT 1'");
            await RunAsync(session, "CREATE TYPE public.mood AS ENUM ('calm')");
            await RunAsync(session, "SELECT lo_create(0)");
            await RunAsync(session, "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO PUBLIC");
        }

        await using (var session = await ConnectAsync(login, "billing"))
        {
            await RunAsync(session, "CREATE TABLE public.stray_bill (id int)");
        }

        (await EndAsync(login)).ShouldBeProvenGone();

        (await Pair.AskAsync("SELECT tableowner FROM pg_tables WHERE tablename = 'kept'", "orders")).ShouldBe(HeirOf(login));
        (await Pair.AskAsync("SELECT tableowner FROM pg_tables WHERE tablename = 'kept_here'", "orders")).ShouldBe(HeirOf(login));
        (await Pair.AskAsync("SELECT id FROM public.kept", "orders")).ShouldBe("42");
        (await Pair.AskAsync("SELECT tableowner FROM pg_tables WHERE tablename = 'stray_bill'", "billing")).ShouldBe(HeirOf(login));
        (await Pair.AskAsync($"SELECT count(*) FROM pg_auth_members m WHERE m.member = '{HeirOf(login)}'::regrole OR m.roleid = '{HeirOf(login)}'::regrole")).ShouldBe("0");
        (await Pair.AskAsync($"SELECT rolcanlogin OR rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = '{HeirOf(login)}'")).ShouldBe("False");
    }

    [Fact]
    public async Task An_heir_that_owns_nothing_any_more_is_dropped_with_the_next_login()
    {
        var first = await MintAsync(AccessLevel.Write);
        await using (var session = await ConnectAsync(first))
        {
            await RunAsync(session, "CREATE TABLE public.soon_taken_over (id int)");
        }

        (await EndAsync(first)).ShouldBeProvenGone();
        (await Pair.AskAsync($"SELECT count(*) FROM pg_roles WHERE rolname = '{HeirOf(first)}'")).ShouldBe("1");
        await Pair.PsqlAsync($"REASSIGN OWNED BY {HeirOf(first)} TO app_owner", "orders");
        (await EndAsync(await MintAsync())).ShouldBeProvenGone();

        (await Pair.AskAsync($"SELECT count(*) FROM pg_roles WHERE rolname = '{HeirOf(first)}'")).ShouldBe("0");
    }

    [Fact]
    public async Task What_may_not_be_given_to_its_heir_is_contained_and_named_with_the_statement_for_a_superuser()
    {
        var login = await MintAsync(AccessLevel.Write);
        await using (var session = await ConnectAsync(login))
        {
            await RunAsync(session, "CREATE FUNCTION app.left_here() RETURNS int LANGUAGE sql AS 'SELECT 1'");
        }

        var report = (await SettleAsync(login)).ShouldHaveSingleItem();

        report.Stage.ShouldBe(RevocationStage.Contained);
        var named = report.Blockers.Single(static b => b.Contains("a superuser there runs: ", StringComparison.Ordinal));
        named.ShouldContain("owner of function app.left_here()");
        await Pair.PsqlAsync(named[(named.IndexOf("runs: ", StringComparison.Ordinal) + 6)..], "orders");
        (await EndAsync(login)).ShouldBeProvenGone();
        (await Pair.AskAsync("SELECT pg_get_userbyid(proowner) FROM pg_proc WHERE proname = 'left_here'", "orders")).ShouldBe(HeirOf(login));
    }

    [Fact]
    [Trait("Trap", "T-05")]
    public async Task What_an_earlier_login_planted_gains_nothing_while_another_is_cleared()
    {
        var earlier = await MintAsync(AccessLevel.Write);
        await using (var session = await ConnectAsync(earlier))
        {
            await RunAsync(session, "CREATE FUNCTION public.spy(what text) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER AS $$ DECLARE n bigint; BEGIN EXECUTE 'SELECT count(*) FROM ' || what INTO n; RETURN n; END $$");
        }

        (await EndAsync(earlier)).ShouldBeProvenGone();
        var later = await MintAsync(AccessLevel.Write);
        await using (var session = await ConnectAsync(later))
        {
            await RunAsync(session, "CREATE TABLE public.copied AS SELECT * FROM app.orders");
        }

        await using var holder = new NpgsqlConnection(Pair.SuperuserConnectionString("orders"));
        await holder.OpenAsync(Ct);
        await RunAsync(holder, "BEGIN");
        await RunAsync(holder, "LOCK TABLE public.copied IN ACCESS SHARE MODE");
        var ending = StepAsync(later);
        await Pair.WaitForAsync($"SELECT count(*) > 0 FROM pg_auth_members WHERE roleid = {later.Oid} AND member = to_regrole('{HeirOf(later)}')");

        await SpyingFailsAsync("app.orders");
        await RunAsync(holder, "ROLLBACK");
        await ending;

        (await EndAsync(later)).ShouldBeProvenGone();
        await SpyingFailsAsync("app.orders");
        await SpyingFailsAsync("public.copied");
    }

    [Fact]
    public async Task A_transaction_that_it_prepared_as_the_owner_is_contained_and_named_until_somebody_decides()
    {
        var login = await MintAsync(AccessLevel.Ddl);
        await using (var session = await ConnectAsync(login))
        {
            await RunAsync(session, "BEGIN");
            await RunAsync(session, "UPDATE app.orders SET note = 'held' WHERE id = 1");
            await RunAsync(session, "PREPARE TRANSACTION 'as the owner''s'");
        }

        try
        {
            var report = (await SettleAsync(login)).ShouldHaveSingleItem();

            report.Stage.ShouldBe(RevocationStage.Contained);
            report.Blockers.ShouldHaveSingleItem().ShouldSatisfyAllConditions(
                static b => b.ShouldContain("'as the owner''s'"),
                static b => b.ShouldContain("database orders"),
                static b => b.ShouldContain("owner app_owner"),
                static b => b.ShouldContain("since 20"));
            (await Stage.Engine.ReadAsync(Server, login.Name, Ct)).Presence.ShouldBe(LoginPresence.NoLogin);

            // A DBA who drops the login by hand does not make it go away.
            await Pair.PsqlAsync($"DROP ROLE {login.Name}");
            var dropped = (await SettleAsync(login)).ShouldHaveSingleItem();
            dropped.Stage.ShouldBe(RevocationStage.Contained);
            dropped.Blockers.ShouldContain(static b => b.Contains("'as the owner''s'", StringComparison.Ordinal));
        }
        finally
        {
            await Pair.PsqlAsync("ROLLBACK PREPARED 'as the owner''s'", "orders");
        }

        (await EndAsync(login)).ShouldBeProvenGone();
    }

    [Fact]
    public async Task Before_16_a_transaction_that_it_prepared_as_the_standing_role_is_found_too()
    {
        Assert.SkipWhen(await MajorAsync() >= 16, "From 16 on nobody can become the standing role.");
        var login = await MintAsync(AccessLevel.Write);
        await using (var session = await ConnectAsync(login))
        {
            await RunAsync(session, "SET ROLE dbchatops_orders_write");
            await RunAsync(session, "BEGIN");
            await RunAsync(session, "UPDATE app.orders SET note = 'held' WHERE id = 1");
            await RunAsync(session, "PREPARE TRANSACTION 'as the standing role'");
        }

        var report = (await SettleAsync(login)).ShouldHaveSingleItem();

        await Pair.PsqlAsync("ROLLBACK PREPARED 'as the standing role'", "orders");
        report.Stage.ShouldBe(RevocationStage.Contained);
        report.Blockers.ShouldContain(static b => b.Contains("owner dbchatops_orders_write", StringComparison.Ordinal));
        (await EndAsync(login)).ShouldBeProvenGone();
    }

    [Fact]
    public async Task A_prepared_transaction_from_before_the_window_or_of_another_role_holds_nothing_up()
    {
        await Pair.PsqlAsync("SET ROLE app_owner; BEGIN; INSERT INTO app.orders VALUES (9001, 'long ago'); PREPARE TRANSACTION 'long ago'", "orders");
        try
        {
            var login = await MintAsync(AccessLevel.Ddl);
            await Pair.PsqlAsync("BEGIN; INSERT INTO app.orders VALUES (9002, 'of the DBA'); PREPARE TRANSACTION 'of the DBA'", "orders");

            var report = await EndAsync(login);

            report.ShouldBeProvenGone();
            report.Proof.ShouldNotBeNull().NotChecked.ShouldBe(["residue not checked"]);
        }
        finally
        {
            await Pair.PsqlAsync("ROLLBACK PREPARED 'long ago'; ROLLBACK PREPARED 'of the DBA'", "orders");
        }
    }

    [Fact]
    [Trait("Trap", "T-05")]
    public async Task A_planted_trigger_gains_no_rights_by_the_change_of_owner()
    {
        var login = await MintAsync(AccessLevel.Write);
        await using (var session = await ConnectAsync(login))
        {
            await RunAsync(session, "CREATE TABLE public.bait (id int)");
            await RunAsync(session, "CREATE FUNCTION public.steal() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN DELETE FROM app.orders WHERE id = 7; RETURN new; END $$");
            await RunAsync(session, "CREATE TRIGGER planted BEFORE INSERT ON public.bait FOR EACH ROW EXECUTE FUNCTION public.steal()");
        }

        (await EndAsync(login)).ShouldBeProvenGone();

        var fault = await Should.ThrowAsync<PostgresException>(() => Pair.AskAsync("INSERT INTO public.bait VALUES (1)", "orders"));
        fault.SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
    }

    [Fact]
    [Trait("Trap", "T-05")]
    public async Task A_planted_default_and_a_planted_policy_gain_no_rights_by_the_change_of_owner()
    {
        var login = await MintAsync(AccessLevel.Write);
        await using (var session = await ConnectAsync(login))
        {
            await RunAsync(session, "CREATE FUNCTION public.pilfer(which int) RETURNS int LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN DELETE FROM app.orders WHERE id = which; RETURN which; END $$");
            await RunAsync(session, "CREATE TABLE public.lure (id int, taken int DEFAULT public.pilfer(8))");
            await RunAsync(session, "CREATE TABLE public.veil AS SELECT 1 AS id");
            await RunAsync(session, "ALTER TABLE public.veil ENABLE ROW LEVEL SECURITY");
            await RunAsync(session, "CREATE POLICY peek ON public.veil USING (public.pilfer(9) = 9)");
            await RunAsync(session, "GRANT SELECT ON public.veil TO PUBLIC");
        }

        await using var passerBy = new NpgsqlConnection(Pair.SuperuserConnectionString("orders"));
        await passerBy.OpenAsync(Ct);
        await RunAsync(passerBy, "BEGIN");
        await PlantsAreSprungAsync(passerBy);
        (await AskAsync(passerBy, "SELECT count(*) FROM app.orders WHERE id IN (8, 9)")).ShouldBe(0L, "while its maker has the level, both bite");
        await RunAsync(passerBy, "ROLLBACK");

        (await EndAsync(login)).ShouldBeProvenGone();

        (await Should.ThrowAsync<PostgresException>(() => RunAsync(passerBy, "INSERT INTO public.lure VALUES (1)"))).SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
        await RunAsync(passerBy, "SET ROLE app_owner");
        (await Should.ThrowAsync<PostgresException>(() => RunAsync(passerBy, "SELECT count(*) FROM public.veil"))).SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege);
        (await AskAsync(passerBy, "SELECT count(*) FROM app.orders WHERE id IN (8, 9)")).ShouldBe(2L);
    }

    [Fact]
    public async Task A_session_that_became_the_owner_loses_its_power_too()
    {
        var login = await MintAsync(AccessLevel.Ddl);
        await using var session = await ConnectAsync(login);
        (await AskAsync(session, "SELECT current_user::text")).ShouldBe("app_owner");
        await RunAsync(session, "CREATE TABLE app.made_in_the_window (id int)");

        var report = await EndAsync(login);

        report.ShouldBeProvenGone();
        report.Proof.ShouldNotBeNull().NotChecked.ShouldBe(["residue not checked"]);
        await Should.ThrowAsync<NpgsqlException>(() => RunAsync(session, "SELECT count(*) FROM app.orders"));
        (await Pair.AskAsync("SELECT tableowner FROM pg_tables WHERE tablename = 'made_in_the_window'", "orders")).ShouldBe("app_owner");
    }

    [Fact]
    public async Task Clean_HostileDatabaseSearchPath()
    {
        await Pair.PsqlAsync("CREATE ROLE mallory LOGIN PASSWORD 'm'; ALTER DATABASE billing OWNER TO mallory;");
        await Pair.PsqlAsync(
            """
            SET ROLE mallory;
            CREATE SCHEMA evil;
            CREATE FUNCTION evil.pg_describe_object(oid, oid, integer) RETURNS text LANGUAGE plpgsql AS
              $$ BEGIN EXECUTE 'CREATE TABLE evil.trophy AS SELECT current_user::text AS who'; RETURN 'x'; END $$;
            CREATE FUNCTION evil.quote_ident(name) RETURNS text LANGUAGE plpgsql AS
              $$ BEGIN EXECUTE 'CREATE TABLE IF NOT EXISTS evil.trophy AS SELECT current_user::text AS who'; RETURN 'x'; END $$;
            GRANT ALL ON SCHEMA evil TO PUBLIC;
            ALTER DATABASE billing SET search_path = evil, pg_catalog;
            ALTER DATABASE billing SET default_transaction_read_only = on;
            CREATE TABLE evil.his (id int);
            """,
            "billing");
        var login = await MintAsync(AccessLevel.Write);
        await using (var session = await ConnectAsync(login, "billing"))
        {
            await RunAsync(session, "SET default_transaction_read_only = off");
            await RunAsync(session, "CREATE TABLE public.mine (id int)");
        }

        await Pair.PsqlAsync($"SET default_transaction_read_only = off; GRANT SELECT ON evil.his TO {login.Name}", "billing");
        var report = (await SettleAsync(login)).ShouldHaveSingleItem();

        // The foreign right is still named, so the hostile path was walked through and nothing of it ran.
        report.Stage.ShouldBe(RevocationStage.Contained);
        report.Blockers.ShouldContain(b => b.Contains("evil.his", StringComparison.Ordinal));
        (await Pair.AskAsync("SELECT to_regclass('evil.trophy')::text", "billing")).ShouldBeEmpty();
        await Pair.PsqlAsync($"SET default_transaction_read_only = off; REVOKE ALL ON evil.his FROM {login.Name}", "billing");
        (await EndAsync(login)).ShouldBeProvenGone();
        await Pair.PsqlAsync("ALTER DATABASE billing RESET ALL; ALTER DATABASE billing OWNER TO postgres;");
    }

    [Fact]
    public async Task Lock_CutsMembershipBothWays()
    {
        await Pair.PsqlAsync("CREATE ROLE bob LOGIN PASSWORD 'bob'");
        var login = await MintAsync(AccessLevel.Write);
        await Pair.PsqlAsync($"GRANT {login.Name} TO bob; GRANT app_owner TO {login.Name};");
        await Pair.PsqlAsync($"CREATE TABLE public.foreign_table (id int); GRANT SELECT ON public.foreign_table TO {login.Name}", "orders");

        var report = (await SettleAsync(login)).ShouldHaveSingleItem();

        report.Stage.ShouldBe(RevocationStage.Contained);
        (await Pair.AskAsync($"SELECT count(*) FROM pg_auth_members WHERE member = {login.Oid} OR roleid = {login.Oid}")).ShouldBe("0");
        await Pair.PsqlAsync($"GRANT {login.Name} TO bob");
        await StepAsync(login);
        (await Pair.AskAsync($"SELECT count(*) FROM pg_auth_members WHERE member = {login.Oid} OR roleid = {login.Oid}")).ShouldBe("0");
        await Pair.PsqlAsync("DROP TABLE public.foreign_table", "orders");
        (await EndAsync(login)).ShouldBeProvenGone();
    }

    [Fact]
    public async Task A_right_that_somebody_else_granted_is_contained_and_named_and_holds_up_no_other_login()
    {
        var held = await MintAsync();
        var free = await MintAsync();
        await Pair.PsqlAsync($"CREATE TABLE public.\"Odd Name\" (id int); GRANT SELECT ON public.\"Odd Name\" TO {held.Name}", "billing");

        var reports = await SettleAsync(held, free);
        var blocked = reports.Single(r => r.Oid == held.Oid);
        reports.Single(r => r.Oid == free.Oid).ShouldBeProvenGone();

        blocked.Stage.ShouldBe(RevocationStage.Contained);
        blocked.Blockers.ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            b => b.ShouldContain("table public.\"Odd Name\""),
            b => b.ShouldContain("billing"),
            b => b.ShouldContain("of postgres"));
        await Pair.PsqlAsync($"DROP OWNED BY {held.Name}", "billing");
        (await EndAsync(held)).ShouldBeProvenGone();
    }

    [Fact]
    [Trait("Trap", "T-12")]
    public async Task A_login_that_a_DBA_dropped_by_hand_is_success_once_its_sessions_are_gone()
    {
        var login = await MintAsync();
        await using var session = await ConnectAsync(login);
        await Pair.PsqlAsync($"DROP ROLE {login.Name}");

        var report = await EndAsync(login);

        report.ShouldBeProvenGone();
        report.SessionsEnded.ShouldBe(1);
        report.Proof.ShouldNotBeNull().NotChecked.ShouldBeEmpty();
    }

    [Fact]
    [Trait("Trap", "T-12")]
    public async Task A_renamed_login_is_named_and_not_taken_for_gone()
    {
        var login = await MintAsync();
        await Pair.PsqlAsync($"ALTER ROLE {login.Name} RENAME TO nobody_special");

        var report = await StepAsync(login);

        report.Stage.ShouldBe(RevocationStage.Exposed);
        report.Blockers.ShouldContain(b => b.Contains("nobody_special", StringComparison.Ordinal));
        await Pair.PsqlAsync($"ALTER ROLE nobody_special RENAME TO {login.Name}");
        (await EndAsync(login)).ShouldBeProvenGone();
    }

    [Fact]
    [Trait("Trap", "T-27")]
    public async Task A_role_that_only_looks_like_ours_is_reported_and_never_touched()
    {
        var real = await MintAsync();
        var comment = await Pair.AskAsync($"SELECT shobj_description({real.Oid}, 'pg_authid')");
        await Pair.PsqlAsync($"CREATE ROLE dbco_lookalike_00000000 LOGIN; COMMENT ON ROLE dbco_lookalike_00000000 IS '{comment}'");
        var lookalike = new ManagedLoginHandle("dbco_lookalike_00000000", 0, new Secret("x"), AccessLevel.Read);

        var report = (await Stage.Engine.EndAsync(new EndLogins { Server = Server, Logins = [new EndingLogin(lookalike.Name, Oid: null)] }, Ct))[0];

        report.Stage.ShouldBe(RevocationStage.Exposed);
        (await Pair.AskAsync("SELECT rolcanlogin FROM pg_roles WHERE rolname = 'dbco_lookalike_00000000'")).ShouldBe("True");
        (await Stage.Engine.ListAsync(Server, Ct)).Single(l => lookalike.Name.Equals(l.Name, StringComparison.Ordinal)).MacVerifies.ShouldBeFalse();
        await Pair.PsqlAsync("DROP ROLE dbco_lookalike_00000000");
        (await EndAsync(real)).ShouldBeProvenGone();
    }

    [Theory]
    [Trait("Trap", "T-22")]
    [InlineData("MixedCase")]
    [InlineData("quo\"ted 'n;ame")]
    [InlineData("naïve_数据_база")]
    [InlineData("a23456789_123456789_123456789_123456789_123456789_123456789_123")]
    public async Task Leftovers_are_found_in_databases_of_any_name_that_PUBLIC_may_not_enter(string database)
    {
        var quoted = database.Replace("\"", "\"\"", StringComparison.Ordinal);
        await Pair.CreateDatabaseAsync(database);
        await Pair.PsqlAsync("GRANT CREATE ON SCHEMA public TO PUBLIC", database);
        var login = await MintAsync(AccessLevel.Write);
        await Pair.AskAsync($"REVOKE ALL ON DATABASE \"{quoted}\" FROM PUBLIC");
        await Pair.AskAsync($"GRANT CONNECT ON DATABASE \"{quoted}\" TO {login.Name}");
        await using (var session = await ConnectAsync(login, database))
        {
            await RunAsync(session, "CREATE TABLE public.left_behind (id int)");
        }

        await Pair.AskAsync($"REVOKE ALL ON DATABASE \"{quoted}\" FROM {login.Name}");
        var report = (await SettleAsync(login)).ShouldHaveSingleItem();
        report.Stage.ShouldBe(RevocationStage.Contained);
        report.Blockers.ShouldContain(b => b.Contains($"GRANT CONNECT ON DATABASE \"{quoted}\" TO dbchatops_bot", StringComparison.Ordinal));

        await Pair.AskAsync($"GRANT CONNECT ON DATABASE \"{quoted}\" TO dbchatops_bot");
        (await EndAsync(login)).ShouldBeProvenGone();
        (await Pair.AskAsync("SELECT tableowner FROM pg_tables WHERE tablename = 'left_behind'", database)).ShouldBe(HeirOf(login));
    }

    [Fact]
    [Trait("Trap", "T-08")]
    public async Task A_thousand_logins_end_together()
    {
        await Stage.FillAsync(1000);
        var logins = (await Stage.Engine.ListAsync(Server, Ct)).Where(static l => l.Name.StartsWith("dbco_fill_", StringComparison.Ordinal)).ToList();
        logins.Count.ShouldBe(1000);
        var open = logins.Select(static l => new EndingLogin(l.Name, l.Oid)).ToList();
        var started = TimeProvider.System.GetTimestamp();

        for (var step = 0; step < 10 && open.Count > 0; step++)
        {
            var reports = await Stage.Engine.EndAsync(new EndLogins { Server = Server, Logins = open }, Ct);
            var proven = reports.Where(static r => r.Stage == RevocationStage.ProvenGone).Select(static r => r.Login).ToHashSet(StringComparer.Ordinal);
            open.RemoveAll(l => proven.Contains(l.Name));
        }

        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{TimeProvider.System.GetElapsedTime(started).TotalSeconds:F2} s for 1,000 logins"));
        open.ShouldBeEmpty();
        (await Pair.AskAsync("SELECT count(*) FROM pg_roles WHERE rolname LIKE 'dbco\\_fill%'")).ShouldBe("0");
    }

    private static string HeirOf(ManagedLoginHandle login) => login.Name.Replace("dbco_", "dbchatops_heir_", StringComparison.Ordinal);

    /// <summary>A superuser inserts, and somebody for whom policies count reads.</summary>
    private static async Task PlantsAreSprungAsync(NpgsqlConnection superuser)
    {
        await RunAsync(superuser, "INSERT INTO public.lure VALUES (1)");
        await RunAsync(superuser, "SET LOCAL ROLE app_owner");
        await RunAsync(superuser, "SELECT count(*) FROM public.veil");
        await RunAsync(superuser, "SET LOCAL ROLE NONE");
    }

    private async Task SpyingFailsAsync(string table) =>
        (await Should.ThrowAsync<PostgresException>(() => Pair.AskAsync($"SELECT public.spy('{table}')", "orders"))).SqlState.ShouldBe(PostgresErrorCodes.InsufficientPrivilege);

    private async Task<int> MajorAsync() => int.Parse(await Pair.AskAsync("SHOW server_version_num") ?? "0", CultureInfo.InvariantCulture) / 10000;

    private async Task ReconnectAsync(ManagedLoginHandle login, CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            try
            {
                await using var session = await Stage.ConnectAsync(login.Name, login.Password);
                await RunAsync(session, "SELECT 1");
            }
            catch (NpgsqlException)
            {
                // Refused or cut off: exactly what a stubborn client answers with another attempt.
            }
        }
    }
}
