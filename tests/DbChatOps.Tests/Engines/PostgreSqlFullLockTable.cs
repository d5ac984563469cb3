using DbChatOps.Targets;
using DbChatOps.Tests.PostgreSql;
using Npgsql;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Engines;

/// <summary>
/// Any login can fill the server's shared lock table. Then no session can lock a relation, change a role or connect; an ending goes through all the same.
/// </summary>
public abstract class PostgreSqlFullLockTable(PostgreSqlStage stage) : PostgreSqlScene(stage), IAsyncLifetime
{
    // The error is caught there, because it would cost the session of a test, as it costs that of the bot.
    private const string FillForTheSession =
        "DO $$ BEGIN PERFORM pg_advisory_lock(i) FROM generate_series(1, 1000000) i; EXCEPTION WHEN out_of_memory THEN PERFORM set_config('tests.full', 'yes', false); END $$";

    /// <summary>As many as there is room for: a failed portion is given back, and a smaller one tried.</summary>
    private const string FillForTheTransaction =
        """
        DO $$
        DECLARE
            portion integer := 4096;
            next integer := 0;
        BEGIN
            -- To be prepared it needs some itself.
            PERFORM pg_current_xact_id();
            WHILE portion > 8 LOOP
                BEGIN
                    PERFORM pg_advisory_xact_lock(next + i) FROM generate_series(1, portion) i;
                    next := next + portion;
                EXCEPTION
                    WHEN out_of_memory THEN portion := portion / 2;
                END;
            END LOOP;
        END
        $$
        """;

    public async ValueTask InitializeAsync()
    {
        await WaitForRoomAsync();
        await Pair.PsqlAsync("DO $$ BEGIN IF to_regrole('neighbour') IS NULL THEN CREATE ROLE neighbour LOGIN PASSWORD 'n'; END IF; END $$");
        await Stage.Engine.StandReadyAsync(Server, wanted: true, Ct);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        await Stage.Engine.StandReadyAsync(Server, wanted: false, CancellationToken.None);
    }

    [Fact]
    public async Task Its_own_session_cannot_keep_a_login_this_way()
    {
        var login = await MintAsync(AccessLevel.Write);
        await using var session = await ConnectAsync(login);
        await FillAsync(session);

        (await EndThroughAsync(login)).ShouldBeProvenGone();

        await Should.ThrowAsync<NpgsqlException>(() => RunAsync(session, "SELECT 1"));
    }

    [Fact]
    public async Task Its_own_prepared_transaction_cannot_keep_a_login_this_way()
    {
        var login = await MintAsync(AccessLevel.Write);
        await using (var session = await ConnectAsync(login))
        {
            await RunAsync(session, "BEGIN");
            await RunAsync(session, FillForTheTransaction);
            await RunAsync(session, "PREPARE TRANSACTION 'full'");
        }

        (await EndThroughAsync(login)).ShouldBeProvenGone();
    }

    [Fact]
    public async Task Another_temporary_login_cannot_and_loses_that_session_only()
    {
        var hoarder = await MintAsync(AccessLevel.Read);
        var login = await MintAsync(AccessLevel.Write);
        await using var session = await ConnectAsync(login);
        await using var hoard = await ConnectAsync(hoarder);
        await FillAsync(hoard);

        (await EndThroughAsync(login)).ShouldBeProvenGone();

        await Should.ThrowAsync<NpgsqlException>(() => RunAsync(session, "SELECT 1"));
        await Should.ThrowAsync<NpgsqlException>(() => RunAsync(hoard, "SELECT 1"));
        await using var again = await ConnectAsync(hoarder);
        (await AskAsync(again, "SELECT 1")).ShouldBe(1);
        (await EndAsync(hoarder)).ShouldBeProvenGone();
    }

    [Fact]
    public async Task Somebody_elses_session_cannot_and_goes_on()
    {
        var login = await MintAsync(AccessLevel.Write);
        await using var session = await ConnectAsync(login);
        await using var hoard = await Stage.ConnectAsync("neighbour", new Secret("n"));
        await FillAsync(hoard);

        (await EndThroughAsync(login)).ShouldBeProvenGone();

        await Should.ThrowAsync<NpgsqlException>(() => RunAsync(session, "SELECT 1"));
        (await AskAsync(hoard, "SELECT 1")).ShouldBe(1);
    }

    [Fact]
    public async Task The_reserve_is_there_after_each_ending_and_does_not_grow()
    {
        for (var round = 0; round < 3; round++)
        {
            (await EndThroughAsync(await MintAsync(AccessLevel.Write))).ShouldBeProvenGone();
            await Stage.Engine.StandReadyAsync(Server, wanted: true, Ct);
        }

        (await Pair.AskAsync("SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE a.usename = 'dbchatops_bot' AND l.locktype = 'advisory'")).ShouldBe("256");
    }

    [Fact]
    public async Task Without_a_reserve_who_fills_the_table_is_named_and_the_end_comes_with_room()
    {
        var login = await MintAsync(AccessLevel.Write);
        await using var session = await ConnectAsync(login);
        await using var hoard = await Stage.ConnectAsync("neighbour", new Secret("n"));
        await FillAsync(hoard);
        // Ending a login that does not exist uses the reserve up too. The first step may lose its connection, and the next one comes before that has let go.
        await EndThroughAsync(login with { Name = "dbco_absent_00000000", Oid = 1 }, steps: 2);
        await FillAsync(hoard);

        var fault = await Should.ThrowAsync<TargetUnavailableException>(() => StepAsync(login));

        fault.Message.ShouldContain("its shared lock table is full");
        fault.Message.ShouldContain($"session {hoard.ProcessID} of neighbour with ");
        fault.Message.ShouldContain($"SELECT pg_terminate_backend({hoard.ProcessID})");
        await hoard.DisposeAsync();
        (await EndThroughAsync(login)).ShouldBeProvenGone();
        await Should.ThrowAsync<NpgsqlException>(() => RunAsync(session, "SELECT 1"));
    }

    /// <summary>The server notices a moment later that the previous test closed its session, and refuses connections until then.</summary>
    private async Task WaitForRoomAsync()
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                await Pair.WaitForAsync("SELECT count(*) < 1000 FROM pg_locks");
                return;
            }
            catch (PostgresException full) when (full.SqlState == PostgresErrorCodes.OutOfMemory && attempt < 500)
            {
                await Task.Delay(10, Ct);
            }
        }
    }

    /// <summary>Steps as the flow takes them: a server that could not be asked is asked again.</summary>
    private async Task<RevocationReport> EndThroughAsync(ManagedLoginHandle login, int steps = 40)
    {
        for (var step = 1; ; step++)
        {
            try
            {
                var report = await StepAsync(login);
                if (step >= steps || report.Stage == RevocationStage.ProvenGone)
                {
                    return report;
                }
            }
            catch (TargetUnavailableException) when (step < steps)
            {
            }
        }
    }

    private static async Task FillAsync(NpgsqlConnection session)
    {
        // Twice: a session that was just leaving may have made room meanwhile.
        await RunAsync(session, FillForTheSession);
        await RunAsync(session, FillForTheSession);
        (await AskAsync(session, "SELECT current_setting('tests.full')")).ShouldBe("yes");
    }
}

public sealed class PostgreSqlFullLockTable14Tests(PostgreSql14Alone stage) : PostgreSqlFullLockTable(stage), IClassFixture<PostgreSql14Alone>;

public sealed class PostgreSqlFullLockTable18Tests(PostgreSql18Alone stage) : PostgreSqlFullLockTable(stage), IClassFixture<PostgreSql18Alone>;
