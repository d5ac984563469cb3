using DbChatOps.Host.Engines.PostgreSql;
using DbChatOps.Host.Flow;
using DbChatOps.Targets;
using DbChatOps.Tests.PostgreSql;
using Npgsql;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Engines;

/// <summary>A server on which version 3 of the set-up made logins that are live, before and after the set-up of today is run there.</summary>
public sealed class PostgreSqlUpgradeTests(CarelessPostgreSqlStage stage) : PostgreSqlBotScene(stage), IClassFixture<CarelessPostgreSqlStage>, IAsyncLifetime
{
    public async ValueTask InitializeAsync()
    {
        await Pair.PsqlAsync(
            """
            DROP SCHEMA dbchatops CASCADE;
            """,
            PostgreSqlPair.AdminDatabase);
        await Pair.PsqlAsync(
            await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "PostgreSql", "facade-version-3.sql"), Ct)
            + string.Join('\n', PostgreSqlStage.Orders.Levels.Select(static level => PostgreSqlSetUp.AllowListRow(PostgreSqlStage.Orders, level.Key, level.Value))),
            PostgreSqlPair.AdminDatabase);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Before_the_set_up_is_run_again_access_ends_and_nothing_new_is_granted()
    {
        var login = await MintByVersion3Async("write");
        var used = await MintByVersion3Async("read");
        await using var session = await ConnectAsync(used);
        await using (var leaving = await ConnectAsync(login))
        {
            await RunAsync(leaving, "CREATE TABLE public.left_on_an_old_set_up (id int)");
        }

        (await InspectAsync()).ShouldContain(static f => f.Code == "facade_old" && f.Severity == FindingSeverity.Error);
        (await EndAsync(used)).ShouldBeProvenGone();
        await Should.ThrowAsync<NpgsqlException>(() => RunAsync(session, "SELECT 1"));

        var report = (await SettleAsync(login)).ShouldHaveSingleItem();
        report.Stage.ShouldBe(RevocationStage.Contained);
        report.Blockers.ShouldContain(static b => b.Contains("check --print-setup", StringComparison.Ordinal));

        await Pair.InstallFacadeAsync([PostgreSqlStage.Orders]);
        (await Pair.AskAsync($"SELECT state FROM dbchatops.login WHERE login = '{login.Name}'", PostgreSqlPair.AdminDatabase)).ShouldBe("locked");
        (await EndAsync(login)).ShouldBeProvenGone();
    }

    [Fact]
    public async Task After_it_live_logins_live_on_and_are_ended_with_a_whole_proof()
    {
        var login = await MintByVersion3Async("write");
        var unclaimed = await MintByVersion3Async("read", reveal: false);
        await using var session = await ConnectAsync(login);

        await Pair.InstallFacadeAsync([PostgreSqlStage.Orders]);
        await Pair.InstallFacadeAsync([PostgreSqlStage.Orders]);

        (await InspectAsync()).ShouldNotContain(static f => f.Code == "facade_old");
        (await AskAsync(session, "SELECT count(*) FROM app.orders")).ShouldBe(100L);
        await using (await ConnectAsync(login))
        {
            // The password goes on working.
        }

        (await Stage.Engine.ListAsync(Server, Ct)).Where(l => l.Oid == login.Oid || l.Oid == unclaimed.Oid)
            .ShouldAllBe(static l => l.MacVerifies && l.IsRecorded);
        var pin = await Stage.Engine.IdentifyAsync(Server, Ct);
        var later = DateTimeOffset.UtcNow.AddMinutes(50);
        (await Stage.Engine.ExtendAsync(new ExtendLogin { Server = Server, Login = login.Name, Oid = login.Oid, Expiry = later, Pin = pin }, Ct))
            .OrThrow().ValidUntil.ShouldBe(later, TimeSpan.FromMilliseconds(1));
        (await StateOfAsync("SELECT * FROM dbchatops.mint($1, 'dbchatops_orders_write', now() + interval '1 min', 100, 1, 1000, 100, 1000, true)", "dbco_fresh_00000000"))
            .ShouldBe("00000");

        var report = await EndAsync(login);
        report.ShouldBeProvenGone();
        report.SessionsEnded.ShouldBe(1);
        report.Proof.ShouldNotBeNull().NotChecked.ShouldBeEmpty();
        (await EndAsync(unclaimed)).ShouldBeProvenGone();
        (await StateOfAsync("SELECT * FROM dbchatops.mint($1, 'dbchatops_orders_write', now() + interval '1 min', 100, 1, 1000, 100, 1000, true)", login.Name)).ShouldBe("DC012");
    }

    /// <summary>A comment is written by hand as easily: a first reveal in the future would move the longest window.</summary>
    [Fact]
    public async Task A_first_reveal_in_the_future_counts_from_now()
    {
        var login = await MintByVersion3Async("write");
        await Pair.PsqlAsync($"DO $$ BEGIN EXECUTE format('COMMENT ON ROLE {login.Name} IS %L', regexp_replace(shobj_description({login.Oid}, 'pg_authid'), ' since=[0-9]+ ', ' since=9999999999999999 ')); END $$");
        (await Pair.AskAsync($"SELECT shobj_description({login.Oid}, 'pg_authid')")).ShouldNotBeNull().ShouldContain("since=9999999999999999");

        await Pair.InstallFacadeAsync([PostgreSqlStage.Orders]);

        (await Pair.AskAsync($"SELECT revealed_at <= clock_timestamp() FROM dbchatops.login WHERE login = '{login.Name}'", PostgreSqlPair.AdminDatabase)).ShouldBe("True");
        (await EndAsync(login)).ShouldBeProvenGone();
    }

    [Fact]
    public async Task The_power_that_the_bot_had_for_it_is_taken_back()
    {
        await Pair.PsqlAsync(
            """
            CREATE ROLE dbchatops_inheritor NOLOGIN;
            GRANT dbchatops_inheritor TO dbchatops_cleaner;
            CREATE TABLE public.from_before (id int);
            ALTER TABLE public.from_before OWNER TO dbchatops_inheritor;
            """,
            PostgreSqlPair.AdminDatabase);

        await Pair.InstallFacadeAsync([PostgreSqlStage.Orders]);

        (await Pair.AskAsync("SELECT to_regrole('dbchatops_cleaner') IS NULL")).ShouldBe("True");
        (await Pair.AskAsync("SELECT string_agg(roleid::regrole::text, ', ') FROM pg_auth_members WHERE member = 'dbchatops_bot'::regrole")).ShouldBe("pg_read_all_stats");
        (await InspectAsync()).ShouldContain(static f => f.Code == "leftovers_kept" && f.Message.Contains("dbchatops_inheritor", StringComparison.Ordinal)
            && f.Message.Contains(PostgreSqlPair.AdminDatabase, StringComparison.Ordinal));

        await Pair.PsqlAsync("DROP TABLE public.from_before", PostgreSqlPair.AdminDatabase);
        await Pair.InstallFacadeAsync([PostgreSqlStage.Orders]);
        (await Pair.AskAsync("SELECT count(*) FROM pg_roles WHERE rolname = 'dbchatops_inheritor'")).ShouldBe("0");
    }

    [Fact]
    public async Task It_takes_back_what_others_made_of_the_bot_and_the_marker()
    {
        await Pair.InstallFacadeAsync([PostgreSqlStage.Orders]);
        await Pair.PsqlAsync(
            """
            CREATE ROLE crony LOGIN;
            GRANT dbchatops_bot TO crony WITH ADMIN OPTION;
            GRANT dbchatops_bot TO dbchatops_temp;
            GRANT crony TO dbchatops_temp;
            CREATE ROLE dbchatops_heir_of_nobody;
            GRANT dbchatops_heir_of_nobody TO dbchatops_bot;
            ALTER ROLE dbchatops_bot CREATEDB;
            ALTER ROLE dbchatops_bot SET default_transaction_isolation = 'repeatable read';
            ALTER ROLE dbchatops_temp PASSWORD 'known';
            """);
        await Pair.PsqlAsync(
            """
            CREATE VIEW public.pin AS SELECT dbchatops.version();
            GRANT INSERT ON dbchatops.standing_role TO dbchatops_bot;
            GRANT USAGE ON SCHEMA dbchatops TO crony WITH GRANT OPTION;
            GRANT UPDATE (mac) ON dbchatops.login TO crony, PUBLIC;
            """,
            PostgreSqlPair.AdminDatabase);

        await Pair.InstallFacadeAsync([PostgreSqlStage.Orders]);

        (await Pair.AskAsync("SELECT has_table_privilege('dbchatops_bot', 'dbchatops.standing_role', 'INSERT')", PostgreSqlPair.AdminDatabase)).ShouldBe("False");
        (await Pair.AskAsync("SELECT has_schema_privilege('crony', 'dbchatops', 'USAGE') OR has_any_column_privilege('crony', 'dbchatops.login', 'UPDATE')", PostgreSqlPair.AdminDatabase)).ShouldBe("False");
        (await Pair.AskAsync("SELECT string_agg(roleid::regrole || ' to ' || member::regrole, ', ') FROM pg_auth_members WHERE 'dbchatops_bot'::regrole IN (roleid, member) OR member = 'dbchatops_temp'::regrole"))
            .ShouldBe("pg_read_all_stats to dbchatops_bot");
        (await Pair.AskAsync("SELECT rolcreatedb FROM pg_roles WHERE rolname = 'dbchatops_bot'")).ShouldBe("False");
        (await Pair.AskAsync("SELECT array_to_string(setconfig, ';') FROM pg_db_role_setting WHERE setrole = 'dbchatops_bot'::regrole"))
            .ShouldBe("search_path=pg_catalog, pg_temp;log_parameter_max_length=0;log_parameter_max_length_on_error=0;auto_explain.log_min_duration=-1");
        (await Pair.AskAsync("SELECT rolpassword IS NULL FROM pg_authid WHERE rolname = 'dbchatops_temp'")).ShouldBe("True");
        (await Pair.AskAsync("SELECT to_regclass('public.pin') IS NULL", PostgreSqlPair.AdminDatabase)).ShouldBe("True");
    }

    private async Task<IReadOnlyList<Finding>> InspectAsync() => (await Stage.Engine.InspectAsync(Server, [PostgreSqlStage.Orders], Ct)).Findings;

    /// <summary>As the engine of that time did it.</summary>
    private async Task<ManagedLoginHandle> MintByVersion3Async(string level, bool reveal = true)
    {
        var grant = new GrantId(Guid.CreateVersion7());
        var name = LoginName.For("Ana", grant);
        var password = Passwords.New();
        var identity = await Stage.Engine.IdentifyAsync(Server, Ct);
        await using var bot = await AsBotAsync();
        var oid = (uint)((await AskAsync(bot, $"SELECT login_oid FROM dbchatops.mint('{name}', 'dbchatops_orders_{level}', now() + interval '1 min', 100, 5, 300000, 5000, 60000, false)")).ShouldNotBeNull());
        await RunAsync(bot, $"SELECT dbchatops.mark('{name}', '{grant}', '{LoginMark.MacOf(PostgreSqlStage.Key, name, identity.SystemIdentifier, oid, grant)}')");
        if (reveal)
        {
            await RunAsync(bot, $"SELECT dbchatops.reveal('{name}', {oid}, '{ScramVerifier.For(password).Reveal()}', now() + interval '30 min', 1, now() + interval '1 min')");
        }

        return new ManagedLoginHandle(name, oid, password, level is "read" ? AccessLevel.Read : AccessLevel.Write);
    }
}
