using DbChatOps.Host.Engines.PostgreSql;
using DbChatOps.Targets;
using DbChatOps.Tests.PostgreSql;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Engines;

/// <summary>No power is lent: every attribute and every role that gives one, on the standing role, its owner and whatever they are members of.</summary>
public abstract class PostgreSqlLentPowers(PostgreSqlStage stage) : PostgreSqlBotScene(stage), IAsyncLifetime
{
    /// <summary>Roles of the server that read no table, write none and act on no other session; the first cannot be granted at all.</summary>
    private static readonly string[] Harmless =
        ["pg_database_owner", "pg_monitor", "pg_read_all_settings", "pg_read_all_stats", "pg_stat_scan_tables", "pg_checkpoint", "pg_use_reserved_connections"];

    public async ValueTask InitializeAsync() => await Pair.PsqlAsync(
        """
        DO $$
        BEGIN
            IF to_regrole('team') IS NULL THEN
                CREATE ROLE team;
                CREATE ROLE outer_team;
                CREATE ROLE apart;
                GRANT outer_team TO team;
                GRANT team TO dbchatops_orders_write, app_owner;
            END IF;
        END
        $$
        """);

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData("dbchatops_orders_write", "dbchatops_orders_write")]
    [InlineData("dbchatops_orders_write", "team")]
    [InlineData("dbchatops_orders_write", "outer_team")]
    [InlineData("dbchatops_orders_ddl", "app_owner")]
    [InlineData("dbchatops_orders_ddl", "outer_team")]
    public async Task A_role_with_any_power_is_not_lent_wherever_the_power_lies(string standing, string powerful)
    {
        foreach (var (give, take) in await PowersAsync())
        {
            var given = give.Replace("{0}", powerful, StringComparison.Ordinal);
            await Pair.PsqlAsync(given);

            var state = await MintedAsync(standing);

            await Pair.PsqlAsync(take.Replace("{0}", powerful, StringComparison.Ordinal));
            state.ShouldBe("DC002", given);
        }

        (await MintedAsync(standing)).ShouldBe("00000");
    }

    [Fact]
    public async Task An_owner_that_does_not_exist_is_not_lent()
    {
        await Pair.PsqlAsync("UPDATE dbchatops.standing_role SET owner_role = 'nobody_here' WHERE role_name = 'dbchatops_orders_ddl'", PostgreSqlPair.AdminDatabase);

        var state = await MintedAsync("dbchatops_orders_ddl");

        await Pair.PsqlAsync("UPDATE dbchatops.standing_role SET owner_role = 'app_owner' WHERE role_name = 'dbchatops_orders_ddl'", PostgreSqlPair.AdminDatabase);
        state.ShouldBe("DC002");
    }

    [Fact]
    public async Task Attributes_that_others_gave_a_login_refuse_another_password()
    {
        var verifier = ScramVerifier.For(Host.Flow.Passwords.New()).Reveal();
        var login = await MintAsync();
        foreach (var attribute in new[] { "SUPERUSER", "CREATEROLE", "CREATEDB", "REPLICATION", "BYPASSRLS" })
        {
            await Pair.PsqlAsync($"ALTER ROLE {login.Name} {attribute}");

            var state = await StateOfAsync($"SELECT dbchatops.reveal($1, {login.Oid}, $2, now() + interval '1 min', 2, now() + interval '1 min')", login.Name, verifier);

            await Pair.PsqlAsync($"ALTER ROLE {login.Name} NO{attribute}");
            state.ShouldBe("DC014", attribute);
        }
    }

    [Fact]
    public async Task A_login_that_others_gave_power_is_not_handed_over_again_and_not_extended()
    {
        var login = await MintAsync(AccessLevel.Write);
        await Pair.PsqlAsync($"ALTER ROLE {login.Name} CREATEDB");
        var pin = await Stage.Engine.IdentifyAsync(Server, Ct);

        var extended = await Stage.Engine.ExtendAsync(
            new ExtendLogin { Server = Server, Login = login.Name, Oid = login.Oid, Expiry = DateTimeOffset.UtcNow.AddMinutes(40), Pin = pin }, Ct);

        extended.Refused.ShouldNotBeNull().Code.ShouldBe("login_changed");
        (await EndAsync(login)).ShouldBeProvenGone();
    }

    [Fact]
    public async Task The_schema_of_somebody_else_is_not_taken_for_ours()
    {
        await Pair.PsqlAsync("ALTER SCHEMA dbchatops OWNER TO team", PostgreSqlPair.AdminDatabase);
        try
        {
            (await Should.ThrowAsync<Exception>(() => Pair.InstallFacadeAsync([PostgreSqlStage.Orders]))).Message.ShouldContain("schema dbchatops exists and belongs to somebody else");
        }
        finally
        {
            await Pair.PsqlAsync("ALTER SCHEMA dbchatops OWNER TO postgres", PostgreSqlPair.AdminDatabase);
        }
    }

    [Fact]
    public async Task Roles_of_the_server_that_only_look_at_it_may_be_lent()
    {
        await Pair.PsqlAsync("GRANT pg_monitor TO dbchatops_orders_read");

        var state = await MintedAsync("dbchatops_orders_read");

        await Pair.PsqlAsync("REVOKE pg_monitor FROM dbchatops_orders_read");
        state.ShouldBe("00000");
    }

    /// <summary>What gives power on this server, and how it is taken back.</summary>
    private async Task<IReadOnlyList<(string Give, string Take)>> PowersAsync()
    {
        var roles = (await Pair.AskAsync("SELECT string_agg(rolname, ',') FROM pg_roles WHERE rolname LIKE 'pg\\_%'") ?? string.Empty).Split(',').Except(Harmless).ToList();
        roles.Count.ShouldBeGreaterThan(4);
        return
        [
            .. new[] { "SUPERUSER", "CREATEROLE", "CREATEDB", "REPLICATION", "BYPASSRLS", "LOGIN" }.Select(static a => ($"ALTER ROLE {{0}} {a}", $"ALTER ROLE {{0}} NO{a}")),
            .. roles.Select(static r => ($"GRANT {r} TO {{0}}", $"REVOKE {r} FROM {{0}}")),
            ("GRANT apart TO {0} WITH ADMIN OPTION", "REVOKE apart FROM {0}"),
        ];
    }

    private async Task<string> MintedAsync(string standing) => await StateOfAsync(
        "SELECT * FROM dbchatops.mint($1, $2, now() + interval '1 min', 1000, 1, 1000, 100, 1000, true)", $"dbco_thief_{Guid.NewGuid():N}"[..40], standing);
}

public sealed class PostgreSqlLentPowers14Tests(PostgreSql14Alone stage) : PostgreSqlLentPowers(stage), IClassFixture<PostgreSql14Alone>;

public sealed class PostgreSqlLentPowers18Tests(PostgreSql18Alone stage) : PostgreSqlLentPowers(stage), IClassFixture<PostgreSql18Alone>;
