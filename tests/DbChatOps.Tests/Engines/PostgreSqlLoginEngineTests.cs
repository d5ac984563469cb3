using System.Data.Common;
using DbChatOps.Host.Engines.PostgreSql;
using DbChatOps.Targets;
using DbChatOps.Tests.Contracts;
using DbChatOps.Tests.PostgreSql;
using Npgsql;
using Xunit;

namespace DbChatOps.Tests.Engines;

/// <summary>PostgreSQL keeps what every engine promises.</summary>
public sealed class PostgreSqlLoginEngineTests : LoginEngineContract, IClassFixture<PostgreSqlStage>
{
    private readonly PostgreSqlStage _stage;

    public PostgreSqlLoginEngineTests(PostgreSqlStage stage)
    {
        _stage = stage;
        stage.Pair.Require();
        Server = stage.Pair.ToServer();
    }

    protected override ILoginEngine Engine => _stage.Engine;

    protected override Server Server { get; }

    protected override Target Target => PostgreSqlStage.Orders;

    protected override string RefusedPassword => PostgresErrorCodes.InvalidPassword;

    protected override async Task<DbConnection> ConnectAsync(string login, Secret password) => await _stage.ConnectAsync(login, password);
}
