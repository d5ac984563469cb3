using DbChatOps.Host.Flow;
using DbChatOps.Host.Engines.PostgreSql;
using DbChatOps.Targets;
using DbChatOps.Tests.PostgreSql;
using Npgsql;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Engines;

/// <summary>What somebody gets who stole the bot's password and calls the facade directly.</summary>
public sealed class PostgreSqlFacadeTests(CarelessPostgreSqlStage stage) : PostgreSqlBotScene(stage), IClassFixture<CarelessPostgreSqlStage>
{
    private static string Verifier => ScramVerifier.For(Passwords.New()).Reveal();

    [Theory]
    [InlineData("postgres")]
    [InlineData("app_owner")]
    [InlineData("dbchatops_bot")]
    [InlineData("dbco_UPPER")]
    [InlineData("dbco_x\"; DROP TABLE t; --")]
    [InlineData("dbco_a234567890123456789012345678901234567890123456789012345678901234567890")]
    public async Task Names_that_are_not_ours_are_refused(string name)
    {
        (await StateOfAsync("SELECT * FROM dbchatops.mint($1, 'dbchatops_orders_read', now() + interval '1 min', 10, 1, 1000, 100, 1000, true)", name)).ShouldBe("DC001");
        (await StateOfAsync($"SELECT dbchatops.reveal($1, 10, '{Verifier}', now() + interval '1 min', 1, now() + interval '1 min')", name)).ShouldBe("DC001");
        (await LendAsync(name)).ShouldBe("foreign");
        (await OutcomeAsync("lock", name)).ShouldBe("foreign");
        (await OutcomeAsync("drop", name)).ShouldBe("foreign");
    }

    [Fact]
    public async Task A_role_of_such_a_name_that_the_facade_did_not_make_is_not_touched()
    {
        await Pair.PsqlAsync("CREATE ROLE dbco_foreign_00000000 LOGIN PASSWORD 'f'");
        await using var session = await Stage.ConnectAsync("dbco_foreign_00000000", new Secret("f"));
        await using var bot = await AsBotAsync();

        (await StateOfAsync("SELECT * FROM dbchatops.mint($1, 'dbchatops_orders_read', now() + interval '1 min', 1000, 1, 1000, 100, 1000, true)", "dbco_foreign_00000000"))
            .ShouldBe("DC001");
        (await LendAsync("dbco_foreign_00000000")).ShouldBe("foreign");
        (await OutcomeAsync("lock", "dbco_foreign_00000000")).ShouldBe("foreign");
        (await OutcomeAsync("drop", "dbco_foreign_00000000")).ShouldBe("foreign");
        (await AskAsync(bot, "SELECT outcome FROM dbchatops.terminate(ARRAY['dbco_foreign_00000000'::regrole::oid])")).ShouldBe("refused");
        (await AskAsync(session, "SELECT rolcanlogin FROM pg_roles WHERE rolname = current_user")).ShouldBe(true);
    }

    [Theory]
    [InlineData("app_owner")]
    [InlineData("pg_read_all_data")]
    [InlineData("postgres")]
    [InlineData("no_such_role")]
    public async Task Roles_that_are_not_listed_are_not_lent(string role) =>
        (await StateOfAsync("SELECT * FROM dbchatops.mint('dbco_thief_00000000', $1, now() + interval '1 min', 10, 1, 1000, 100, 1000, true)", role)).ShouldBe("DC002");

    [Fact]
    public async Task A_listed_role_that_became_powerful_is_not_lent()
    {
        await Pair.PsqlAsync("ALTER ROLE dbchatops_orders_write CREATEROLE");
        try
        {
            (await StateOfAsync("SELECT * FROM dbchatops.mint('dbco_thief_00000000', 'dbchatops_orders_write', now() + interval '1 min', 100, 1, 1000, 100, 1000, true)"))
                .ShouldBe("DC002");
        }
        finally
        {
            await Pair.PsqlAsync("ALTER ROLE dbchatops_orders_write NOCREATEROLE");
        }
    }

