namespace DbChatOps.Tests.PostgreSql;

/// <summary>The same servers of one major; each class of tests has clusters of its own.</summary>
public sealed class PostgreSql14Stage() : PostgreSqlStage(new PostgreSqlPair(new ClusterShape { Major = 14 }));

public sealed class PostgreSql15Stage() : PostgreSqlStage(new PostgreSqlPair(new ClusterShape { Major = 15 }));

public sealed class PostgreSql16Stage() : PostgreSqlStage(new PostgreSqlPair(new ClusterShape { Major = 16 }));

public sealed class PostgreSql17Stage() : PostgreSqlStage(new PostgreSqlPair(new ClusterShape { Major = 17 }));

public sealed class PostgreSql18Stage() : PostgreSqlStage(new PostgreSqlPair(new ClusterShape { Major = 18 }));
