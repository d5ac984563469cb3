using System.Globalization;
using DbChatOps.Host.Engines.PostgreSql;
using DbChatOps.Targets;
using DbChatOps.Tests.PostgreSql;
using Npgsql;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Engines;

/// <summary>Sessions that no signal interrupts, sessions with power that others gave, and servers that let nobody in.</summary>
public abstract class PostgreSqlStubborn(PostgreSqlStage stage) : PostgreSqlScene(stage)
{
    /// <summary>Runs for some seconds and asks for no signal on the way: its time grows with the square of the length.</summary>
    private const string Uninterruptible = "SELECT length(normalize(repeat(U&'\\0315\\0300', 12000), NFD))";

    private const string StartingUp =
        """
        SELECT l.pid FROM pg_locks l LEFT JOIN pg_stat_activity a USING (pid) WHERE l.pid IS NOT NULL AND a.pid IS NULL
         UNION
        SELECT a.pid FROM pg_stat_activity a WHERE a.backend_type IN ('client backend', 'walsender') AND a.usesysid IS NULL
        """;

    [Fact]
    public async Task A_statement_that_cannot_be_interrupted_is_stripped_and_named_and_never_gone_before_it_ends()
    {
        var login = await MintAsync(AccessLevel.Write);
        await using var session = await ConnectAsync(login);
        await using var engine = new PostgreSqlLoginEngine(TimeProvider.System, PostgreSqlStage.Key, new PostgreSqlEngineOptions { StubbornAfter = TimeSpan.FromSeconds(1) });
        var processId = session.ProcessID;
        var running = RunAsync(session, Uninterruptible);
        await Pair.WaitForAsync($"SELECT count(*) > 0 FROM pg_stat_activity WHERE usesysid = {login.Oid} AND state = 'active'");

        var reports = new List<RevocationReport>();
        while (reports.LastOrDefault() is not { Stage: RevocationStage.ProvenGone } && reports.Count < 400)
        {
            reports.Add((await engine.EndAsync(new EndLogins { Server = Server, Logins = [new EndingLogin(login.Name, login.Oid)] }, Ct))[0]);
        }

        var stripped = reports.First(static report => report.Stage == RevocationStage.Stripped);
        stripped.Uninterruptible.ShouldHaveSingleItem().ProcessId.ShouldBe(processId);
        stripped.Blockers.ShouldContain(b => b.Contains($"session {processId}", StringComparison.Ordinal) && b.Contains("cannot be interrupted", StringComparison.Ordinal));
        reports.ShouldAllBe(static report => report.Stage != RevocationStage.Contained || report.Uninterruptible.Count == 0);
        reports[^1].ShouldBeProvenGone();
        await Should.ThrowAsync<NpgsqlException>(() => running);
        reports.IndexOf(stripped).ShouldBeGreaterThan(0, "it is not called so before a signal had its time");
    }

    [Fact]
    public async Task A_login_that_keeps_a_role_is_not_called_stripped_whatever_its_session_runs()
    {
        await Pair.PsqlAsync("CREATE ROLE kept");
        var login = await MintAsync(AccessLevel.Write);
        await Pair.PsqlAsync($"GRANT kept TO {login.Name}");
        await using var holder = new NpgsqlConnection(Pair.SuperuserConnectionString());
        await holder.OpenAsync(Ct);
        await RunAsync(holder, "BEGIN");
        await RunAsync(holder, $"REVOKE kept FROM {login.Name}");
        await using var session = await ConnectAsync(login);
        await using var engine = new PostgreSqlLoginEngine(TimeProvider.System, PostgreSqlStage.Key, new PostgreSqlEngineOptions { StubbornAfter = TimeSpan.Zero });
        var running = RunAsync(session, Uninterruptible);
        await Pair.WaitForAsync($"SELECT count(*) > 0 FROM pg_stat_activity WHERE usesysid = {login.Oid} AND state = 'active'");

        while (!running.IsCompleted)
        {
            (await engine.EndAsync(new EndLogins { Server = Server, Logins = [new EndingLogin(login.Name, login.Oid)] }, Ct))[0].Stage.ShouldNotBe(RevocationStage.Stripped);
        }

        await Should.ThrowAsync<NpgsqlException>(() => running);
        await RunAsync(holder, "ROLLBACK");
        (await EndAsync(login)).ShouldBeProvenGone();
        await Pair.PsqlAsync("DROP ROLE kept");
    }

