namespace DbChatOps.Tests.PostgreSql;

/// <summary>A cluster that was set up on the machine's own 15, had a login, and was moved to a later major; the set-up script did not run again.</summary>
public abstract class UpgradedStage() : PostgreSqlStage(new PostgreSqlPair(new ClusterShape { HasStandby = false }))
{
    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        if (Pair.Missing is null)
        {
            await Pair.PsqlAsync("GRANT CREATE ON SCHEMA public TO PUBLIC", "orders");
            await Pair.PsqlAsync("GRANT CREATE ON SCHEMA public TO PUBLIC", "billing");
            await UpgradeAsync();
        }
    }

    protected abstract Task UpgradeAsync();
}

public sealed class UpgradedTo18Stage : UpgradedStage
{
    protected override Task UpgradeAsync() => Pair.UpgradeAsync(18);
}

public sealed class MovedTo16Stage : UpgradedStage
{
    protected override Task UpgradeAsync() => Pair.MoveAsync(16);
}
