namespace DbChatOps.Tests.PostgreSql;

/// <summary>
/// The same servers, set up as <c>check</c> complains about: sessions may make things in schemas, as on servers that began before PostgreSQL 15. For what
/// must be cleaned up after them all the same.
/// </summary>
public sealed class CarelessPostgreSqlStage : PostgreSqlStage
{
    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        if (Pair.Missing is null)
        {
            await Pair.PsqlAsync("GRANT CREATE ON SCHEMA public TO PUBLIC; GRANT CREATE ON SCHEMA app TO dbchatops_orders_write", "orders");
            await Pair.PsqlAsync("GRANT CREATE ON SCHEMA public TO PUBLIC", "billing");
        }
    }
}
