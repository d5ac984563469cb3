using DbChatOps.Host.Engines.PostgreSql;
using DbChatOps.Targets;
using DbChatOps.Tests.PostgreSql;
using Npgsql;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Engines;

/// <summary>Each refusal of the facade, with its exact code: what would be let through without it is not always seen elsewhere.</summary>
public abstract class PostgreSqlRefusals(PostgreSqlStage stage) : PostgreSqlBotScene(stage)
{
    private static string Verifier => ScramVerifier.For(Host.Flow.Passwords.New()).Reveal();

    [Theory]
    [InlineData("0, 1000, 100, 1000")]
    [InlineData("101, 1000, 100, 1000")]
    [InlineData("1, 999, 100, 1000")]
    [InlineData("1, 86400001, 100, 1000")]
    [InlineData("1, 1000, 99, 1000")]
    [InlineData("1, 1000, 3600001, 1000")]
    [InlineData("1, 1000, 100, 999")]
    [InlineData("1, 1000, 100, 3600001")]
    public async Task Limits_of_a_login_have_floors_and_ceilings(string limits) =>
        (await StateOfAsync($"SELECT * FROM dbchatops.mint($1, 'dbchatops_orders_read', now() + interval '1 min', 1000, {limits}, true)", NewName())).ShouldBe("DC013");

    [Theory]
    [InlineData("1, 1000, 100, 1000")]
    [InlineData("100, 86400000, 3600000, 3600000")]
    public async Task Limits_at_their_bounds_are_taken(string limits) =>
        (await StateOfAsync($"SELECT * FROM dbchatops.mint($1, 'dbchatops_orders_read', now() + interval '1 min', 1000, {limits}, true)", NewName())).ShouldBe("00000");

    [Fact]
    public async Task Nothing_is_made_or_revealed_too_late()
    {
        var login = await MintAsync();

        (await StateOfAsync("SELECT * FROM dbchatops.mint($1, 'dbchatops_orders_read', now() - interval '1 ms', 1000, 1, 1000, 100, 1000, true)", NewName())).ShouldBe("DC003");
        (await RevealAsync(login, notAfter: "now() - interval '1 ms'")).ShouldBe("DC003");
        (await RevealAsync(login, until: "now() - interval '1 ms'")).ShouldBe("DC003");
        (await ExtendAsync(login, "now() - interval '1 ms'")).ShouldBe("DC003");
    }

    [Fact]
    public async Task An_end_that_has_passed_is_not_moved_whichever_of_the_two_it_is()
    {
        var recorded = await MintAsync();
        await Pair.PsqlAsync($"UPDATE dbchatops.login SET ends = now() - interval '1 s' WHERE login = '{recorded.Name}'", PostgreSqlPair.AdminDatabase);
        var onServer = await MintAsync();
        await Pair.PsqlAsync($"ALTER ROLE {onServer.Name} VALID UNTIL '2000-01-01'");

        (await ExtendAsync(recorded, "now() + interval '1 min'")).ShouldBe("DC003");
        (await ExtendAsync(onServer, "now() + interval '1 min'")).ShouldBe("DC003");
    }

    [Fact]
    public async Task An_extension_never_comes_before_the_end_that_was_set()
    {
        var login = await MintAsync();

        (await ExtendAsync(login, "now() + interval '1 min'")).ShouldBe("00000");

        (await Pair.AskAsync($"SELECT rolvaliduntil > now() + interval '20 min' FROM pg_authid WHERE oid = {login.Oid}")).ShouldBe("True");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(102)]
    public async Task Generations_follow_one_another(int generation)
    {
        var login = await MintAsync();

        (await RevealAsync(login, generation: generation)).ShouldBe("DC007");

        (await RevealAsync(login, generation: 101)).ShouldBe("00000");
    }

    [Fact]
    public async Task A_login_that_the_record_or_the_server_calls_locked_is_not_opened_again()
    {
        var recorded = await MintAsync();
        await Pair.PsqlAsync($"UPDATE dbchatops.login SET state = 'locked' WHERE login = '{recorded.Name}'", PostgreSqlPair.AdminDatabase);
        var onServer = await MintAsync();
        await Pair.PsqlAsync($"ALTER ROLE {onServer.Name} VALID UNTIL '-infinity'");

        foreach (var login in new[] { recorded, onServer })
        {
            (await RevealAsync(login)).ShouldBe("DC008");
            (await ExtendAsync(login, "now() + interval '1 min'")).ShouldBe("DC008");
        }
    }