    [Fact]
    public async Task Windows_beyond_the_maximum_are_refused()
    {
        var login = await MintAsync();
        await Pair.PsqlAsync("UPDATE dbchatops.bounds SET maximum_window = interval '1 hour'", PostgreSqlPair.AdminDatabase);
        try
        {
            (await StateOfAsync($"SELECT dbchatops.reveal($1, {login.Oid}, '{Verifier}', now() + interval '61 min', 2, now() + interval '1 min')", login.Name)).ShouldBe("DC005");
            (await StateOfAsync($"SELECT dbchatops.reveal($1, {login.Oid}, '{Verifier}', 'infinity', 2, now() + interval '1 min')", login.Name)).ShouldBe("DC005");
            (await StateOfAsync($"SELECT dbchatops.extend($1, {login.Oid}, now() + interval '61 min')", login.Name)).ShouldBe("DC005");
        }
        finally
        {
            await Pair.PsqlAsync("UPDATE dbchatops.bounds SET maximum_window = interval '3650 days'", PostgreSqlPair.AdminDatabase);
        }
    }

    [Fact]
    public async Task The_longest_window_counts_from_the_first_reveal_however_often_it_is_extended()
    {
        var login = await MintAsync();
        await Pair.PsqlAsync("UPDATE dbchatops.bounds SET maximum_window = interval '1 hour'", PostgreSqlPair.AdminDatabase);
        try
        {
            (await StateOfAsync($"SELECT dbchatops.extend($1, {login.Oid}, now() + interval '59 min')", login.Name)).ShouldBe("00000");
            await MoveFirstRevealAsync(login, "50 min");

            (await StateOfAsync($"SELECT dbchatops.extend($1, {login.Oid}, now() + interval '11 min')", login.Name)).ShouldBe("DC005");
            (await StateOfAsync($"SELECT dbchatops.reveal($1, {login.Oid}, '{Verifier}', now() + interval '11 min', 2, now() + interval '1 min')", login.Name)).ShouldBe("DC005");
            (await StateOfAsync($"SELECT dbchatops.reveal($1, {login.Oid}, '{Verifier}', now() + interval '9 min', 2, now() + interval '1 min')", login.Name)).ShouldBe("00000");
            (await StateOfAsync($"SELECT dbchatops.extend($1, {login.Oid}, now() + interval '11 min')", login.Name)).ShouldBe("DC005");
            (await StateOfAsync($"SELECT dbchatops.extend($1, {login.Oid}, now() + interval '9.5 min')", login.Name)).ShouldBe("00000");
        }
        finally
        {
            await Pair.PsqlAsync("UPDATE dbchatops.bounds SET maximum_window = interval '3650 days'", PostgreSqlPair.AdminDatabase);
        }
    }

