using System.Data.Common;
using DbChatOps.Host.Engines.PostgreSql;
using DbChatOps.Targets;
using DbChatOps.Tests.Contracts;
using DbChatOps.Tests.PostgreSql;
using Npgsql;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Engines;

/// <summary>T-21: a server that speaks German keeps the same promises, because nothing is read from its words.</summary>
[Trait("Trap", "T-21")]
public sealed class PostgreSqlInGermanTests : LoginEngineContract, IClassFixture<GermanPostgreSqlStage>
{
    private readonly GermanPostgreSqlStage _stage;

    public PostgreSqlInGermanTests(GermanPostgreSqlStage stage)
    {
        _stage = stage;
        stage.Pair.Require();
        Server = stage.Pair.ToServer();
    }

    protected override ILoginEngine Engine => _stage.Engine;

    protected override Server Server { get; }

    protected override Target Target => PostgreSqlStage.Orders;

    [Fact]
    public async Task The_server_does_speak_german()
    {
        var fault = await Should.ThrowAsync<PostgresException>(() => _stage.Pair.AskAsync("SELECT * FROM no_such_table"));

        fault.MessageText.ShouldContain("existiert nicht");
    }

    protected override string RefusedPassword => PostgresErrorCodes.InvalidPassword;

    protected override async Task<DbConnection> ConnectAsync(string login, Secret password) => await _stage.ConnectAsync(login, password);
}