    [Fact]
    public async Task A_login_that_is_gone_or_another_is_not_opened()
    {
        var login = await MintAsync();
        (await RevealAsync(login with { Oid = login.Oid + 1 })).ShouldBe("DC009");
        (await ExtendAsync(login with { Oid = login.Oid + 1 }, "now() + interval '1 min'")).ShouldBe("DC009");
        await Pair.PsqlAsync($"UPDATE dbchatops.login SET state = 'gone' WHERE login = '{login.Name}'", PostgreSqlPair.AdminDatabase);
        (await RevealAsync(login)).ShouldBe("DC009");
        (await EndAsync(login)).ShouldBeProvenGone();
        (await RevealAsync(login)).ShouldBe("DC009");
    }

    [Fact]
    public async Task A_login_that_was_never_handed_over_or_cannot_log_in_is_not_extended()
    {
        var minted = NewName();
        (await StateOfAsync("SELECT * FROM dbchatops.mint($1, 'dbchatops_orders_read', now() + interval '1 min', 1000, 1, 1000, 100, 1000, true)", minted)).ShouldBe("00000");
        var oid = uint.Parse((await Pair.AskAsync($"SELECT oid FROM pg_roles WHERE rolname = '{minted}'"))!, System.Globalization.CultureInfo.InvariantCulture);
        var shut = await MintAsync();
        await Pair.PsqlAsync($"ALTER ROLE {shut.Name} NOLOGIN");

        (await ExtendAsync(new ManagedLoginHandle(minted, oid, new Secret("none"), AccessLevel.Read), "now() + interval '1 min'")).ShouldBe("DC010");
        (await ExtendAsync(shut, "now() + interval '1 min'")).ShouldBe("DC010");
    }

    [Fact]
    public async Task A_name_that_was_locked_is_not_made_again()
    {
        var login = await MintAsync();
        (await OutcomeAsync("lock", login.Name)).ShouldBe("locked");

        (await StateOfAsync("SELECT * FROM dbchatops.mint($1, 'dbchatops_orders_read', now() + interval '1 min', 1000, 1, 1000, 100, 1000, true)", login.Name)).ShouldBe("DC012");
    }

    [Theory]
    [InlineData("LOGIN")]
    [InlineData("PASSWORD 'again'")]
    [InlineData("VALID UNTIL 'infinity'")]
    [InlineData("CONNECTION LIMIT 5")]
    [InlineData("SUPERUSER")]
    [InlineData("CREATEROLE")]
    [InlineData("CREATEDB")]
    [InlineData("REPLICATION")]
    [InlineData("BYPASSRLS")]
    public async Task A_locked_login_that_others_open_again_is_shut_again_and_not_dropped_before(string change)
    {
        var login = await MintAsync();
        (await OutcomeAsync("lock", login.Name)).ShouldBe("locked");
        await Pair.PsqlAsync($"ALTER ROLE {login.Name} {change}");

        (await OutcomeAsync("drop", login.Name)).ShouldBe("live");
        (await OutcomeAsync("lock", login.Name)).ShouldBe("locked");

        (await Pair.AskAsync(
            $"SELECT count(*) FROM pg_authid WHERE oid = {login.Oid} AND NOT rolcanlogin AND rolpassword IS NULL AND rolvaliduntil = '-infinity' AND rolconnlimit = 0 "
            + "AND NOT (rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls)")).ShouldBe("1");
        (await OutcomeAsync("drop", login.Name)).ShouldBe("dropped");
    }

    [Theory]
    [InlineData("0", 64)]
    [InlineData("00000000000000000000000000000000", 63)]
    [InlineData("0000000000000000000000000000000x", 64)]
    public async Task Only_a_grant_and_a_MAC_mark_a_login(string grant, int mac)
    {
        var login = NewName();
        await using var thief = await AsBotAsync();
        await RunAsync(thief, "BEGIN");
        await RunAsync(thief, $"SELECT * FROM dbchatops.mint('{login}', 'dbchatops_orders_read', now() + interval '1 min', 1000, 1, 1000, 100, 1000, true)");

        (await Should.ThrowAsync<PostgresException>(() => RunAsync(thief, $"SELECT dbchatops.mark('{login}', '{grant}', '{new string('a', mac)}')"))).SqlState.ShouldBe("DC001");
    }

