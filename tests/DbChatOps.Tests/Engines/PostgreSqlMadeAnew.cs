using DbChatOps.Targets;
using DbChatOps.Tests.PostgreSql;
using Npgsql;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Engines;

/// <summary>A role with the name and the comment of a login, and another OID: after a logical restore it is the login; made by another user it is not.</summary>
public abstract class PostgreSqlMadeAnew(PostgreSqlStage stage) : PostgreSqlBotScene(stage)
{
    [Fact]
    public async Task A_login_whose_OID_changed_with_a_restore_is_locked_and_recorded_so()
    {
        var login = await MintAsync(AccessLevel.Write);
        await Pair.PsqlAsync($"UPDATE dbchatops.login SET login_oid = 1 WHERE login = '{login.Name}'", PostgreSqlPair.AdminDatabase);

        (await OutcomeAsync("lock", login.Name)).ShouldBe("locked");

        (await RecordOfAsync(login)).ShouldBe($"locked {login.Oid}");
    }

    /// <summary>From 16 on a user with CREATEROLE can make a role of that name with our comment.</summary>
    [Fact]
    public async Task Sessions_of_a_login_whose_role_was_made_anew_are_still_its_own()
    {
        var login = await MintAsync(AccessLevel.Write);
        await using var session = await ConnectAsync(login);
        await MakeAnewAsync(login);

        (await OutcomeAsync("lock", login.Name)).ShouldBe("locked");

        await using var bot = await AsBotAsync();
        (await AskAsync(bot, $"SELECT outcome FROM dbchatops.terminate(ARRAY[{login.Oid}]::oid[])")).ShouldBe("signalled");
        await Should.ThrowAsync<NpgsqlException>(() => RunAsync(session, "SELECT 1"));
    }

    [Fact]
    public async Task A_login_that_is_gone_stays_so_whatever_role_has_its_name()
    {
        var login = await MintAsync(AccessLevel.Write);
        (await EndAsync(login)).ShouldBeProvenGone();
        await MakeAnewAsync(login);

        (await OutcomeAsync("lock", login.Name)).ShouldBe("locked");

        (await RecordOfAsync(login)).ShouldBe($"gone {login.Oid}");
        (await Pair.AskAsync($"SELECT rolcanlogin FROM pg_roles WHERE rolname = '{login.Name}'")).ShouldBe("False");
        (await OutcomeAsync("drop", login.Name)).ShouldBe("dropped");
    }

    private Task<string?> RecordOfAsync(ManagedLoginHandle login) =>
        Pair.AskAsync($"SELECT state || ' ' || login_oid FROM dbchatops.login WHERE login = '{login.Name}'", PostgreSqlPair.AdminDatabase);

    private Task MakeAnewAsync(ManagedLoginHandle login) => Pair.PsqlAsync(
        $"""
        DROP ROLE IF EXISTS {login.Name};
        CREATE ROLE {login.Name} LOGIN;
        COMMENT ON ROLE {login.Name} IS 'dbchatops/v1 grant=00000000000000000000000000000000 role=dbchatops_orders_write mac={new string('0', 64)}';
        """);
}

public sealed class PostgreSqlMadeAnew14Tests(PostgreSql14Alone stage) : PostgreSqlMadeAnew(stage), IClassFixture<PostgreSql14Alone>;

public sealed class PostgreSqlMadeAnew18Tests(PostgreSql18Alone stage) : PostgreSqlMadeAnew(stage), IClassFixture<PostgreSql18Alone>;
