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
            foreach (var role in new[] { login.Name, login.Name.Replace("dbco_", "dbchatops_heir_", StringComparison.Ordinal) })
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
    public async Task A_name_is_used_once_whatever_became_of_its_login()
    {
        var login = await MintAsync();
        (await EndAsync(login)).ShouldBeProvenGone();

        (await StateOfAsync("SELECT * FROM dbchatops.mint($1, 'dbchatops_orders_write', now() + interval '1 min', 100, 1, 1000, 100, 1000, true)", login.Name)).ShouldBe("DC012");

        var dropped = await MintAsync();
        await Pair.PsqlAsync($"DROP ROLE {dropped.Name}");
        (await StateOfAsync("SELECT * FROM dbchatops.mint($1, 'dbchatops_orders_write', now() + interval '1 min', 100, 1, 1000, 100, 1000, true)", dropped.Name)).ShouldBe("DC012");
    }

    [Fact]
    public async Task An_heir_of_the_longest_name_is_kept_whole()
    {
        var name = "dbco_" + new string('a', 49) + "_zzzzzzzz";
        (await StateOfAsync("SELECT * FROM dbchatops.mint($1, 'dbchatops_orders_write', now() + interval '1 min', 100, 1, 1000, 100, 1000, true)", name)).ShouldBe("00000");
        (await StateOfAsync($"SELECT dbchatops.mark($1, '{new string('0', 32)}', '{new string('0', 64)}')", name)).ShouldBe("00000");
        (await OutcomeAsync("lock", name)).ShouldBe("locked");
        await Pair.PsqlAsync($"CREATE TABLE public.of_the_longest (id int); ALTER TABLE public.of_the_longest OWNER TO {name}", "orders");

        (await LendAsync(name)).ShouldBe("lent");

        (await Pair.AskAsync("SELECT rolname FROM pg_roles WHERE rolname LIKE 'dbchatops\\_heir\\_%zzzzzzzz'")).ShouldBe("dbchatops_heir_" + new string('a', 39) + "_zzzzzzzz");
        await Pair.PsqlAsync("DROP TABLE public.of_the_longest", "orders");
        (await OutcomeAsync("lock", name)).ShouldBe("locked");
        (await OutcomeAsync("drop", name)).ShouldBe("dropped");
        (await StateOfAsync("SELECT * FROM dbchatops.tidy()")).ShouldBe("00000");
        (await Pair.AskAsync("SELECT count(*) FROM pg_roles WHERE rolname LIKE 'dbchatops\\_heir\\_%zzzzzzzz'")).ShouldBe("0");
    }

}
