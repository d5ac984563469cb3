using DbChatOps.Targets;
using DbChatOps.Tests.PostgreSql;
using Npgsql;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Engines;

/// <summary>What the bot may borrow while it clears up after a login, and who takes over.</summary>
public sealed class PostgreSqlLendingTests(CarelessPostgreSqlStage stage) : PostgreSqlBotScene(stage), IClassFixture<CarelessPostgreSqlStage>
{
    [Fact]
    public async Task A_login_that_is_not_being_ended_is_not_lent()
    {
        var login = await MintAsync(AccessLevel.Write);

        (await LendAsync(login.Name)).ShouldBe("open");

        await using var session = await ConnectAsync(login);
        (await AskAsync(session, "SELECT count(*) FROM app.orders")).ShouldBe(100L);
        (await StateOfAsync($"SET ROLE {login.Name}")).ShouldBe("42501");
    }

    [Fact]
    public async Task What_is_lent_opens_nothing()
    {
        var login = await MintAsync(AccessLevel.Write);
        await using (var session = await ConnectAsync(login))
        {
            await RunAsync(session, "CREATE TABLE public.lent_out (id int)");
        }

        (await OutcomeAsync("lock", login.Name)).ShouldBe("locked");
        await Pair.PsqlAsync($"GRANT dbchatops_orders_write TO {login.Name}");
        (await LendAsync(login.Name)).ShouldBe("lent");

        var password = await Server.Minter.Password(Ct);
        await using (var thief = new NpgsqlConnection(Pair.ConnectionString(Server.Minter.User, password.Reveal(), "orders")))
        {
            await thief.OpenAsync(Ct);
            foreach (var role in new[] { "dbchatops_cleaner", login.Name, login.Name.Replace("dbco_", "dbchatops_heir_", StringComparison.Ordinal) })
            {
                await RunAsync(thief, $"SET ROLE {role}");
                (await Should.ThrowAsync<PostgresException>(() => RunAsync(thief, "SELECT count(*) FROM app.orders"))).SqlState.ShouldBe("42501");
            }
        }

        (await EndAsync(login)).ShouldBeProvenGone();
    }

    [Fact]
    public async Task A_prepared_transaction_that_holds_the_lock_up_lends_its_login_without_its_power()
    {
        var login = await MintAsync(AccessLevel.Write);
        await using (var session = await ConnectAsync(login))
        {
            await RunAsync(session, "BEGIN");
            await RunAsync(session, $"ALTER ROLE {login.Name} PASSWORD 'mine'");
            await RunAsync(session, "PREPARE TRANSACTION 'hold me'");
        }

        (await LendAsync(login.Name)).ShouldBe("lent");

        // The marker binds the login to its password, and so to its end, as long as it can log in.
        (await Pair.AskAsync($"SELECT string_agg(roleid::regrole::text, ', ') FROM pg_auth_members WHERE member = {login.Oid}")).ShouldBe("dbchatops_temp");
        (await EndAsync(login)).ShouldBeProvenGone();
    }

