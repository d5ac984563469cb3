using DbChatOps.Tests.PostgreSql;
using Xunit;

namespace DbChatOps.Tests.Engines;

/// <summary>The essentials on a cluster that pg_upgrade moved from 15 to 18.</summary>
[Trait("Trap", "T-06")]
[Trait("Major", "18")]
public sealed class PostgreSqlUpgradedTests(UpgradedTo18Stage stage) : PostgreSqlEssentials(stage, 18), IClassFixture<UpgradedTo18Stage>;

/// <summary>The essentials on a cluster whose roles were moved from 15 to 16 as pg_upgrade moves them.</summary>
[Trait("Trap", "T-06")]
[Trait("Major", "16")]
public sealed class PostgreSqlMovedTests(MovedTo16Stage stage) : PostgreSqlEssentials(stage, 16), IClassFixture<MovedTo16Stage>;
