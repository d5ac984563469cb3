namespace DbChatOps.Tests.PostgreSql;

/// <summary>The usual servers, of one major.</summary>
public sealed class PostgreSql14Stage() : PostgreSqlStage(new PostgreSqlPair(new ClusterShape { Major = 14 }));

public sealed class PostgreSql15Stage() : PostgreSqlStage(new PostgreSqlPair(new ClusterShape { Major = 15 }));

public sealed class PostgreSql16Stage() : PostgreSqlStage(new PostgreSqlPair(new ClusterShape { Major = 16 }));

public sealed class PostgreSql17Stage() : PostgreSqlStage(new PostgreSqlPair(new ClusterShape { Major = 17 }));

public sealed class PostgreSql18Stage() : PostgreSqlStage(new PostgreSqlPair(new ClusterShape { Major = 18 }));

/// <summary>Without a standby, where the test is about one server.</summary>
public sealed class PostgreSql14Alone() : PostgreSqlStage(new PostgreSqlPair(new ClusterShape { Major = 14, HasStandby = false }));

public sealed class PostgreSql18Alone() : PostgreSqlStage(new PostgreSqlPair(new ClusterShape { Major = 18, HasStandby = false }));
