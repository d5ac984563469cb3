using DbChatOps.Targets;
using DbChatOps.Tests.PostgreSql;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Engines;

/// <summary>Targets whose database, schema and table have names that must be quoted, closed to PUBLIC, used from minting to proof.</summary>
public sealed class PostgreSqlNamesTests(PostgreSqlStage stage) : PostgreSqlScene(stage), IClassFixture<PostgreSqlStage>
{
    [Theory]
    [InlineData("odd1", "MixedCase")]
    [InlineData("odd2", "quo\"ted 'n;ame")]
    [InlineData("odd3", "naïve_数据_база")]
    public async Task A_target_of_any_name_without_anything_for_PUBLIC_is_used_and_its_login_proven_gone(string id, string database)
    {
        var target = PostgreSqlStage.TargetOf(id, database);
        target = target with { Levels = target.Levels.Where(static level => level.Key == AccessLevel.Read).ToDictionary() };
        var quoted = $"\"{database.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
        await Pair.CreateDatabaseAsync(database);
        await Pair.InstallFacadeAsync([PostgreSqlStage.Orders, target]);
        await Pair.PsqlAsync(
            $"""
            REVOKE ALL ON DATABASE {quoted} FROM PUBLIC;
            REVOKE ALL ON SCHEMA public FROM PUBLIC;
            CREATE SCHEMA "Ap'p";
            CREATE TABLE "Ap'p"."Dïnge" AS SELECT 7 AS "Id";
            GRANT CONNECT ON DATABASE {quoted} TO dbchatops_bot, dbchatops_{id}_read;
            GRANT USAGE ON SCHEMA "Ap'p" TO dbchatops_{id}_read;
            GRANT SELECT ON "Ap'p"."Dïnge" TO dbchatops_{id}_read;
            """,
            database);
        var errors = (await Stage.Engine.InspectAsync(Server, [target], Ct)).Findings.Where(static finding => finding.Severity == FindingSeverity.Error);

        var login = await MintAsync(target: target);
        await using var session = await ConnectAsync(login, database);

        errors.Select(static finding => finding.Message).ShouldBeEmpty();
        (await AskAsync(session, "SELECT has_schema_privilege('public', 'USAGE')")).ShouldBe(false);
        (await AskAsync(session, "SELECT \"Id\" FROM \"Ap'p\".\"Dïnge\"")).ShouldBe(7);
        (await EndAsync(login)).ShouldBeProvenGone();
    }
}
