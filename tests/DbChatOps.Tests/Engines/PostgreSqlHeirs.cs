using DbChatOps.Targets;
using DbChatOps.Tests.PostgreSql;
using Npgsql;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Engines;

/// <summary>Names that others take beforehand, and what others hold of a login: neither lends it, nor lets it stay without its reason on the card.</summary>
public abstract class PostgreSqlHeirs(PostgreSqlStage stage) : PostgreSqlBotScene(stage), IAsyncLifetime
{
    public async ValueTask InitializeAsync() => await Pair.PsqlAsync(
        """
        DO $$
        BEGIN
            IF to_regrole('accomplice') IS NULL THEN
                CREATE ROLE accomplice LOGIN PASSWORD 'a';
                CREATE ROLE role_admin LOGIN PASSWORD 'r';
                GRANT dbchatops_orders_write TO role_admin WITH ADMIN OPTION;
                CREATE SCHEMA accomplices AUTHORIZATION accomplice;
            END IF;
        END
        $$
        """,
        "orders");

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task An_heir_whose_name_was_taken_gets_another_and_the_taker_nothing()
    {
        var login = await MintAsync(AccessLevel.Write);
        var squatter = login.Name.Replace("dbco_", "dbchatops_heir_", StringComparison.Ordinal);
        await Pair.PsqlAsync($"CREATE ROLE {squatter}; COMMENT ON ROLE {squatter} IS 'dbchatops/heir of={login.Name} oid={login.Oid}'; GRANT {squatter} TO accomplice");
        await using (var session = await ConnectAsync(login))
        {
            await RunAsync(session, "SELECT lo_create(0)");
        }

        (await EndAsync(login)).ShouldBeProvenGone();

        var heir = await Pair.AskAsync($"SELECT r.rolname FROM dbchatops.heir h JOIN pg_roles r ON r.oid = h.heir_oid WHERE h.login_oid = {login.Oid}", PostgreSqlPair.AdminDatabase);
        heir.ShouldNotBeNull().ShouldStartWith("dbchatops_heir_");
        heir.ShouldNotBe(squatter);
        (await Pair.AskAsync($"SELECT count(*) FROM pg_largeobject_metadata WHERE lomowner = '{heir}'::regrole", "orders")).ShouldBe("1");
        (await Pair.AskAsync($"SELECT count(*) FROM pg_auth_members WHERE '{heir}'::regrole IN (roleid, member)")).ShouldBe("0");
        (await Pair.AskAsync($"SELECT count(*) FROM pg_auth_members WHERE roleid = '{squatter}'::regrole AND member = 'accomplice'::regrole")).ShouldBe("1", "it is not ours to change");
    }

    [Fact]
    public async Task What_others_were_lent_of_an_heir_is_taken_away_before_a_login_is_lent_to_it()
    {
        var login = await MintAsync(AccessLevel.Write);
        (await OutcomeAsync("lock", login.Name)).ShouldBe("locked");
        (await LendAsync(login.Name)).ShouldBe("lent");
        var heir = login.Name.Replace("dbco_", "dbchatops_heir_", StringComparison.Ordinal);
        await Pair.PsqlAsync($"GRANT {heir} TO accomplice; GRANT app_owner TO {heir}");

        (await LendAsync(login.Name)).ShouldBe("lent");

        (await Pair.AskAsync($"SELECT string_agg(member::regrole::text, ',') FROM pg_auth_members WHERE roleid = '{heir}'::regrole")).ShouldBe("dbchatops_bot");
        (await Pair.AskAsync($"SELECT string_agg(roleid::regrole::text, ',') FROM pg_auth_members WHERE member = '{heir}'::regrole")).ShouldBe(login.Name);
        (await EndAsync(login)).ShouldBeProvenGone();
    }

