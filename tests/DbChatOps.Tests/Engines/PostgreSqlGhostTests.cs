using DbChatOps.Targets;
using DbChatOps.Tests.PostgreSql;
using Npgsql;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Engines;

/// <summary>Sessions that go on without a role: DROP ROLE ends none of them.</summary>
public sealed class PostgreSqlGhostTests(PostgreSqlStage stage) : PostgreSqlScene(stage), IClassFixture<PostgreSqlStage>
{
    [Fact]
    public async Task Sessions_of_logins_without_a_role_are_ended_on_every_node_and_no_others()
    {
        var login = await MintAsync();
        var staying = await MintAsync();
        await Pair.WaitForAsync($"SELECT count(*) = 2 FROM pg_roles WHERE rolname IN ('{login.Name}', '{staying.Name}')", node: Pair.Standby);
        await using var onWriter = await ConnectAsync(login);
        await using var onStandby = await ConnectAsync(login, node: Pair.Standby);
        await using var other = await ConnectAsync(staying);
        (await EndAsync()).ShouldBeEmpty();
        await Pair.PsqlAsync($"DROP ROLE {login.Name}");
        await Pair.WaitForAsync($"SELECT count(*) = 0 FROM pg_roles WHERE rolname = '{login.Name}'", node: Pair.Standby);

        (await EndAsync(onlyLook: true)).Count.ShouldBe(2);
        (await AskAsync(onWriter, "SELECT 1")).ShouldBe(1);
        var ended = await EndAsync();

        ended.Select(static ghost => ghost.Node).ShouldBe(Server.Nodes.Select(static node => node.ToString()));
        ended.ShouldAllBe(static ghost => ghost.ClientAddress == "127.0.0.1" && ghost.IsOurs);
        await Should.ThrowAsync<NpgsqlException>(() => AskAsync(onWriter, "SELECT 1"));
        await Should.ThrowAsync<NpgsqlException>(() => AskAsync(onStandby, "SELECT 1"));
        (await AskAsync(other, "SELECT 1")).ShouldBe(1);
        await Pair.WaitForAsync($"SELECT count(*) = 0 FROM pg_stat_activity WHERE usesysid = {ended[0].Oid}");
        (await EndAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_replication_session_of_a_login_without_a_role_is_ended()
    {
        var login = await MintAsync();
        await Pair.PsqlAsync($"ALTER ROLE {login.Name} REPLICATION");
        await using var session = new Npgsql.Replication.LogicalReplicationConnection(Pair.ConnectionString(login.Name, login.Password.Reveal(), "orders"));
        await session.Open(Ct);
        await session.IdentifySystem(Ct);
        await Pair.PsqlAsync($"DROP ROLE {login.Name}");

        (await EndAsync()).ShouldHaveSingleItem().Oid.ShouldBe(login.Oid);

        await Pair.WaitForAsync($"SELECT count(*) = 0 FROM pg_stat_activity WHERE usesysid = {login.Oid}");
    }

    [Fact]
    public async Task Sessions_of_a_role_that_was_no_login_of_ours_are_named_and_left()
    {
        await Pair.PsqlAsync("CREATE ROLE passing_by LOGIN PASSWORD 'p'");
        await using var session = await Stage.ConnectAsync("passing_by", new Secret("p"));
        await Pair.PsqlAsync("DROP ROLE passing_by");

        (await EndAsync()).ShouldHaveSingleItem().IsOurs.ShouldBeFalse();

        (await AskAsync(session, "SELECT 1")).ShouldBe(1);
    }

    [Fact]
    public async Task Those_whose_ending_has_its_own_way_are_left_to_it()
    {
        var login = await MintAsync();
        await using var session = await ConnectAsync(login);
        await Pair.PsqlAsync($"DROP ROLE {login.Name}");

        (await EndAsync(except: [login.Oid])).ShouldBeEmpty();

        (await AskAsync(session, "SELECT 1")).ShouldBe(1);
        (await EndAsync()).ShouldHaveSingleItem().Oid.ShouldBe(login.Oid);
    }

    private Task<IReadOnlyList<GhostSession>> EndAsync(IReadOnlyList<uint>? except = null, bool onlyLook = false) =>
        Stage.Engine.EndGhostsAsync(new EndGhosts { Server = Server, Except = except ?? [], OnlyLook = onlyLook }, Ct);
}
