using DbChatOps.Tests.PostgreSql;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Engines;

/// <summary>A base backup and a logical subscriber show up where standbys do. Nobody can log in there, so neither holds up a proof.</summary>
public sealed class PostgreSqlOtherReceiverTests(LogicalPostgreSqlStage stage) : PostgreSqlScene(stage), IClassFixture<LogicalPostgreSqlStage>
{
    private static readonly string[] Codes = ["standby_not_listed", "wal_archiver"];

    [Fact]
    public async Task A_base_backup_that_runs_holds_up_no_proof()
    {
        await using var backup = await Pair.StartBackupAsync();

        await IsOfNoAccountAsync();
        (await Pair.AskAsync("SELECT count(*) FROM pg_stat_replication WHERE state = 'backup'")).ShouldBe("1", "it still runs");
    }

    [Fact]
    public async Task A_logical_subscriber_holds_up_no_proof()
    {
        await Pair.SubscribeAsync("reports", from: "orders", into: "billing");
        try
        {
            await IsOfNoAccountAsync();
        }
        finally
        {
            await Pair.AskAsync("DROP SUBSCRIPTION reports", "billing");
        }
    }

    private async Task IsOfNoAccountAsync()
    {
        var login = await MintAsync();

        (await EndAsync(login)).ShouldBeProvenGone();
        (await Stage.Engine.InspectAsync(Server, [PostgreSqlStage.Orders], Ct)).Findings.ShouldNotContain(static f => Codes.Contains(f.Code, StringComparer.Ordinal));
    }
}