    [Fact]
    public async Task An_heir_that_others_gave_power_is_lent_nothing()
    {
        var login = await MintAsync(AccessLevel.Write);
        await OutcomeAsync("lock", login.Name);
        await LendAsync(login.Name);
        var heir = login.Name.Replace("dbco_", "dbchatops_heir_", StringComparison.Ordinal);
        await Pair.PsqlAsync($"ALTER ROLE {heir} SUPERUSER");
        await using var bot = await AsBotAsync();

        (await AskAsync(bot, $"SELECT outcome || ' ' || code FROM dbchatops.hand_down(ARRAY['{login.Name}'])")).ShouldBe("failed DC011");

        await Pair.PsqlAsync($"ALTER ROLE {heir} NOSUPERUSER");
        (await EndAsync(login)).ShouldBeProvenGone();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_grant_to_the_login_that_has_not_ended_holds_its_drop_up_and_is_named(bool isPrepared)
    {
        var login = await MintAsync(AccessLevel.Write);
        await using var other = await Stage.ConnectAsync("accomplice", new Secret("a"));
        await RunAsync(other, "CREATE TABLE IF NOT EXISTS accomplices.mine ()");
        await RunAsync(other, "BEGIN");
        await RunAsync(other, $"GRANT SELECT ON accomplices.mine TO {login.Name}");
        if (isPrepared)
        {
            await RunAsync(other, "PREPARE TRANSACTION 'a grant'");
        }

        var report = (await SettleAsync(login)).ShouldHaveSingleItem();

        report.Stage.ShouldBe(RevocationStage.Contained);
        report.Blockers.ShouldContain(b => b.Contains("of accomplice", StringComparison.Ordinal) || b.Contains("owner accomplice", StringComparison.Ordinal));
        report.Blockers.ShouldContain(b => b.Contains("keeps it from being dropped", StringComparison.Ordinal)
            && b.Contains(isPrepared ? "ROLLBACK PREPARED 'a grant'" : $"SELECT pg_terminate_backend({other.ProcessID})", StringComparison.Ordinal));
        await Pair.PsqlAsync(isPrepared ? "ROLLBACK PREPARED 'a grant'" : $"SELECT pg_terminate_backend({other.ProcessID})", "orders");
        (await EndAsync(login)).ShouldBeProvenGone();
    }

    [Fact]
    public async Task A_login_that_others_gave_power_is_lent_to_no_heir_while_it_has_it()
    {
        var login = await MintAsync(AccessLevel.Write);
        await Pair.PsqlAsync($"ALTER ROLE {login.Name} SUPERUSER");
        await using (var session = await ConnectAsync(login))
        {
            await RunAsync(session, "BEGIN");
            await RunAsync(session, "SELECT lo_create(0)");
            await RunAsync(session, "PREPARE TRANSACTION 'with power'");
        }

        await using var bot = await AsBotAsync();
        (await AskAsync(bot, $"SELECT outcome || ' ' || code FROM dbchatops.hand_down(ARRAY['{login.Name}'])")).ShouldBe("failed DC014");

        (await EndAsync(login)).ShouldBeProvenGone();
    }

    [Theory]
    [InlineData("innocent")]
    [InlineData("dbchatops_heir_of_another")]
    public async Task A_record_that_names_another_role_as_heir_touches_it_not(string innocent)
    {
        await Pair.PsqlAsync($"CREATE ROLE {innocent}; COMMENT ON ROLE {innocent} IS 'dbchatops/heir of=dbco_another oid=11'; GRANT app_owner TO {innocent}");
        await Pair.PsqlAsync($"INSERT INTO dbchatops.heir SELECT 1, oid FROM pg_roles WHERE rolname = '{innocent}'", PostgreSqlPair.AdminDatabase);

        (await StateOfAsync("SELECT * FROM dbchatops.tidy()")).ShouldBe("00000");

        (await Pair.AskAsync($"SELECT count(*) FROM pg_auth_members WHERE member = '{innocent}'::regrole")).ShouldBe("1");
        await Pair.PsqlAsync($"DELETE FROM dbchatops.heir WHERE login_oid = 1; DROP ROLE {innocent}", PostgreSqlPair.AdminDatabase);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_grant_that_commits_after_its_role_or_member_was_dropped_keeps_nothing(bool isLent)
    {
        if (await Pair.AskAsync("SELECT current_setting('server_version_num')::integer >= 160000") is "True")
        {
            // From 16 on the role is held by the grant, so it cannot be dropped before.
            return;
        }

        var dropped = await MintAsync(AccessLevel.Write);
        var victim = await MintAsync(AccessLevel.Write);
        var (role, member) = isLent ? (dropped, victim) : (victim, dropped);
        await Pair.PsqlAsync($"GRANT {role.Name} TO accomplice WITH ADMIN OPTION");
        await using (var other = await Stage.ConnectAsync("accomplice", new Secret("a")))
        {
            await RunAsync(other, "BEGIN");
            await RunAsync(other, $"GRANT {role.Name} TO {member.Name}");
            (await OutcomeAsync("lock", dropped.Name)).ShouldBe("locked");
            (await OutcomeAsync("drop", dropped.Name)).ShouldBe("dropped");
            await RunAsync(other, "COMMIT");
        }

        (await Pair.AskAsync($"SELECT count(*) FROM pg_auth_members m WHERE {victim.Oid} IN (m.roleid, m.member) AND {dropped.Oid} IN (m.roleid, m.member)")).ShouldBe("1");

        // What the server calls the role that is gone: a REVOKE would mean this one.
        await Pair.PsqlAsync($"CREATE ROLE \"unknown (OID={dropped.Oid})\"");
        (await EndAsync(victim)).ShouldBeProvenGone();
        await Pair.PsqlAsync($"DROP ROLE \"unknown (OID={dropped.Oid})\"");
    }

    [Fact]
    public async Task A_mint_of_the_thief_that_has_not_ended_is_named_too()
    {
        var login = await MintAsync(AccessLevel.Read);
        await using var thief = await AsBotAsync();
        await RunAsync(thief, "BEGIN");
        await RunAsync(thief, Mint("dbco_thief_00000000", 1000));
        await using var bot = await AsBotAsync();

        (await AskAsync(bot, $"SELECT string_agg(pid || ' ' || owner_role, ',') FROM dbchatops.holdups(ARRAY['{login.Name}'])")).ShouldBe($"{thief.ProcessID} dbchatops_bot");
    }

    [Fact]
    public async Task Roles_that_others_make_under_such_names_do_not_count_against_the_ceiling()
    {
        var recorded = await Pair.AskAsync("SELECT count(*) FROM dbchatops.login l JOIN pg_roles r ON r.oid = l.login_oid", PostgreSqlPair.AdminDatabase);
        await Pair.PsqlAsync("CREATE ROLE dbco_made_by_others_1; CREATE ROLE dbco_made_by_others_2");

        var state = await StateOfAsync(Mint("dbco_counted_00000000", int.Parse(recorded!, System.Globalization.CultureInfo.InvariantCulture) + 1));

        await Pair.PsqlAsync("DROP ROLE dbco_made_by_others_1; DROP ROLE dbco_made_by_others_2");
        state.ShouldBe("00000");
    }

    [Fact]
    public async Task A_revoke_of_the_standing_role_that_has_not_ended_is_named()
    {
        var login = await MintAsync(AccessLevel.Write);
        await using (var admin = await Stage.ConnectAsync("role_admin", new Secret("r"), "postgres"))
        {
            await RunAsync(admin, "BEGIN");
            await RunAsync(admin, $"REVOKE dbchatops_orders_write FROM {login.Name}");
            await RunAsync(admin, "PREPARE TRANSACTION 'a revoke'");
        }

        var report = (await SettleAsync(login)).ShouldHaveSingleItem();

        if (report.Stage != RevocationStage.ProvenGone)
        {
            report.Stage.ShouldBe(RevocationStage.Contained);
            report.Blockers.ShouldContain(static b => b.Contains("owner role_admin", StringComparison.Ordinal) && b.Contains("ROLLBACK PREPARED 'a revoke'", StringComparison.Ordinal));
        }

        await Pair.PsqlAsync("ROLLBACK PREPARED 'a revoke'");
        (await EndAsync(login)).ShouldBeProvenGone();
    }

    [Fact]
    public async Task A_standing_role_that_is_being_granted_is_refused_by_name()
    {
        await using var admin = await Stage.ConnectAsync("role_admin", new Secret("r"), "postgres");
        await RunAsync(admin, "BEGIN");
        await RunAsync(admin, "GRANT dbchatops_orders_write TO accomplice");

        var state = await StateOfAsync("SELECT * FROM dbchatops.mint('dbco_later_00000000', 'dbchatops_orders_write', now() + interval '1 min', 100, 1, 1000, 100, 1000, true)");

        // Before 16 a grant holds nothing of the role that others need.
        state.ShouldBe(await Pair.AskAsync("SELECT CASE WHEN current_setting('server_version_num')::integer >= 160000 THEN 'DC016' ELSE '00000' END"));
    }

    [Fact]
    public async Task Logins_that_are_made_at_once_do_not_pass_the_ceiling()
    {
        var present = int.Parse((await Pair.AskAsync("SELECT count(*) FROM pg_roles WHERE rolname LIKE 'dbco\\_%'"))!, System.Globalization.CultureInfo.InvariantCulture);
        await using var first = await AsBotAsync();
        await RunAsync(first, "BEGIN");
        await RunAsync(first, Mint("dbco_first_00000000", present + 1));
        await using var second = await AsBotAsync();
        var late = RunAsync(second, Mint("dbco_second_00000000", present + 1));
        await Pair.WaitForAsync($"SELECT count(*) > 0 FROM pg_stat_activity WHERE pid = {second.ProcessID} AND wait_event_type = 'Lock'");
        await RunAsync(first, "COMMIT");

        (await Should.ThrowAsync<PostgresException>(() => late)).SqlState.ShouldBe("DC004");
    }

    private static string Mint(string login, int limit) =>
        $"SELECT * FROM dbchatops.mint('{login}', 'dbchatops_orders_read', now() + interval '1 min', {limit}, 1, 1000, 100, 1000, true)";
}

public sealed class PostgreSqlHeirs14Tests(PostgreSql14Alone stage) : PostgreSqlHeirs(stage), IClassFixture<PostgreSql14Alone>;

public sealed class PostgreSqlHeirs18Tests(PostgreSql18Alone stage) : PostgreSqlHeirs(stage), IClassFixture<PostgreSql18Alone>;