    [Fact]
    public async Task A_login_that_others_made_a_superuser_loses_that_with_its_sessions_and_holds_up_no_other()
    {
        var elevated = await MintAsync(AccessLevel.Write);
        var plain = await MintAsync(AccessLevel.Write);
        await Pair.PsqlAsync($"ALTER ROLE {elevated.Name} SUPERUSER CREATEROLE");
        await using var first = await ConnectAsync(elevated);
        await using var second = await ConnectAsync(plain);

        var reports = await StepAsync([elevated, plain]);

        reports.ShouldAllBe(static report => report.Stage == RevocationStage.ProvenGone);
        await Should.ThrowAsync<NpgsqlException>(() => RunAsync(first, "SELECT 1"));
        await Should.ThrowAsync<NpgsqlException>(() => RunAsync(second, "SELECT 1"));
        reports.Single(report => report.Oid == elevated.Oid).Proof.ShouldNotBeNull().NotChecked
            .ShouldContain(static gap => gap.Contains("SUPERUSER, CREATEROLE", StringComparison.Ordinal));
        reports.Single(report => report.Oid == plain.Oid).Proof.ShouldNotBeNull().NotChecked.ShouldNotContain(static gap => gap.Contains("SUPERUSER", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_bot_that_may_not_see_the_sessions_of_others_proves_nothing()
    {
        var login = await MintAsync();
        await Pair.PsqlAsync("REVOKE pg_read_all_stats FROM dbchatops_bot");
        try
        {
            var report = await StepAsync(login);

            report.Stage.ShouldNotBe(RevocationStage.ProvenGone);
            report.Blockers.ShouldContain(static b => b.EndsWith("GRANT pg_read_all_stats TO dbchatops_bot", StringComparison.Ordinal));
        }
        finally
        {
            await Pair.PsqlAsync("GRANT pg_read_all_stats TO dbchatops_bot");
        }

        (await EndAsync(login)).ShouldBeProvenGone();
    }

    /// <summary>The owner of a database can make all who enter it wait, with a rename that has not ended.</summary>
    [Fact]
    [Trait("Trap", "T-03")]
    public async Task A_start_up_that_others_keep_waiting_is_ended_when_the_time_for_logging_in_is_over()
    {
        var login = await MintAsync();
        await using var holder = new NpgsqlConnection(Pair.SuperuserConnectionString());
        await holder.OpenAsync(Ct);
        await Pair.SetAsync("authentication_timeout", "1s");
        try
        {
            await RunAsync(holder, "BEGIN");
            await RunAsync(holder, "ALTER DATABASE billing RENAME TO kept_waiting");
            var (pending, process) = await StartUpAsync(Pair.ConnectionString(login.Name, login.Password.Reveal(), "billing"));

            (await EndAsync(login)).ShouldBeProvenGone();

            (await Should.ThrowAsync<PostgresException>(() => pending)).SqlState.ShouldBe(PostgresErrorCodes.AdminShutdown, $"{process} was still starting up");
        }
        finally
        {
            await Pair.SetAsync("authentication_timeout", "1min");
        }
    }

    /// <summary>From 18 on it is listed as another kind of backend.</summary>
    [Fact]
    public async Task A_start_up_for_replication_that_others_made_possible_is_waited_for_too()
    {
        var login = await MintAsync();
        await Pair.PsqlAsync($"ALTER ROLE {login.Name} REPLICATION");
        await using var replication = new Npgsql.Replication.LogicalReplicationConnection(
            Pair.ConnectionString(login.Name, login.Password.Reveal(), "orders", options: "-c post_auth_delay=2"));
        var opening = replication.Open(Ct);
        await Pair.WaitForAsync($"SELECT count(*) = 1 FROM ({StartingUp}) s");

        var report = await StepAsync(login);

        report.Stage.ShouldBe(RevocationStage.Exposed);
        report.Blockers.ShouldContain(static b => b.Contains("starting up", StringComparison.Ordinal));
        (await EndAsync(login)).ShouldBeProvenGone();
        await Should.ThrowAsync<Exception>(async () =>
        {
            await opening;
            await replication.IdentifySystem(Ct);
        });
    }

    /// <summary>What was learnt after the first lock says nothing of those that came while it was undone.</summary>
    [Fact]
    public async Task A_start_up_of_a_login_that_somebody_opened_again_between_two_steps_is_waited_for()
    {
        var login = await MintAsync(AccessLevel.Ddl);
        await using (var session = await ConnectAsync(login))
        {
            await RunAsync(session, "BEGIN");
            await RunAsync(session, "PREPARE TRANSACTION 'keeps it for a while'");
        }

        (await SettleAsync(login)).ShouldHaveSingleItem().Stage.ShouldBe(RevocationStage.Contained);
        await Pair.PsqlAsync($"ALTER ROLE {login.Name} LOGIN PASSWORD 'opened' VALID UNTIL 'infinity' CONNECTION LIMIT 5");
        var (pending, _) = await StartUpAsync(Pair.ConnectionString(login.Name, "opened", "orders", options: "-c post_auth_delay=2"));

        (await StepAsync(login)).Stage.ShouldBe(RevocationStage.Exposed);

        await Pair.PsqlAsync("ROLLBACK PREPARED 'keeps it for a while'", "orders");
        (await EndAsync(login)).ShouldBeProvenGone();
        await Should.ThrowAsync<NpgsqlException>(async () => await RunAsync(await pending, "SELECT 1"));
    }

    [Fact]
    public async Task A_start_up_that_still_has_time_for_logging_in_is_named_and_not_ended()
    {
        var login = await MintAsync();
        var (pending, process) = await StartUpAsync(Pair.SuperuserConnectionString() + ";Options=-c post_auth_delay=3");

        var report = await StepAsync(login);

        report.Stage.ShouldBe(RevocationStage.Exposed);
        report.Blockers.ShouldContain(b => b.Contains($"connection {process}, starting up since {DateTime.UtcNow:yyyy-MM-dd}", StringComparison.Ordinal)
            && b.Contains("The bot ends it after authentication_timeout.", StringComparison.Ordinal) && b.EndsWith($"SELECT pg_terminate_backend({process})", StringComparison.Ordinal));
        await using var session = await pending;
        (await AskAsync(session, "SELECT pg_backend_pid()")).ShouldBe(process);
        (await EndAsync(login)).ShouldBeProvenGone();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_server_whose_connections_are_used_up_keeps_the_bot_out_only_if_nothing_was_owed_there(bool owed)
    {
        var login = await MintAsync(AccessLevel.Write);
        await using var session = await ConnectAsync(login);
        await Stage.Engine.StandReadyAsync(Server, wanted: owed, Ct);
        var halfOpen = new HalfOpenLogins(Pair.WriterPort);
        try
        {
            await FillAsync(halfOpen);
            if (!owed)
            {
                await ShouldBeKeptOutAsync(login, halfOpen);
                return;
            }

            // During the ending too: new ones take the place of those that are turned away.
            for (var look = 0; look < 3; look++)
            {
                await Stage.Engine.StandReadyAsync(Server, wanted: true, Ct);
                await FillAsync(halfOpen);
            }

            var report = (await SettleAsync(login)).ShouldHaveSingleItem();
            report.Stage.ShouldBeOneOf(RevocationStage.Contained, RevocationStage.ProvenGone, RevocationStage.Exposed);
            await Should.ThrowAsync<NpgsqlException>(() => RunAsync(session, "SELECT 1"));
        }
        finally
        {
            halfOpen.Dispose();
            await Stage.Engine.StandReadyAsync(Server, wanted: false, Ct);
        }

        await Pair.WaitForAsync("SELECT true");
        (await EndAsync(login)).ShouldBeProvenGone();
    }

    /// <summary>A connection that has passed the login check and is no session yet, with its process.</summary>
    private async Task<(Task<NpgsqlConnection> Pending, int ProcessId)> StartUpAsync(string connectionString)
    {
        var pending = OpenAsync();
        await Pair.WaitForAsync($"SELECT count(*) = 1 FROM ({StartingUp}) s");
        return (pending, int.Parse((await Pair.AskAsync(StartingUp)).ShouldNotBeNull(), CultureInfo.InvariantCulture));

        async Task<NpgsqlConnection> OpenAsync()
        {
            var connection = new NpgsqlConnection(connectionString);
            await connection.OpenAsync(Ct);
            return connection;
        }
    }

    /// <summary>A connection that was closed a moment ago still counts as one, and then gives its place back: that place is filled too.</summary>
    private async Task ShouldBeKeptOutAsync(ManagedLoginHandle login, HalfOpenLogins halfOpen)
    {
        for (var attempt = 0; attempt < 20 && !await IsKeptOutAsync(() => StepAsync(login)); attempt++)
        {
            await FillAsync(halfOpen);
        }

        await Should.ThrowAsync<TargetUnavailableException>(() => StepAsync(login));
    }

    private Task FillAsync(HalfOpenLogins halfOpen) => halfOpen.FillAsync(() => IsKeptOutAsync(() => Stage.Engine.IdentifyAsync(Server, Ct)), Ct);

    private static async Task<bool> IsKeptOutAsync(Func<Task> attempt)
    {
        try
        {
            await attempt();
            return false;
        }
        catch (TargetUnavailableException)
        {
            return true;
        }
    }
}

public sealed class PostgreSqlStubborn14Tests(PostgreSql14Alone stage) : PostgreSqlStubborn(stage), IClassFixture<PostgreSql14Alone>;

public sealed class PostgreSqlStubborn18Tests(PostgreSql18Alone stage) : PostgreSqlStubborn(stage), IClassFixture<PostgreSql18Alone>;
