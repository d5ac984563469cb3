using Dapper;
using DbChatOps.Access;
using DbChatOps.Host.Flow;
using DbChatOps.Ledger;
using DbChatOps.Playground.World;
using DbChatOps.Targets;
using DbChatOps.Tests.Journeys;
using DbChatOps.Tests.PostgreSql;
using Microsoft.Data.Sqlite;
using Shouldly;
using Xunit;
using static DbChatOps.Tests.Journeys.BotUnderTest;

namespace DbChatOps.Tests.Faults;

/// <summary>What can go wrong inside the bot itself: rows that cannot be worked, claims nobody released, a store that cannot be written.</summary>
public sealed class AgendaFaultTests(PostgreSqlStage stage) : IClassFixture<PostgreSqlStage>
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(31);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_row_that_this_release_cannot_read_holds_up_nobody()
    {
        await using var bot = await StartAsync(stage);
        await bot.HasAccessAsync();
        await ExecuteAsync(bot, "INSERT INTO agenda (key, lane, priority, due, revision, attempts, item) VALUES ('odd', 'engine:orders', 0, 0, 1, 0, CAST('{\"kind\":\"later\"}' AS BLOB))");
        await ExecuteAsync(bot, "INSERT INTO agenda (key, lane, priority, due, revision, attempts, item) VALUES ('odder', 'dispatch', 0, 0, 1, 0, CAST('{' AS BLOB))");

        await bot.PassesAsync(Window);

        await bot.LeavesNothingBehindAsync();
        bot.Log.All.ShouldContain(line => line.Contains("odd of lane engine:orders cannot be read", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_row_that_always_fails_does_not_keep_its_neighbours_access_alive()
    {
        await using var bot = await StartAsync(stage);
        await bot.HasAccessAsync();
        var grant = (await bot.GrantsAsync()).ShouldHaveSingleItem();
        var damaged = new GrantId(Guid.CreateVersion7());
        await ExecuteAsync(bot, $"INSERT INTO snapshots (kind, key, version, born, open, state, exposed, body) VALUES ('grant', '{damaged}', 1, 0, 0, 'Revoked', 0, CAST('[]' AS BLOB))");
        var end = grant.Expiry!.Value;
        await bot.Ledger.CommitAsync(
            new Change
            {
                Agenda =
                [
                    new AgendaRow { Key = "converge:damaged", Lane = "engine:orders", Priority = AgendaPriority.Revoke, Due = end, Item = new AgendaItem.Converge(damaged) },
                    new AgendaRow { Key = "dispatch:damaged", Lane = Lanes.Dispatch, Priority = AgendaPriority.Revoke, Due = end, Item = new AgendaItem.Dispatch(new EndGrant(damaged, EndReason.Expired)) },
                    new AgendaRow { Key = "nobody", Lane = "nobody:works this", Priority = AgendaPriority.Revoke, Due = end, Item = new AgendaItem.Show("x") },
                ],
            },
            Ct);

        await bot.PassesAsync(Window);

        (await bot.GrantsAsync(open: true)).ShouldBeEmpty();
        (await bot.LoginsAsync()).ShouldBe("");
        await ExecuteAsync(bot, $"DELETE FROM snapshots WHERE key = '{damaged}'");
    }

    [Fact]
    public async Task A_lane_whose_worker_vanished_is_taken_up_when_its_claim_runs_out()
    {
        await using var bot = await StartAsync(stage);
        await bot.HasAccessAsync();
        bot.Clock.Advance(Window);
        var now = bot.Clock.GetUtcNow();
        (await bot.Get<IAgendaStore>().ClaimDueLanesAsync(now, now + Agenda.ClaimFor, new ClaimSize(50, 50), Ct)).ShouldNotBeEmpty();
        await bot.SettlesAsync();
        (await bot.GrantsAsync(open: true)).ShouldNotBeEmpty();

        await bot.PassesAsync(Agenda.ClaimFor);

        await bot.LeavesNothingBehindAsync();
    }

    [Fact]
    public async Task Timers_that_were_lost_are_put_back()
    {
        await using var bot = await StartAsync(stage);
        await bot.HasAccessAsync();
        await bot.Says(Cy, "/db access orders-prod read 30m nobody will answer");
        await ExecuteAsync(bot, "DELETE FROM agenda");
        await bot.PassesAsync(TimeSpan.FromHours(5));
        (await bot.GrantsAsync(open: true)).ShouldNotBeEmpty();

        (await bot.Get<SelfCheck>().LookAsync(Ct)).ShouldBeGreaterThan(0);
        await bot.SettlesAsync();

        await bot.LeavesNothingBehindAsync();
        (await bot.Get<SelfCheck>().LookAsync(Ct)).ShouldBe(0);
    }

    [Fact]
    public async Task Rows_that_no_longer_apply_change_nothing()
    {
        await using var bot = await StartAsync(stage);
        await bot.HasAccessAsync();
        var grant = (await bot.GrantsAsync()).ShouldHaveSingleItem();
        var entries = await EntriesAsync(bot);
        var logins = await bot.LoginsAsync();
        await bot.Ledger.CommitAsync(
            new Change
            {
                Agenda =
                [
                    Row("a", Lanes.Dispatch, new AgendaItem.Dispatch(new EndGrant(grant.Id, EndReason.Expired))),
                    Row("b", Lanes.Dispatch, new AgendaItem.Dispatch(new EndGrant(grant.Id, EndReason.Unclaimed))),
                    Row("c", "engine:orders", new AgendaItem.Converge(grant.Id)),
                    Row("d", "engine:orders", new AgendaItem.Converge(new GrantId(Guid.CreateVersion7()))),
                    Row("e", $"handover:{grant.Id}", new AgendaItem.HandOver(grant.Id, grant.Generation, "V0GONE0000")),
                    Row("f", "chat:" + Seed.Approvals.Id, new AgendaItem.Show("request:nothing")),
                ],
            },
            Ct);

        await bot.SettlesAsync();

        (await EntriesAsync(bot)).ShouldBe(entries);
        (await bot.LoginsAsync()).ShouldBe(logins);
        (await bot.GrantsAsync()).ShouldHaveSingleItem().ShouldBeEquivalentTo(grant);
        bot.ShowsEachCardOnce();
    }

    [Fact]
    public async Task Stopping_lets_an_ending_that_is_under_way_be_written_down()
    {
        var engine = new EngineRecord();
        await using var bot = await StartAsync(stage, compose: services => services.Decorate<ILoginEngine>(engine.Watch));
        await bot.HasAccessAsync();
        var (reached, goOn) = (new TaskCompletionSource(), new TaskCompletionSource());
        engine.BeforeEnding = () =>
        {
            reached.TrySetResult();
            return goOn.Task;
        };
        await bot.Get<Pulse>().StartAsync(Ct);
        await bot.Driver.Says(Ana, "/db release");
        await reached.Task.WaitAsync(Ct);

        var stopping = bot.Get<Pulse>().StopAsync(Ct);
        stopping.IsCompleted.ShouldBeFalse();
        goOn.SetResult();
        await stopping;

        (await bot.LoginsAsync()).ShouldBe("");
        (await bot.GrantsAsync()).ShouldHaveSingleItem().State.ShouldBe(GrantState.Revoked);
    }

    [Fact]
    public async Task A_store_that_cannot_be_written_refuses_without_half_doing_and_works_again_later()
    {
        var disk = new Disk();
        await using var bot = await StartAsync(stage, compose: services => services.Decorate<ILedger>(disk.Under));
        await bot.HasAccessAsync();
        disk.IsFull = true;

        var answer = await bot.Driver.Says(Cy, "/db access orders-prod read 30m checking INC-43");
        answer!.Body.ShouldContain("Nothing was done");
        bot.Clock.Advance(Window);
        await bot.Get<Agenda>().StartDueAsync(Ct);
        await Task.WhenAll(bot.Get<Agenda>().UnderWay);
        (await bot.RequestsAsync()).ShouldHaveSingleItem();

        disk.IsFull = false;
        await bot.PassesAsync(TimeSpan.FromMinutes(1));
        await bot.LeavesNothingBehindAsync();

        await bot.RestartAsync();
        (await bot.RequestsAsync()).ShouldHaveSingleItem("what was answered with \"nothing was done\" is not done behind somebody's back");
    }

    [Fact]
    public async Task Access_that_was_revoked_before_its_reveal_was_worked_gets_no_password()
    {
        var engine = new EngineRecord();
        await using var bot = await StartAsync(stage, compose: services => services.Decorate<ILoginEngine>(engine.Watch));
        await bot.Says(Ana, "/db access orders-prod read 30m checking INC-42");
        await bot.Presses(Bo, "Approve…", Seed.Approvals);
        await bot.Submits(Bo);
        await bot.Driver.Presses(Ana, "Show credentials");
        await bot.Driver.Says(Ana, "/db release");

        // Only the hand-over: the ending has not begun on the server.
        var grant = (await bot.GrantsAsync()).ShouldHaveSingleItem();
        grant.State.ShouldBe(GrantState.Revoking);
        var row = Row("late", $"handover:{grant.Id}", new AgendaItem.HandOver(grant.Id, grant.Generation, grant.Revealing!.View));
        var lane = bot.Get<IEnumerable<ILaneWorker>>().OfType<HandOverLane>().Single();
        await lane.WorkAsync(new LaneClaim(row.Lane, bot.Clock.GetUtcNow() + Agenda.ClaimFor, [new ClaimedRow(row, 1, 0)]), Ct);

        engine.Set.ShouldBeEmpty();
        await bot.SettlesAsync();
        await bot.LeavesNothingBehindAsync();
    }

    private static AgendaRow Row(string key, string lane, AgendaItem item) =>
        new() { Key = key, Lane = lane, Priority = AgendaPriority.Revoke, Due = DateTimeOffset.UnixEpoch, Item = item };

    private static async Task ExecuteAsync(BotUnderTest bot, string sql)
    {
        await using var connection = new SqliteConnection($"Data Source={bot.StorePath};Pooling=False");
        await connection.ExecuteAsync(sql);
    }

    private static async Task<long> EntriesAsync(BotUnderTest bot)
    {
        await using var reader = DbChatOps.Host.Storage.SqliteLedgerReader.Open(bot.StorePath);
        return (await reader.ReadHeadAsync(Ct)).Sequence;
    }
}
