using DbChatOps.Tests.PostgreSql;
using Npgsql;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Engines;

/// <summary>T-21: a server that speaks German keeps the same promises, because nothing is read from its words.</summary>
[Trait("Trap", "T-21")]
public sealed class PostgreSqlInGermanTests(GermanPostgreSqlStage stage) : PostgreSqlLoginEngineContract(stage), IClassFixture<GermanPostgreSqlStage>
{
    [Fact]
    public async Task The_server_does_speak_german()
    {
        var fault = await Should.ThrowAsync<PostgresException>(() => Stage.Pair.AskAsync("SELECT * FROM no_such_table"));

        fault.MessageText.ShouldContain("existiert nicht");
    }
}
