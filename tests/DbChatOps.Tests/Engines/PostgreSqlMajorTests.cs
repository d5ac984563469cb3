using DbChatOps.Targets;
using DbChatOps.Tests.PostgreSql;
using Npgsql;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Engines;

/// <summary>The essentials on a pair, with what a standby adds to them.</summary>
public abstract class PostgreSqlMajorContract(PostgreSqlStage stage, int major) : PostgreSqlEssentials(stage, major)
{
    [Fact]
    public async Task A_session_on_a_standby_ends_and_is_counted()
    {
        var login = await MintAsync(AccessLevel.Ddl);
        await using var session = await ConnectToStandbyAsync(login);

        var report = await EndAsync(login);

        report.ShouldBeProvenGone();
        report.SessionsEnded.ShouldBe(1);
        await Should.ThrowAsync<NpgsqlException>(() => RunAsync(session, "SELECT count(*) FROM app.orders"));
    }

    [Fact]
    public async Task A_lock_that_the_standby_has_not_replayed_is_no_lock()
    {
        var login = await MintAsync();
        await Pair.WaitForAsync($"SELECT count(*) > 0 FROM pg_roles WHERE oid = {login.Oid} AND rolcanlogin", node: Pair.Standby);
        await Pair.AskAsync("SELECT pg_wal_replay_pause()", node: Pair.Standby);
        await Pair.WaitForAsync("SELECT pg_get_wal_replay_pause_state() = 'paused'", node: Pair.Standby);
        try
        {
            (await StepAsync(login)).Stage.ShouldBe(RevocationStage.Exposed);
            await using var session = await ConnectToStandbyAsync(login);

            // On a busy machine a step may run out of patience before it looks at the standby.
            var ended = 0;
            for (var step = 0; step < 20 && ended == 0; step++)
            {
                var report = await StepAsync(login);
                report.Stage.ShouldBe(RevocationStage.Exposed);
                ended += report.SessionsEnded;
            }

            ended.ShouldBe(1);
        }
        finally
        {
            await Pair.AskAsync("SELECT pg_wal_replay_resume()", node: Pair.Standby);
        }

        (await EndAsync(login)).ShouldBeProvenGone();
    }

    [Fact]
    public async Task A_standby_that_is_not_listed_keeps_the_grant_open()
    {
        var login = await MintAsync();

        var report = (await Stage.Engine.EndAsync(
            new EndLogins { Server = Pair.ToServer(listStandby: false), Logins = [new EndingLogin(login.Name, login.Oid) { Level = login.Level }] }, Ct))[0];

        report.Stage.ShouldBe(RevocationStage.Exposed);
        report.Blockers.ShouldContain(static b => b.Contains("not listed", StringComparison.Ordinal));
        (await EndAsync(login)).ShouldBeProvenGone();
    }

    [Fact]
    public async Task A_session_that_is_still_starting_on_the_standby_is_waited_for() => await StartsUpAsync(Pair.Standby);

    private async Task<NpgsqlConnection> ConnectToStandbyAsync(ManagedLoginHandle login)
    {
        await Pair.WaitForAsync($"SELECT count(*) > 0 FROM pg_roles WHERE oid = {login.Oid} AND rolcanlogin", node: Pair.Standby);
        return await ConnectAsync(login, node: Pair.Standby);
    }
}

[Trait("Trap", "T-06")]
[Trait("Major", "14")]
public sealed class PostgreSql14Tests(PostgreSql14Stage stage) : PostgreSqlMajorContract(stage, 14), IClassFixture<PostgreSql14Stage>;

[Trait("Trap", "T-06")]
[Trait("Major", "15")]
public sealed class PostgreSql15Tests(PostgreSql15Stage stage) : PostgreSqlMajorContract(stage, 15), IClassFixture<PostgreSql15Stage>;

[Trait("Trap", "T-06")]
[Trait("Major", "16")]
public sealed class PostgreSql16Tests(PostgreSql16Stage stage) : PostgreSqlMajorContract(stage, 16), IClassFixture<PostgreSql16Stage>;

[Trait("Trap", "T-06")]
[Trait("Major", "17")]
public sealed class PostgreSql17Tests(PostgreSql17Stage stage) : PostgreSqlMajorContract(stage, 17), IClassFixture<PostgreSql17Stage>;

[Trait("Trap", "T-06")]
[Trait("Major", "18")]
public sealed class PostgreSql18Tests(PostgreSql18Stage stage) : PostgreSqlMajorContract(stage, 18), IClassFixture<PostgreSql18Stage>;
