using DbChatOps.Host.Engines.PostgreSql;
using DbChatOps.Targets;
using DbChatOps.Tests.PostgreSql;
using Npgsql;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Engines;

/// <summary>Each condition of the proof where it alone stands between a login and "gone": on the way to it, others refuse the same earlier.</summary>
public sealed class GoneProofTests(PostgreSqlStage stage) : PostgreSqlBotScene(stage), IClassFixture<PostgreSqlStage>
{
    private const string Absent = "dbco_absent_00000000";
    private const uint NobodysOid = 4_000_000_000;

    [Fact]
    public async Task What_is_nowhere_is_gone() => (await IsProvenAsync(Absent, NobodysOid)).ShouldBeTrue();

    [Fact]
    public async Task A_role_of_its_name_that_came_meanwhile_is_not_gone()
    {
        await Pair.PsqlAsync("CREATE ROLE dbco_late_00000000");

        (await IsProvenAsync("dbco_late_00000000", oid: null)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_role_of_its_OID_under_another_name_is_not_gone()
    {
        await Pair.PsqlAsync("CREATE ROLE renamed");

        (await IsProvenAsync(Absent, uint.Parse((await Pair.AskAsync("SELECT 'renamed'::regrole::oid::bigint")).ShouldNotBeNull(), System.Globalization.CultureInfo.InvariantCulture))).ShouldBeFalse();
    }

    [Fact]
    public async Task A_session_of_its_OID_is_not_gone_and_is_ended()
    {
        var login = await MintAsync();
        await using var session = await ConnectAsync(login);
        await Pair.PsqlAsync($"DROP ROLE {login.Name}");

        (await IsProvenAsync(login.Name, login.Oid)).ShouldBeFalse();

        await Should.ThrowAsync<NpgsqlException>(() => RunAsync(session, "SELECT 1"));
    }

    [Fact]
    public async Task A_transaction_that_it_prepared_is_not_gone()
    {
        var login = await MintAsync(AccessLevel.Write);
        await using (var session = await ConnectAsync(login))
        {
            await RunAsync(session, "BEGIN");
            await RunAsync(session, "PREPARE TRANSACTION 'outlives the role'");
        }

        await Pair.WaitForAsync($"SELECT count(*) = 0 FROM pg_stat_activity WHERE usesysid = {login.Oid}");
        await Pair.PsqlAsync($"DROP ROLE {login.Name}");

        (await IsProvenAsync(login.Name, login.Oid)).ShouldBeFalse();

        await Pair.PsqlAsync("ROLLBACK PREPARED 'outlives the role'", "orders");
        (await IsProvenAsync(login.Name, login.Oid)).ShouldBeTrue();
    }

    [Fact]
    public async Task What_a_standby_has_not_replayed_is_not_gone() => (await IsProvenAsync(Absent, NobodysOid, goneAt: long.MaxValue - 1)).ShouldBeFalse();

    [Fact]
    public async Task What_a_node_in_trouble_has_cannot_be_told() => (await IsProvenAsync(Absent, NobodysOid, trouble: "cannot be reached")).ShouldBeFalse();

    [Fact]
    public async Task What_was_not_seen_clear_on_a_node_is_not_gone() => (await IsProvenAsync(Absent, NobodysOid, isClearOnStandby: false)).ShouldBeFalse();

    [Fact]
    public async Task A_standby_of_another_cluster_tells_nothing()
    {
        await using var standby = new NodeLink(Server.Nodes[1], await AsBotAsync(Pair.Standby), trouble: null);

        await new ReplicationReading("1").RefreshAsync([standby], Ct);

        standby.Trouble.ShouldNotBeNull().ShouldEndWith("belongs to another cluster");
    }

    [Fact]
    public async Task A_standby_that_was_promoted_tells_nothing()
    {
        await using var promoted = new NodeLink(Server.Nodes[1], await AsBotAsync(Pair.Writer), trouble: null);

        await new ReplicationReading(await SystemAsync()).RefreshAsync([promoted], Ct);

        promoted.Trouble.ShouldNotBeNull().ShouldContain("is not in recovery");
    }

    private async Task<string> SystemAsync() => (await Pair.AskAsync("SELECT system_identifier FROM pg_control_system()")).ShouldNotBeNull();

    private async Task<bool> IsProvenAsync(string name, uint? oid, long goneAt = 0, string? trouble = null, bool isClearOnStandby = true)
    {
        await using var writer = new NodeLink(Server.Nodes[0], await AsBotAsync(Pair.Writer), trouble: null);
        await using var standby = new NodeLink(Server.Nodes[1], await AsBotAsync(Pair.Standby), trouble) { ReplayedTo = 0 };
        var login = new EndingState(new EndingLogin(name, oid), new Closing { GoneAt = goneAt });
        login.SetClear(writer.Name, clear: true);
        login.SetClear(standby.Name, isClearOnStandby);

        await new GoneProof([writer, standby], new ReplicationReading(await SystemAsync()), new Host.Engines.PostgreSql.Patience(TimeSpan.FromMilliseconds(50))).RunAsync([login], Ct);

        return login.IsProven;
    }
}
