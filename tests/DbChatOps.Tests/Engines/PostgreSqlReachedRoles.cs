using System.Globalization;
using DbChatOps.Targets;
using DbChatOps.Tests.PostgreSql;
using Npgsql;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Engines;

/// <summary>
/// Whatever a login can become, by any path, it can leave things behind under that name. Each test asks the server which roles a session can become, and tries every
/// one of them.
/// </summary>
public abstract class PostgreSqlReachedRoles(PostgreSqlStage stage) : PostgreSqlScene(stage), IAsyncLifetime
{
    public async ValueTask InitializeAsync() =>
        await Pair.PsqlAsync(
            """
            DO $$ BEGIN
                IF to_regrole('team') IS NULL THEN
                    CREATE ROLE team NOLOGIN; CREATE ROLE outer_team NOLOGIN; GRANT outer_team TO team;
                END IF;
            END $$
            """);

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_role_that_it_had_at_an_extension_counts_though_it_was_taken_back()
    {
        var login = await MintAsync();
        await Pair.PsqlAsync($"GRANT team TO {login.Name}");
        await Pair.AskAsync($"SELECT dbchatops.extend('{login.Name}', {login.Oid}, now() + interval '40 min')", PostgreSqlPair.AdminDatabase);
        await Pair.PsqlAsync($"REVOKE team FROM {login.Name}");

        (await EndAsync(login)).ShouldBeProvenGone();

        (await Pair.AskAsync($"SELECT reached @> ARRAY['team'::regrole::oid] FROM dbchatops.login WHERE login_oid = {login.Oid}", PostgreSqlPair.AdminDatabase)).ShouldBe("True");
    }

    [Theory]
    [InlineData(AccessLevel.Read)]
    [InlineData(AccessLevel.Write)]
    [InlineData(AccessLevel.Ddl)]
    public async Task From_16_on_it_becomes_its_owner_role_and_nothing_else(AccessLevel level)
    {
        var login = await MintAsync(level);

        var becomes = await BecomesAsync(login);

        string[] owner = level == AccessLevel.Ddl ? ["app_owner"] : [];
        string[] before = [.. owner, $"dbchatops_orders_{level.ToString().ToLowerInvariant()}", "dbchatops_temp"];
        becomes.ShouldBe(await Pair.AskAsync("SELECT current_setting('server_version_num')::integer >= 160000") is "True" ? owner : before, ignoreOrder: true);
    }

    [Fact]
    public async Task A_role_that_it_may_give_itself_counts_as_reached()
    {
        var login = await MintAsync();
        await Pair.PsqlAsync(await Pair.AskAsync(
            $"SELECT 'GRANT team TO {login.Name} WITH ' || CASE WHEN current_setting('server_version_num')::integer >= 160000 THEN 'ADMIN TRUE, INHERIT FALSE, SET FALSE' ELSE 'ADMIN OPTION' END")
            ?? string.Empty);

        (await EndAsync(login)).ShouldBeProvenGone();

        (await Pair.AskAsync($"SELECT reached @> ARRAY['team'::regrole::oid, 'outer_team'::regrole::oid] FROM dbchatops.login WHERE login_oid = {login.Oid}", PostgreSqlPair.AdminDatabase))
            .ShouldBe("True");
    }