    [Theory]
    [InlineData("clear text")]
    [InlineData("md5aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("SCRAM-SHA-256$0999:{22}==${43}=:{43}=")]
    [InlineData("SCRAM-SHA-256$999:{22}==${43}=:{43}=")]
    [InlineData("SCRAM-SHA-256$4096:{23}=${43}=:{43}=")]
    [InlineData("SCRAM-SHA-256$4096:{24}${43}=:{43}=")]
    [InlineData("SCRAM-SHA-256$4096:{24}==${43}=:{43}=")]
    [InlineData("SCRAM-SHA-256$4096:{22}==${44}:{43}=")]
    [InlineData("SCRAM-SHA-256$4096:{22}==${43}=:{43}=\n")]
    [InlineData("x SCRAM-SHA-256$4096:{22}==${43}=:{43}=")]
    public async Task Only_verifiers_are_taken_for_passwords(string shape)
    {
        var login = await MintAsync();
        var text = shape.Replace("{22}", new string('A', 22)).Replace("{23}", new string('A', 23)).Replace("{24}", new string('A', 24)).Replace("{43}", new string('A', 43)).Replace("{44}", new string('A', 44));

        (await StateOfAsync($"SELECT dbchatops.reveal($1, {login.Oid}, $2, now() + interval '1 min', 2, now() + interval '1 min')", login.Name, text)).ShouldBe("DC006");
    }

    [Fact]
    public async Task The_ceiling_stands_whatever_the_caller_asks()
    {
        await MintAsync();
        await Pair.PsqlAsync("UPDATE dbchatops.bounds SET maximum_logins = 1", PostgreSqlPair.AdminDatabase);
        try
        {
            (await StateOfAsync("SELECT * FROM dbchatops.mint('dbco_thief_00000000', 'dbchatops_orders_read', now() + interval '1 min', 1000, 1, 1000, 100, 1000, true)"))
                .ShouldBe("DC004");
        }
        finally
        {
            await Pair.PsqlAsync("UPDATE dbchatops.bounds SET maximum_logins = 2000", PostgreSqlPair.AdminDatabase);
        }
    }

    [Fact]
    public async Task A_login_that_can_still_log_in_is_not_dropped()
    {
        var login = await MintAsync();

        (await OutcomeAsync("drop", login.Name)).ShouldBe("live");
        (await Stage.Engine.ReadAsync(Server, login.Name, Ct)).Presence.ShouldBe(LoginPresence.Login);
    }

    [Fact]
    public async Task Reveal_AfterLockIsFenced()
    {
        var login = await MintAsync();
        (await OutcomeAsync("lock", login.Name)).ShouldBe("locked");

        (await StateOfAsync($"SELECT dbchatops.reveal($1, {login.Oid}, '{Verifier}', now() + interval '1 min', 2, now() + interval '1 min')", login.Name)).ShouldBe("DC008");
        (await StateOfAsync($"SELECT dbchatops.extend($1, {login.Oid}, now() + interval '1 min')", login.Name)).ShouldBe("DC008");
    }

    [Fact]
    public async Task A_reveal_that_races_with_a_lock_never_opens_the_login_again()
    {
        for (var round = 0; round < 20; round++)
        {
            var login = await MintAsync();
            var reveal = StateOfAsync($"SELECT dbchatops.reveal($1, {login.Oid}, '{Verifier}', now() + interval '1 min', 2, now() + interval '1 min')", login.Name);
            var lockIt = OutcomeAsync("lock", login.Name);
            await reveal;
            if (await lockIt is "locked")
            {
                (await Stage.Engine.ReadAsync(Server, login.Name, Ct)).Presence.ShouldBe(LoginPresence.NoLogin);
            }
        }
    }

    [Theory]
    [InlineData("CREATE ROLE mine")]
    [InlineData("ALTER ROLE app_owner LOGIN")]
    [InlineData("GRANT app_owner TO dbchatops_bot")]
    [InlineData("SET ROLE app_owner")]
    [InlineData("SELECT rolpassword FROM pg_authid")]
    [InlineData("INSERT INTO dbchatops.standing_role VALUES ('app_owner', 'read', 'orders', NULL)")]
    [InlineData("UPDATE dbchatops.bounds SET maximum_logins = 99999")]
    [InlineData("SELECT dbchatops.strip(10)")]
    [InlineData("SELECT dbchatops.shut('dbco_thief_00000000', 10)")]
    [InlineData("SELECT dbchatops.set_end('dbco_thief_00000000', 10, now())")]
    [InlineData("INSERT INTO dbchatops.login (login, login_oid, state) VALUES ('dbco_thief_00000000', 10, 'minted')")]
    [InlineData("UPDATE dbchatops.login SET state = 'minted'")]
    [InlineData("DELETE FROM dbchatops.login")]
    [InlineData("SELECT * FROM dbchatops.login FOR UPDATE")]
    [InlineData("DO $$ BEGIN LOCK TABLE dbchatops.login IN ROW EXCLUSIVE MODE; END $$")]
    [InlineData("SELECT dbchatops.heir_of('dbco_thief_00000000', 10)")]
    [InlineData("SELECT dbchatops.fence('dbco_thief_00000000', 10)")]
    [InlineData("SELECT count(*) FROM app.orders")]
    [InlineData("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'postgres' AND pid <> pg_backend_pid()")]
    public async Task The_bot_itself_can_do_nothing_else(string statement)
    {
        await using var elsewhere = new NpgsqlConnection(Pair.SuperuserConnectionString());
        await elsewhere.OpenAsync(Ct);

        (await StateOfAsync(statement)).ShouldBeOneOf("42501", "42P01", "3F000");
    }

    [Fact]
    public async Task Nobody_else_can_use_the_facade()
    {
        await Pair.PsqlAsync("DO $$ BEGIN CREATE ROLE passer_by LOGIN PASSWORD 'x'; EXCEPTION WHEN duplicate_object THEN NULL; END $$");
        await using var connection = new NpgsqlConnection(Pair.ConnectionString("passer_by", "x", PostgreSqlPair.AdminDatabase));
        await connection.OpenAsync(Ct);

        (await Should.ThrowAsync<PostgresException>(() => RunAsync(connection, "SELECT dbchatops.version()"))).SqlState.ShouldBe("42501");
    }

    [Fact]
    public async Task One_bad_login_in_a_set_spoils_nothing_for_the_others()
    {
        var first = await MintAsync();
        var last = await MintAsync();
        await using var bot = await AsBotAsync();
        await using var command = new NpgsqlCommand("SELECT outcome FROM dbchatops.lock($1, 100)", bot);
        command.Parameters.Add(new NpgsqlParameter { Value = new[] { first.Name, "postgres", "dbco_nobody_at_all", last.Name } });
        await using var reader = await command.ExecuteReaderAsync(Ct);
        var outcomes = new List<string>();
        while (await reader.ReadAsync(Ct))
        {
            outcomes.Add(reader.GetString(0));
        }

        outcomes.ShouldBe(["locked", "foreign", "absent", "locked"]);
    }

    [Fact]
    public async Task Seat_belts_are_set_on_the_login()
    {
        var login = await MintAsync();
        await using var session = await ConnectAsync(login);

        (await AskAsync(session, "SELECT current_setting('default_transaction_read_only')")).ShouldBe("on");
        (await AskAsync(session, "SELECT current_setting('statement_timeout')")).ShouldBe("5min");
        (await AskAsync(session, "SELECT current_setting('lock_timeout')")).ShouldBe("5s");
        (await AskAsync(session, "SELECT current_setting('idle_in_transaction_session_timeout')")).ShouldBe("1min");
        (await AskAsync(session, "SELECT current_setting('log_statement')")).ShouldBe("all");
        (await AskAsync(session, "SELECT rolconnlimit FROM pg_roles WHERE rolname = session_user")).ShouldBe(5);
    }

    [Fact]
    public async Task Seat_belts_are_those_that_are_configured_for_the_level()
    {
        var levels = PostgreSqlStage.Orders.Levels.ToDictionary();
        levels[AccessLevel.Write] = levels[AccessLevel.Write] with
        {
            StatementTimeout = TimeSpan.FromSeconds(90),
            LockTimeout = TimeSpan.FromMilliseconds(250),
            IdleInTransactionTimeout = TimeSpan.FromSeconds(20),
            ConnectionLimit = 1,
        };
        var login = await MintAsync(AccessLevel.Write, PostgreSqlStage.Orders with { Levels = levels });
        await using var session = await ConnectAsync(login);

        (await AskAsync(session, "SELECT current_setting('default_transaction_read_only')")).ShouldBe("off");
        (await AskAsync(session, "SELECT current_setting('statement_timeout')")).ShouldBe("90s");
        (await AskAsync(session, "SELECT current_setting('lock_timeout')")).ShouldBe("250ms");
        (await AskAsync(session, "SELECT current_setting('idle_in_transaction_session_timeout')")).ShouldBe("20s");
        (await AskAsync(session, "SELECT current_setting('log_statement')")).ShouldBe("all");
        (await Should.ThrowAsync<PostgresException>(() => ConnectAsync(login))).SqlState.ShouldBe(PostgresErrorCodes.TooManyConnections);
    }

    [Fact]
    public async Task The_set_up_script_may_be_run_again()
    {
        var login = await MintAsync();
        await Pair.InstallFacadeAsync([PostgreSqlStage.Orders]);

        (await EndAsync(login)).ShouldBeProvenGone();
    }

    // The test does not wait an hour for a window.
    private Task MoveFirstRevealAsync(ManagedLoginHandle login, string back) =>
        Pair.PsqlAsync($"UPDATE dbchatops.login SET revealed_at = revealed_at - interval '{back}' WHERE login_oid = {login.Oid}", PostgreSqlPair.AdminDatabase);
}
