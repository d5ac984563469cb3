using DbChatOps.Targets;
using DbChatOps.Tests.PostgreSql;
using Npgsql;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Engines;

/// <summary>
/// Nothing that somebody without power over the bot can lock stands before ending somebody else's access. A superuser holds more than anybody else could: every
/// role and membership of the server that is not the ending login's own, by every statement that locks roles.
/// </summary>
public abstract class PostgreSqlHeldLocks(PostgreSqlStage stage) : PostgreSqlBotScene(stage), IAsyncLifetime
{
    public async ValueTask InitializeAsync() =>
        await Pair.PsqlAsync("DO $$ BEGIN IF to_regrole('holder') IS NULL THEN CREATE ROLE holder NOLOGIN; END IF; END $$");

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData("ALTER ROLE %1$I CONNECTION LIMIT 7")]
    [InlineData("ALTER ROLE %1$I SET work_mem = ''5MB''")]
    [InlineData("COMMENT ON ROLE %1$I IS ''held''")]
    [InlineData("GRANT %1$I TO holder")]
    [InlineData("GRANT holder TO %1$I")]
    public async Task Whatever_others_hold_of_every_other_role_an_ending_goes_through(string statement)
    {
        var heir = await LeaveAnHeirAsync();
        await MintAsync(AccessLevel.Ddl);
        var login = await MintAsync(AccessLevel.Write);
        await using var session = await ConnectAsync(login);

        await using var holder = await HoldAsync(
            $$"""
            FOR each IN SELECT r.rolname FROM pg_roles r WHERE r.oid <> {{login.Oid}} AND r.rolname <> 'holder' LOOP
                BEGIN
                    EXECUTE format('{{statement}}', each.rolname);
                    held := held || each.rolname::text;
                EXCEPTION
                    -- A predefined role takes not every statement.
                    WHEN OTHERS THEN NULL;
                END;
            END LOOP;
            """);
        holder.Held.ShouldContain("dbchatops_bot");
        holder.Held.ShouldContain("dbchatops_temp");
        holder.Held.ShouldContain("dbchatops_orders_write");
        holder.Held.ShouldContain(heir);

        (await EndAsync(login, steps: 10)).ShouldBeProvenGone();
        await Should.ThrowAsync<NpgsqlException>(() => RunAsync(session, "SELECT 1"));
    }

    [Fact]
    public async Task Whatever_others_hold_of_every_other_membership_an_ending_goes_through()
    {
        await MintAsync(AccessLevel.Ddl);
        var login = await MintAsync(AccessLevel.Write);
        await using var session = await ConnectAsync(login);

        await using var holder = await HoldAsync(
            $$"""
            FOR each IN SELECT g.rolname AS lent, m.rolname AS member FROM pg_auth_members a JOIN pg_roles g ON g.oid = a.roleid JOIN pg_roles m ON m.oid = a.member
                         WHERE {{login.Oid}} NOT IN (g.oid, m.oid) LOOP
                EXECUTE format('REVOKE %I FROM %I', each.lent, each.member);
                held := held || each.member::text;
            END LOOP;
            """);
        holder.Held.ShouldContain("dbchatops_bot");

        (await EndAsync(login, steps: 10)).ShouldBeProvenGone();
        await Should.ThrowAsync<NpgsqlException>(() => RunAsync(session, "SELECT 1"));
    }

    [Fact]
    public async Task A_login_whose_row_is_held_holds_up_no_other_of_its_set()
    {
        var stubborn = await MintAsync(AccessLevel.Write);
        var innocent = new List<ManagedLoginHandle>();
        for (var i = 0; i < 5; i++)
        {
            innocent.Add(await MintAsync(AccessLevel.Write));
        }

        await using var holder = await HoldAsync($"ALTER ROLE {stubborn.Name} CONNECTION LIMIT 3;");
        var reports = await StepAsync([innocent[0], innocent[1], stubborn, .. innocent.Skip(2)]);

        reports.Where(report => report.Oid != stubborn.Oid).ShouldAllBe(static report => report.Stage == RevocationStage.ProvenGone);
        reports.Single(report => report.Oid == stubborn.Oid).Stage.ShouldBe(RevocationStage.Exposed);
        (await PowersOfAsync(stubborn)).ShouldBe("0");
        await holder.DisposeAsync();
        (await EndAsync(stubborn)).ShouldBeProvenGone();
    }

    [Fact]
    public async Task A_membership_of_its_own_that_others_hold_keeps_a_login_neither_open_nor_its_sessions()
    {
        var login = await MintAsync(AccessLevel.Write);
        await using var session = await ConnectAsync(login);
        await using var holder = await HoldAsync($"REVOKE dbchatops_orders_write FROM {login.Name};");

        var report = (await SettleAsync(login)).ShouldHaveSingleItem();

        report.Stage.ShouldBe(RevocationStage.Contained);
        await Should.ThrowAsync<NpgsqlException>(() => RunAsync(session, "SELECT 1"));
        await holder.DisposeAsync();
        (await EndAsync(login)).ShouldBeProvenGone();
    }

    [Fact]
    public async Task Many_memberships_that_others_hold_cost_one_wait_and_not_one_each()
    {
        var login = await MintAsync(AccessLevel.Write);
        await Pair.PsqlAsync($"DO $$ BEGIN FOR i IN 1..40 LOOP EXECUTE format('CREATE ROLE of_many_%s', i); EXECUTE format('GRANT of_many_%s TO {login.Name}', i); END LOOP; END $$");
        await using var holder = await HoldAsync($"FOR i IN 1..40 LOOP EXECUTE format('REVOKE of_many_%s FROM {login.Name}', i); END LOOP;");
        await using var bot = await AsBotAsync();
        // Forty waits would take forty seconds.
        await RunAsync(bot, "SET statement_timeout = '15s'");

        (await AskAsync(bot, $"SELECT outcome FROM dbchatops.lock(ARRAY['{login.Name}'], 1000)")).ShouldBe("held");
        (await AskAsync(bot, $"SELECT outcome FROM dbchatops.hand_down(ARRAY['{login.Name}'])")).ShouldBe("busy");
        await holder.DisposeAsync();
        (await EndAsync(login)).ShouldBeProvenGone();
    }

    [Fact]
    public async Task A_catalog_that_others_hold_is_each_logins_outcome_and_no_error()
    {
        var login = await MintAsync(AccessLevel.Write);
        // Opened before: a log-in reads that catalog, too.
        await using var bot = await AsBotAsync();
        await using (var holder = new NpgsqlConnection(Pair.SuperuserConnectionString()))
        {
            await holder.OpenAsync(Ct);
            await RunAsync(holder, "BEGIN");
            await RunAsync(holder, "LOCK TABLE pg_auth_members IN ACCESS EXCLUSIVE MODE");

            (await AskAsync(bot, $"SELECT outcome FROM dbchatops.lock(ARRAY['{login.Name}'], 20)")).ShouldBe("busy");
        }

        (await EndAsync(login)).ShouldBeProvenGone();
    }

    [Fact]
    public async Task A_login_whose_record_is_held_is_shut_and_not_called_locked()
    {
        var login = await MintAsync(AccessLevel.Write);
        await using (var holder = new NpgsqlConnection(Pair.SuperuserConnectionString(PostgreSqlPair.AdminDatabase)))
        {
            await holder.OpenAsync(Ct);
            await RunAsync(holder, "BEGIN");
            await RunAsync(holder, $"SELECT FROM dbchatops.login WHERE login = '{login.Name}' FOR UPDATE");

            (await OutcomeAsync("lock", login.Name)).ShouldBe("busy", "a reveal that holds the record may be about to open it");
            (await PowersOfAsync(login)).ShouldBe("0");
            (await StepAsync(login)).Stage.ShouldBe(RevocationStage.Exposed);
            (await Pair.AskAsync($"SELECT count(*) FROM pg_roles WHERE oid = {login.Oid}")).ShouldBe("1");
        }

        (await OutcomeAsync("lock", login.Name)).ShouldBe("locked");
    }

    [Fact]
    public async Task A_login_whose_comment_was_rewritten_is_ended_all_the_same()
    {
        var login = await MintAsync(AccessLevel.Write);
        await using var session = await ConnectAsync(login);
        await Pair.PsqlAsync($"COMMENT ON ROLE {login.Name} IS 'catalogued'");

        (await EndAsync(login, steps: 10)).ShouldBeProvenGone();

        await Should.ThrowAsync<NpgsqlException>(() => RunAsync(session, "SELECT 1"));
    }

    [Fact]
    public async Task A_membership_of_its_own_that_others_hold_keeps_no_other_membership()
    {
        var login = await MintAsync(AccessLevel.Write);
        await Pair.PsqlAsync($"GRANT holder TO {login.Name}");
        await using var holder = await HoldAsync($"REVOKE holder FROM {login.Name};");

        (await OutcomeAsync("lock", login.Name)).ShouldBe("held");

        (await Pair.AskAsync($"SELECT string_agg(roleid::regrole::text, ',') FROM pg_auth_members WHERE member = {login.Oid}")).ShouldBe("holder");
        (await LendAsync(login.Name)).ShouldBe("busy", "it may still become that role");
        await holder.DisposeAsync();
        (await EndAsync(login)).ShouldBeProvenGone();
    }

    [Fact]
    public async Task A_grant_of_the_standing_role_that_its_admin_holds_stops_nobodys_end()
    {
        await Pair.PsqlAsync(
            "DO $$ BEGIN IF to_regrole('role_admin') IS NULL THEN CREATE ROLE role_admin LOGIN PASSWORD 'r'; GRANT dbchatops_orders_write TO role_admin WITH ADMIN OPTION; END IF; END $$");
        var login = await MintAsync(AccessLevel.Write);
        await using var session = await ConnectAsync(login);
        await using var admin = await Stage.ConnectAsync("role_admin", new Secret("r"), "postgres");
        await RunAsync(admin, "BEGIN");
        await RunAsync(admin, "GRANT dbchatops_orders_write TO holder");

        (await EndAsync(login, steps: 10)).ShouldBeProvenGone();
        await Should.ThrowAsync<NpgsqlException>(() => RunAsync(session, "SELECT 1"));
    }

    [Fact]
    public async Task A_thief_who_holds_the_record_of_a_login_cannot_keep_its_sessions_or_its_power()
    {
        var login = await MintAsync(AccessLevel.Write);
        await using var session = await ConnectAsync(login);
        await using var thief = await AsBotAsync();
        await RunAsync(thief, "BEGIN");
        await RunAsync(thief, $"SELECT dbchatops.extend('{login.Name}', {login.Oid}, now() + interval '40 min')");

        await StepAsync(login);

        (await PowersOfAsync(login)).ShouldBe("0");
        await Should.ThrowAsync<NpgsqlException>(() => RunAsync(session, "SELECT 1"));
        await thief.DisposeAsync();
        (await EndAsync(login)).ShouldBeProvenGone();
    }

    /// <summary>What the thief prepared outlives a change of the bot's password.</summary>
    [Fact]
    public async Task A_lock_that_a_thief_prepared_keeps_no_login_open()
    {
        var login = await MintAsync(AccessLevel.Write);
        await using var session = await ConnectAsync(login);
        await using (var thief = await AsBotAsync())
        {
            await RunAsync(thief, "BEGIN");
            await RunAsync(thief, $"SELECT * FROM dbchatops.lock(ARRAY['{login.Name}'], 100)");
            await RunAsync(thief, "PREPARE TRANSACTION 'of the thief'");
        }

        (await EndAsync(login)).ShouldBeProvenGone();

        await Should.ThrowAsync<NpgsqlException>(() => RunAsync(session, "SELECT 1"));
        (await Pair.AskAsync("SELECT count(*) FROM pg_prepared_xacts")).ShouldBe("0");
    }

    [Fact]
    public async Task A_lock_that_a_thief_leaves_open_keeps_a_login_open_for_some_seconds_only()
    {
        var login = await MintAsync(AccessLevel.Write);
        await using var session = await ConnectAsync(login);
        await using var thief = await AsBotAsync();
        await RunAsync(thief, "BEGIN");
        await RunAsync(thief, $"SELECT * FROM dbchatops.lock(ARRAY['{login.Name}'], 100)");

        (await StepAsync(login)).Stage.ShouldBe(RevocationStage.Exposed);
        (await AskAsync(thief, "SELECT 1")).ShouldBe(1, "another bot may be at work");
        (await EndAsync(login, steps: 1000)).ShouldBeProvenGone();

        await Should.ThrowAsync<NpgsqlException>(() => RunAsync(thief, "SELECT 1"));
    }

    /// <summary>Memberships that give it something; the marker only binds it to its password.</summary>
    private Task<string?> PowersOfAsync(ManagedLoginHandle login) =>
        Pair.AskAsync($"SELECT count(*) FROM pg_auth_members WHERE member = {login.Oid} AND roleid <> 'dbchatops_temp'::regrole");

    private async Task<string> LeaveAnHeirAsync()
    {
        var login = await MintAsync(AccessLevel.Write);
        await using (var session = await ConnectAsync(login))
        {
            await RunAsync(session, "SELECT lo_create(0)");
        }

        (await EndAsync(login)).ShouldBeProvenGone();
        return login.Name.Replace("dbco_", "dbchatops_heir_", StringComparison.Ordinal);
    }

    private async Task<Holder> HoldAsync(string body)
    {
        var connection = new NpgsqlConnection(Pair.SuperuserConnectionString());
        await connection.OpenAsync(Ct);
        await RunAsync(connection, "BEGIN");
        await RunAsync(
            connection,
            $"DO $$ DECLARE each record; held text[] := '{{}}'; BEGIN {body} PERFORM set_config('tests.held', array_to_string(held, ','), false); END $$");
        return new Holder(connection, ((string?)await AskAsync(connection, "SELECT current_setting('tests.held', true)") ?? string.Empty).Split(','));
    }

    /// <summary>An open transaction of a superuser; what it holds is let go when it is disposed of.</summary>
    private sealed record Holder(NpgsqlConnection Connection, string[] Held) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => Connection.DisposeAsync();
    }
}

public sealed class PostgreSqlHeldLocks14Tests(PostgreSql14Alone stage) : PostgreSqlHeldLocks(stage), IClassFixture<PostgreSql14Alone>;

public sealed class PostgreSqlHeldLocks18Tests(PostgreSql18Alone stage) : PostgreSqlHeldLocks(stage), IClassFixture<PostgreSql18Alone>;