    [Fact]
    public async Task A_login_is_marked_once()
    {
        var login = await MintAsync();
        var mark = $"SELECT dbchatops.mark($1, '{new string('0', 32)}', '{new string('a', 64)}')";
        (await StateOfAsync(mark, login.Name)).ShouldBe("DC001");
        var minted = NewName();
        (await StateOfAsync("SELECT * FROM dbchatops.mint($1, 'dbchatops_orders_read', now() + interval '1 min', 1000, 1, 1000, 100, 1000, true)", minted)).ShouldBe("00000");

        (await StateOfAsync(mark, minted)).ShouldBe("00000");
        (await StateOfAsync(mark, minted)).ShouldBe("DC001");
    }

    [Fact]
    public async Task Heirs_count_against_the_ceiling()
    {
        await Pair.PsqlAsync(
            "UPDATE dbchatops.bounds SET maximum_logins = 1 + (SELECT count(*) FROM pg_roles WHERE rolname LIKE 'dbco\\_%') + (SELECT count(*) FROM dbchatops.heir);"
            + "INSERT INTO dbchatops.heir VALUES (1, 1)",
            PostgreSqlPair.AdminDatabase);

        var state = await StateOfAsync("SELECT * FROM dbchatops.mint($1, 'dbchatops_orders_read', now() + interval '1 min', 1000, 1, 1000, 100, 1000, true)", NewName());

        await Pair.PsqlAsync("UPDATE dbchatops.bounds SET maximum_logins = 2000; DELETE FROM dbchatops.heir WHERE login_oid = 1", PostgreSqlPair.AdminDatabase);
        state.ShouldBe("DC004");
    }

    private static string NewName() => $"dbco_thief_{Guid.NewGuid():N}"[..40];

    /// <summary>A DBA locks by hand while the bot waits for the same row: what the bot saw before it waited no longer holds.</summary>
    [Theory]
    [InlineData(true, "NOLOGIN VALID UNTIL '-infinity'")]
    [InlineData(true, "NOLOGIN")]
    [InlineData(true, "VALID UNTIL '-infinity'")]
    [InlineData(true, "CREATEDB")]
    [InlineData(false, "NOLOGIN VALID UNTIL '-infinity'")]
    [InlineData(false, "NOLOGIN")]
    public async Task A_change_by_hand_that_commits_while_the_bot_waits_is_not_undone(bool reveals, string change)
    {
        var login = await MintAsync();
        await using var dba = new NpgsqlConnection(Pair.SuperuserConnectionString());
        await dba.OpenAsync(Ct);
        await RunAsync(dba, "BEGIN");
        await RunAsync(dba, $"ALTER ROLE {login.Name} {change}");
        var after = await AskAsync(dba, $"SELECT r::text FROM pg_roles r WHERE r.oid = {login.Oid}");

        var late = reveals ? RevealAsync(login) : ExtendAsync(login, "now() + interval '50 min'");
        await Pair.WaitForAsync("SELECT count(*) > 0 FROM pg_stat_activity WHERE usename = 'dbchatops_bot' AND wait_event_type = 'Lock'");
        await RunAsync(dba, "COMMIT");

        (await late).ShouldBe(reveals ? "40001" : "XX000");
        (await Pair.AskAsync($"SELECT r::text FROM pg_roles r WHERE r.oid = {login.Oid}")).ShouldBe((string?)after);
    }

    private Task<string> RevealAsync(ManagedLoginHandle login, string until = "now() + interval '1 min'", int generation = 2, string notAfter = "now() + interval '1 min'") =>
        StateOfAsync($"SELECT dbchatops.reveal($1, {login.Oid}, '{Verifier}', {until}, {generation}, {notAfter})", login.Name);

    private Task<string> ExtendAsync(ManagedLoginHandle login, string until) => StateOfAsync($"SELECT dbchatops.extend($1, {login.Oid}, {until})", login.Name);
}

public sealed class PostgreSqlRefusals14Tests(PostgreSql14Alone stage) : PostgreSqlRefusals(stage), IClassFixture<PostgreSql14Alone>;

public sealed class PostgreSqlRefusals18Tests(PostgreSql18Alone stage) : PostgreSqlRefusals(stage), IClassFixture<PostgreSql18Alone>;
