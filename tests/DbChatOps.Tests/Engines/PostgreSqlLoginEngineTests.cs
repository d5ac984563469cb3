using System.Data.Common;
using DbChatOps.Host.Engines.PostgreSql;
using DbChatOps.Targets;
using DbChatOps.Tests.Contracts;
using DbChatOps.Tests.PostgreSql;
using Npgsql;
using Xunit;

namespace DbChatOps.Tests.Engines;

/// <summary>PostgreSQL keeps what every engine promises; each class below runs all of it on another major or another kind of cluster.</summary>
public abstract class PostgreSqlLoginEngineContract : LoginEngineContract
{
    protected PostgreSqlLoginEngineContract(PostgreSqlStage stage)
    {
        Stage = stage;
        stage.Pair.Require();
        Server = stage.Pair.ToServer();
    }

    protected PostgreSqlStage Stage { get; }

    protected override ILoginEngine Engine => Stage.Engine;

    protected override Server Server { get; }

    protected override Target Target => PostgreSqlStage.Orders;

    protected override string RefusedPassword => PostgresErrorCodes.InvalidPassword;

    protected override async Task<DbConnection> ConnectAsync(string login, Secret password) => await Stage.ConnectAsync(login, password);
}

public sealed class PostgreSqlLoginEngineTests(PostgreSqlStage stage) : PostgreSqlLoginEngineContract(stage), IClassFixture<PostgreSqlStage>;

[Trait("Trap", "T-06")]
[Trait("Major", "14")]
public sealed class PostgreSql14LoginEngineTests(PostgreSql14Stage stage) : PostgreSqlLoginEngineContract(stage), IClassFixture<PostgreSql14Stage>;

[Trait("Trap", "T-06")]
[Trait("Major", "18")]
public sealed class PostgreSql18LoginEngineTests(PostgreSql18Stage stage) : PostgreSqlLoginEngineContract(stage), IClassFixture<PostgreSql18Stage>;
