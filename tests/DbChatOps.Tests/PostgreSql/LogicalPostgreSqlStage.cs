namespace DbChatOps.Tests.PostgreSql;

/// <summary>The usual servers, where databases can be subscribed to.</summary>
public sealed class LogicalPostgreSqlStage() : PostgreSqlStage(new PostgreSqlPair(new ClusterShape { Settings = "wal_level = logical" }));