    [Theory]
    [InlineData(AccessLevel.Read, false)]
    [InlineData(AccessLevel.Write, false)]
    [InlineData(AccessLevel.Write, true)]
    [InlineData(AccessLevel.Ddl, false)]
    [InlineData(AccessLevel.Ddl, true)]
    public async Task What_is_prepared_under_any_of_them_is_never_reported_as_gone(AccessLevel level, bool inSubtransaction)
    {
        var login = await MintAsync(level);
        await Pair.PsqlAsync($"GRANT team TO {login.Name}");
        var roles = await BecomesAsync(login);
        foreach (var role in roles)
        {
            await using var session = await ConnectAsync(login);
            await RunAsync(session, "SET ROLE NONE");
            await RunAsync(session, "BEGIN READ WRITE");
            await RunAsync(session, "SELECT lo_create(0)");
            await RunAsync(session, $"SET ROLE {role}");
            if (inSubtransaction)
            {
                await RunAsync(session, "SAVEPOINT s");
            }

            await RunAsync(session, "SELECT lo_create(0)");
            if (inSubtransaction)
            {
                await RunAsync(session, "RELEASE SAVEPOINT s");
            }

            await RunAsync(session, $"PREPARE TRANSACTION 'under {role}'");
        }

        try
        {
            var report = (await SettleAsync(login)).ShouldHaveSingleItem();
            foreach (var role in roles.Where(static role => role is not "dbchatops_temp"))
            {
                report.Stage.ShouldBe(RevocationStage.Contained);
                report.Blockers.ShouldContain(b => b.Contains($"ROLLBACK PREPARED 'under {role}'", StringComparison.Ordinal), role);
            }

            // Only temporary logins can become the marker, so what was prepared under it is rolled back.
            (await Pair.AskAsync("SELECT count(*) FROM pg_prepared_xacts WHERE owner = 'dbchatops_temp'")).ShouldBe("0");
        }
        finally
        {
            foreach (var gid in await PreparedAsync())
            {
                await Pair.AskAsync($"ROLLBACK PREPARED '{gid}'", "orders");
            }
        }

        var proven = await EndAsync(login);
        proven.ShouldBeProvenGone();
        proven.Proof.ShouldNotBeNull().NotChecked.ShouldContain(static gap => gap.Contains("outer_team", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_was_prepared_under_the_marker_cannot_be_committed_by_a_later_login()
    {
        var login = await MintAsync(AccessLevel.Write);
        if (!(await BecomesAsync(login)).Contains("dbchatops_temp", StringComparer.Ordinal))
        {
            await using var refused = await ConnectAsync(login);
            (await Should.ThrowAsync<PostgresException>(() => RunAsync(refused, "SET ROLE dbchatops_temp"))).SqlState.ShouldBe("42501");
            return;
        }

        await using (var session = await ConnectAsync(login))
        {
            await RunAsync(session, "BEGIN");
            await RunAsync(session, "UPDATE app.orders SET note = 'later' WHERE id = 3");
            await RunAsync(session, "SET ROLE dbchatops_temp");
            await RunAsync(session, "PREPARE TRANSACTION 'later'");
        }

        (await EndAsync(login)).ShouldBeProvenGone();

        (await PreparedAsync()).ShouldBeEmpty();
        (await Pair.AskAsync("SELECT note FROM app.orders WHERE id = 3", "orders")).ShouldNotBe("later");
    }

    [Theory]
    [InlineData(AccessLevel.Read)]
    [InlineData(AccessLevel.Write)]
    public async Task What_a_session_makes_under_the_marker_goes_to_an_heir_and_its_password_is_taken_away(AccessLevel level)
    {
        var login = await MintAsync(level);
        if (!(await BecomesAsync(login)).Contains("dbchatops_temp", StringComparer.Ordinal))
        {
            return;
        }

        await using (var session = await ConnectAsync(login))
        {
            await RunAsync(session, "SET default_transaction_read_only = off");
            await RunAsync(session, "SET ROLE dbchatops_temp");
            await RunAsync(session, "SELECT lo_create(0)");
            await RunAsync(session, "ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO PUBLIC");
            await RunAsync(session, "ALTER ROLE dbchatops_temp PASSWORD 'mine'");
        }

        (await EndAsync(login)).ShouldBeProvenGone();

        (await Pair.AskAsync("SELECT count(*) FROM pg_shdepend WHERE refclassid = 'pg_authid'::regclass AND refobjid = 'dbchatops_temp'::regrole AND deptype = 'o'")).ShouldBe("0");
        (await Pair.AskAsync("SELECT rolpassword IS NULL FROM pg_authid WHERE rolname = 'dbchatops_temp'")).ShouldBe("True");
        (await Pair.AskAsync("SELECT count(*) FROM pg_auth_members WHERE roleid = 'dbchatops_temp'::regrole AND member::regrole::text NOT LIKE 'dbco%'")).ShouldBe("0");
    }

    [Fact]
    public async Task What_a_session_leaves_under_its_standing_role_is_named_on_the_proof()
    {
        var login = await MintAsync(AccessLevel.Write);
        var standing = (await BecomesAsync(login)).Contains("dbchatops_orders_write", StringComparer.Ordinal);
        await using (var session = await ConnectAsync(login))
        {
            // Whose rights one has, one's default rights one may change, on every major.
            await RunAsync(session, "ALTER DEFAULT PRIVILEGES FOR ROLE dbchatops_orders_write GRANT ALL ON TABLES TO PUBLIC");
            if (standing)
            {
                await RunAsync(session, "SET ROLE dbchatops_orders_write");
                await RunAsync(session, "SELECT lo_create(0)");
                await RunAsync(session, "ALTER ROLE dbchatops_orders_write PASSWORD 'mine'");
            }
        }

        try
        {
            var proof = (await EndAsync(login)).Proof.ShouldNotBeNull();

            proof.NotChecked.ShouldContain(static gap => gap.Contains("dbchatops_orders_write owns", StringComparison.Ordinal) && gap.Contains("orders", StringComparison.Ordinal));
            proof.NotChecked.Any(static gap => gap.Contains("has a password", StringComparison.Ordinal)).ShouldBe(standing);
        }
        finally
        {
            await Pair.PsqlAsync(
                "ALTER ROLE dbchatops_orders_write PASSWORD NULL; ALTER DEFAULT PRIVILEGES FOR ROLE dbchatops_orders_write REVOKE ALL ON TABLES FROM PUBLIC;"
                + " DO $$ BEGIN PERFORM lo_unlink(oid) FROM pg_largeobject_metadata; END $$",
                "orders");
        }
    }

    /// <summary>The roles that a session of the login can really become, found by trying every role of the server.</summary>
    private async Task<List<string>> BecomesAsync(ManagedLoginHandle login)
    {
        await using var session = await ConnectAsync(login);
        await RunAsync(session, "SET ROLE NONE");
        var names = new List<string>();
        await using (var command = new NpgsqlCommand("SELECT rolname::text FROM pg_roles WHERE rolname <> session_user ORDER BY 1", session))
        await using (var reader = await command.ExecuteReaderAsync(Ct))
        {
            while (await reader.ReadAsync(Ct))
            {
                names.Add(reader.GetString(0));
            }
        }

        var becomes = new List<string>();
        foreach (var name in names)
        {
            try
            {
                await RunAsync(session, string.Create(CultureInfo.InvariantCulture, $"SET ROLE \"{name}\""));
                becomes.Add(name);
                await RunAsync(session, "SET ROLE NONE");
            }
            catch (PostgresException refused) when (refused.SqlState == PostgresErrorCodes.InsufficientPrivilege)
            {
                // Not one of them.
            }
        }

        return becomes;
    }

    private async Task<List<string>> PreparedAsync()
    {
        await using var connection = new NpgsqlConnection(Pair.SuperuserConnectionString("orders"));
        await connection.OpenAsync(Ct);
        await using var command = new NpgsqlCommand("SELECT gid FROM pg_prepared_xacts", connection);
        await using var reader = await command.ExecuteReaderAsync(Ct);
        var gids = new List<string>();
        while (await reader.ReadAsync(Ct))
        {
            gids.Add(reader.GetString(0));
        }

        return gids;
    }
}

public sealed class PostgreSqlReachedRoles14Tests(PostgreSql14Alone stage) : PostgreSqlReachedRoles(stage), IClassFixture<PostgreSql14Alone>;

public sealed class PostgreSqlReachedRoles18Tests(PostgreSql18Alone stage) : PostgreSqlReachedRoles(stage), IClassFixture<PostgreSql18Alone>;
