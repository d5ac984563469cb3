namespace DbChatOps.Tests.PostgreSql;

/// <summary>The same servers, set to German: whoever sorts faults by their words is found out here.</summary>
public sealed class GermanPostgreSqlStage() : PostgreSqlStage(new PostgreSqlPair(new ClusterShape { Locale = "de_DE.UTF-8" }));
