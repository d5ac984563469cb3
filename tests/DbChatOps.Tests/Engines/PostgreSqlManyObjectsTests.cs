using DbChatOps.Targets;
using DbChatOps.Tests.PostgreSql;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Engines;

/// <summary>Everybody may make large objects, as many as they like: one login's pile must not hold up the end of others.</summary>
public sealed class PostgreSqlManyObjectsTests : PostgreSqlScene, IClassFixture<PostgreSqlStage>
{
    private const int Pile = 120_000;

    public PostgreSqlManyObjectsTests(PostgreSqlStage stage)
        : base(stage) => Server = stage.Pair.ToServer(listStandby: false);

    [Fact]
    public async Task A_login_with_a_pile_of_large_objects_is_contained_and_goes_in_portions_and_holds_up_no_other()
    {
        // A standby that is slow to answer on a busy machine would count as exposed; this is about the writer.
        await Pair.Standby.StopAsync();
        await Pair.WaitForAsync("SELECT count(*) = 0 FROM pg_stat_replication");
        var piler = await MintAsync();
        var ordinary = await MintAsync();
        await using (var session = await ConnectAsync(piler))
        {
            await RunAsync(session, "SET statement_timeout = 0");
            await RunAsync(session, "SET default_transaction_read_only = off");
            await RunAsync(session, $"SELECT count(lo_create(0)) FROM generate_series(1, {Pile})");
        }

        var started = TimeProvider.System.GetTimestamp();
        var reports = await StepAsync([piler, ordinary]);
        var took = TimeProvider.System.GetElapsedTime(started);

        reports.Single(r => r.Oid == ordinary.Oid).ShouldBeProvenGone();
        took.ShouldBeLessThan(TimeSpan.FromSeconds(4));
        var report = reports.Single(r => r.Oid == piler.Oid);
        for (var step = 0; step < 400 && report.Stage != RevocationStage.ProvenGone; step++)
        {
            report.Stage.ShouldBe(RevocationStage.Contained);
            // A machine that is busy with other things cancels a portion now and then.
            report.Blockers[0].ShouldBeOneOf(
                "what it left in database orders is on its way to its heir, large objects first", "what it left in database orders is too much to be moved at once");
            report.RetryAfter.ShouldBeLessThan(TimeSpan.FromSeconds(1));
            report = await StepAsync(piler);
        }

        report.ShouldBeProvenGone();
        (await Pair.AskAsync($"SELECT count(*) FROM pg_largeobject_metadata WHERE lomowner = '{piler.Name.Replace("dbco_", "dbchatops_heir_", StringComparison.Ordinal)}'::regrole", "orders"))
            .ShouldBe(Pile.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }
}
