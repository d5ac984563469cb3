using DbChatOps.Targets;
using DbChatOps.Tests.PostgreSql;
using Npgsql;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Engines;

/// <summary>A session on a standby is invisible on the primary, so a grant closes only when every standby was looked at.</summary>
public sealed class PostgreSqlStandbyTests(CarelessPostgreSqlStage stage) : PostgreSqlScene(stage), IClassFixture<CarelessPostgreSqlStage>
{
    [Fact]
    public async Task A_session_on_a_listed_standby_ends_and_is_counted()
    {
        var login = await MintAsync(AccessLevel.Ddl);
        await using var session = await ConnectToStandbyAsync(login);

        var report = await EndAsync(login);

        report.ShouldBeProvenGone();
        report.SessionsEnded.ShouldBe(1);
        report.Proof.ShouldNotBeNull().Nodes.ShouldContain(n => n.Contains("replayed past the drop", StringComparison.Ordinal));
        await Should.ThrowAsync<NpgsqlException>(() => RunAsync(session, "SELECT count(*) FROM app.orders"));
    }

    [Fact]
    public async Task Revoke_StandbySessionKeepsGrantOpen()
    {
        var login = await MintAsync(AccessLevel.Ddl);
        await using var session = await ConnectToStandbyAsync(login);
        var withoutStandby = Pair.ToServer(listStandby: false);

        for (var step = 0; step < 3; step++)
        {
            var report = (await Stage.Engine.EndAsync(new EndLogins { Server = withoutStandby, Logins = [new EndingLogin(login.Name, login.Oid)] }, Ct))[0];
            report.Stage.ShouldBe(RevocationStage.Exposed);
            report.Blockers.ShouldContain(b => b.Contains("not listed", StringComparison.Ordinal) && b.Contains("127.0.0.1", StringComparison.Ordinal));
        }

        (await AskAsync(session, "SELECT count(*) FROM app.orders")).ShouldBe(100L);
        (await EndAsync(login)).ShouldBeProvenGone();
        await Should.ThrowAsync<NpgsqlException>(() => RunAsync(session, "SELECT count(*) FROM app.orders"));
    }

    [Fact]
    public async Task A_standby_that_is_down_keeps_the_grant_open_and_is_named()
    {
        var login = await MintAsync();
        await Pair.Standby.StopAsync();

        var report = await StepAsync(login);

        report.Stage.ShouldBe(RevocationStage.Exposed);
        report.Blockers.ShouldContain(b => b.Contains(Server.Nodes[1].ToString(), StringComparison.Ordinal));
        (await Stage.Engine.ReadAsync(Server, login.Name, Ct)).Presence.ShouldBe(LoginPresence.NoLogin);
        await Pair.Standby.RestartAsync();
        (await EndAsync(login)).ShouldBeProvenGone();
    }

    [Fact]
    public async Task A_standby_that_hangs_holds_up_nothing_on_the_primary()
    {
        var login = await MintAsync();
        await using var session = await ConnectAsync(login);
        await Pair.Standby.PauseAsync();
        try
        {
            var report = await StepAsync(login);

            report.Stage.ShouldBe(RevocationStage.Exposed);
            report.SessionsEnded.ShouldBe(1);
            report.Blockers.ShouldContain(b => b.Contains("cannot be reached", StringComparison.Ordinal));
        }
        finally
        {
            await Pair.Standby.ResumeAsync();
        }

        (await EndAsync(login)).ShouldBeProvenGone();
    }

    [Fact]
    public async Task A_lock_that_the_standby_has_not_replayed_is_no_lock()
    {
        var login = await MintAsync();
        await Pair.WaitForAsync($"SELECT rolcanlogin FROM pg_roles WHERE oid = {login.Oid}", node: Pair.Standby);
        await Pair.AskAsync("SELECT pg_wal_replay_pause()", node: Pair.Standby);
        await Pair.WaitForAsync("SELECT pg_get_wal_replay_pause_state() = 'paused'", node: Pair.Standby);
        try
        {
            (await StepAsync(login)).Stage.ShouldBe(RevocationStage.Exposed);

            // Still possible there: the lock is on its way.
            await using var session = await ConnectToStandbyAsync(login);
            var report = await StepAsync(login);
            report.Stage.ShouldBe(RevocationStage.Exposed);
            report.SessionsEnded.ShouldBe(1);
        }
        finally
        {
            await Pair.AskAsync("SELECT pg_wal_replay_resume()", node: Pair.Standby);
        }

        (await EndAsync(login)).ShouldBeProvenGone();
    }

    [Fact]
    public async Task A_start_up_ghost_on_the_standby_is_waited_for()
    {
        var login = await MintAsync();
        await Pair.WaitForAsync($"SELECT rolcanlogin FROM pg_roles WHERE oid = {login.Oid}", node: Pair.Standby);
        var pending = Stage.ConnectAsync(login.Name, login.Password, node: Pair.Standby, options: "-c post_auth_delay=2");
        await Pair.WaitForAsync(
            "SELECT count(*) > 0 FROM pg_locks l LEFT JOIN pg_stat_activity a USING (pid) WHERE l.pid IS NOT NULL AND a.pid IS NULL", node: Pair.Standby);

        (await StepAsync(login)).Stage.ShouldBe(RevocationStage.Exposed);

        (await EndAsync(login)).ShouldBeProvenGone();
        await pending.ContinueWith(static t => t.IsCompletedSuccessfully ? t.Result.DisposeAsync().AsTask() : Task.CompletedTask, Ct, TaskContinuationOptions.None, TaskScheduler.Default).Unwrap();
        (await Pair.AskAsync($"SELECT count(*) FROM pg_stat_activity WHERE usesysid = {login.Oid}", node: Pair.Standby)).ShouldBe("0");
    }

    [Fact]
    public async Task A_standby_that_is_not_listed_is_seen_though_a_listed_one_streams_from_it()
    {
        var between = await Pair.AddStandbyAsync();
        try
        {
            await Pair.FollowAsync(Pair.Standby, between);
            var login = await MintAsync(AccessLevel.Ddl);
            await Pair.WaitForAsync($"SELECT count(*) > 0 FROM pg_roles WHERE oid = {login.Oid} AND rolcanlogin", node: between);
            await using var session = await ConnectAsync(login, node: between);

            var report = await EndAsync(login, steps: 3);

            (await AskAsync(session, "SELECT count(*) FROM app.orders")).ShouldBe(100L);
            report.Stage.ShouldBe(RevocationStage.Exposed);
            report.Blockers.ShouldContain(static b => b.Contains("not listed", StringComparison.Ordinal));
            var listed = Server with { Nodes = [.. Server.Nodes, new ServerNode { Host = "127.0.0.1", Port = between.Port, Kind = NodeKind.Standby }] };
            for (var step = 0; step < 60 && report.Stage != RevocationStage.ProvenGone; step++)
            {
                report = (await Stage.Engine.EndAsync(new EndLogins { Server = listed, Logins = [new EndingLogin(login.Name, login.Oid)] }, Ct))[0];
            }

            report.ShouldBeProvenGone();
        }
        finally
        {
            await Pair.FollowAsync(Pair.Standby, Pair.Writer);
            await between.StopAsync();
        }
    }

    private async Task<NpgsqlConnection> ConnectToStandbyAsync(ManagedLoginHandle login)
    {
        await Pair.WaitForAsync($"SELECT count(*) > 0 FROM pg_roles WHERE oid = {login.Oid} AND rolcanlogin", node: Pair.Standby);
        return await ConnectAsync(login, node: Pair.Standby);
    }
}
