namespace DbChatOps.Tests.PostgreSql;

/// <summary>Another pair of servers, for tests in which one must not hold up the other.</summary>
public sealed class SecondPostgreSqlStage() : PostgreSqlStage(new PostgreSqlPair(new ClusterShape { HasOwnIdentity = true }));