    [Fact]
    public async Task A_login_of_the_same_name_does_not_come_by_an_earlier_ones_heir()
    {
        var login = await MintAsync(AccessLevel.Write);
        await using (var session = await ConnectAsync(login))
        {
            await RunAsync(session, "CREATE TABLE public.of_the_first (id int)");
        }

        (await EndAsync(login)).ShouldBeProvenGone();
        (await StateOfAsync("SELECT * FROM dbchatops.mint($1, 'dbchatops_orders_write', now() + interval '1 min', 100, 1, 1, 1, 1, true)", login.Name)).ShouldBe("00000");
        (await StateOfAsync($"SELECT dbchatops.mark($1, '{new string('0', 32)}', '{new string('0', 64)}')", login.Name)).ShouldBe("00000");
        (await OutcomeAsync("lock", login.Name)).ShouldBe("locked");
        await Pair.PsqlAsync($"CREATE TABLE public.of_the_second (id int); ALTER TABLE public.of_the_second OWNER TO {login.Name}", "orders");

        (await LendAsync(login.Name)).ShouldBe("failed");

        await Pair.PsqlAsync("DROP TABLE public.of_the_second", "orders");
        (await OutcomeAsync("drop", login.Name)).ShouldBe("dropped");
        (await Pair.AskAsync("SELECT tableowner FROM pg_tables WHERE tablename = 'of_the_first'", "orders"))
            .ShouldBe(login.Name.Replace("dbco_", "dbchatops_heir_", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_heir_of_the_longest_name_is_kept_whole()
    {
        var name = "dbco_" + new string('a', 49) + "_zzzzzzzz";
        (await StateOfAsync("SELECT * FROM dbchatops.mint($1, 'dbchatops_orders_write', now() + interval '1 min', 100, 1, 1, 1, 1, true)", name)).ShouldBe("00000");
        (await StateOfAsync($"SELECT dbchatops.mark($1, '{new string('0', 32)}', '{new string('0', 64)}')", name)).ShouldBe("00000");
        (await OutcomeAsync("lock", name)).ShouldBe("locked");
        await Pair.PsqlAsync($"CREATE TABLE public.of_the_longest (id int); ALTER TABLE public.of_the_longest OWNER TO {name}", "orders");

        (await LendAsync(name)).ShouldBe("lent");

        (await Pair.AskAsync("SELECT rolname FROM pg_roles WHERE rolname LIKE 'dbchatops\\_heir\\_%zzzzzzzz'")).ShouldBe("dbchatops_heir_" + new string('a', 39) + "_zzzzzzzz");
        await Pair.PsqlAsync("DROP TABLE public.of_the_longest", "orders");
        (await StateOfAsync("SELECT dbchatops.unlend()")).ShouldBe("00000");
        (await OutcomeAsync("drop", name)).ShouldBe("dropped");
        (await Pair.AskAsync("SELECT count(*) FROM pg_roles WHERE rolname LIKE 'dbchatops\\_heir\\_%zzzzzzzz'")).ShouldBe("0");
    }

    [Fact]
    public async Task An_older_set_up_is_noticed_and_upgraded_and_what_its_one_heir_owns_stays()
    {
        var login = await MintAsync();
        await Pair.PsqlAsync(
            $"""
            CREATE ROLE dbchatops_inheritor NOLOGIN;
            GRANT dbchatops_inheritor TO dbchatops_cleaner;
            GRANT dbchatops_orders_write TO dbchatops_inheritor;
            CREATE TABLE public.from_before (id int);
            ALTER TABLE public.from_before OWNER TO dbchatops_inheritor;
            CREATE FUNCTION dbchatops.lend(logins text[], ownership boolean) RETURNS void LANGUAGE sql AS 'SELECT';
            CREATE OR REPLACE FUNCTION dbchatops.version() RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT 1';
            SELECT set_config('tests.mark', regexp_replace(shobj_description({login.Oid}, 'pg_authid'), ' under=[0-9,]+| since=[0-9]+', '', 'g'), false);
            DO $$ BEGIN EXECUTE format('COMMENT ON ROLE {login.Name} IS %L', current_setting('tests.mark')); END $$;
            """,
            PostgreSqlPair.AdminDatabase);
        (await Stage.Engine.InspectAsync(Server, [PostgreSqlStage.Orders], Ct)).Findings
            .ShouldContain(static f => f.Code == "facade_old" && f.Severity == FindingSeverity.Error);

        await Pair.InstallFacadeAsync([PostgreSqlStage.Orders]);

        (await Pair.AskAsync("SELECT to_regprocedure('dbchatops.lend(text[], boolean)') IS NULL", PostgreSqlPair.AdminDatabase)).ShouldBe("True");
        (await Pair.AskAsync("SELECT count(*) FROM pg_auth_members WHERE member = to_regrole('dbchatops_inheritor') OR roleid = to_regrole('dbchatops_inheritor')")).ShouldBe("0");
        var findings = (await Stage.Engine.InspectAsync(Server, [PostgreSqlStage.Orders], Ct)).Findings;
        findings.ShouldNotContain(static f => f.Code == "facade_old");
        findings.ShouldContain(static f => f.Code == "leftovers_kept" && f.Message.Contains("dbchatops_inheritor", StringComparison.Ordinal)
            && f.Message.Contains(PostgreSqlPair.AdminDatabase, StringComparison.Ordinal));
        (await StateOfAsync($"SELECT dbchatops.extend($1, {login.Oid}, now() + interval '2 hours')", login.Name)).ShouldBe("00000");
        (await Pair.AskAsync($"SELECT shobj_description({login.Oid}, 'pg_authid') ~ ' since=[0-9]+ mac='")).ShouldBe("True");
        var report = await EndAsync(login);
        report.ShouldBeProvenGone();
        report.Proof.ShouldNotBeNull().NotChecked.ShouldBe(["prepared transactions under other roles not checked"]);

        await Pair.PsqlAsync("DROP TABLE public.from_before", PostgreSqlPair.AdminDatabase);
        await Pair.InstallFacadeAsync([PostgreSqlStage.Orders]);
        (await Pair.AskAsync("SELECT count(*) FROM pg_roles WHERE rolname = 'dbchatops_inheritor'")).ShouldBe("0");
    }
}
