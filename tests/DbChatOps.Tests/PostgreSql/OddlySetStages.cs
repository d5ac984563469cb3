namespace DbChatOps.Tests.PostgreSql;

/// <summary>
/// PostgreSQL 14 whose whole cluster writes and reads values otherwise than usual. The letters IST, which this zone writes, are read as Israel's time.
/// </summary>
public sealed class OddlySetClusterStage() : PostgreSqlStage(new PostgreSqlPair(new ClusterShape
{
    Major = 14,
    HasStandby = false,
    Method = "md5",
    Settings =
        """
        datestyle = 'SQL, DMY'
        timezone = 'Asia/Kolkata'
        intervalstyle = 'sql_standard'
        bytea_output = 'escape'
        extra_float_digits = -15
        standard_conforming_strings = off
        escape_string_warning = off
        password_encryption = 'md5'
        log_statement = 'all'
        max_prepared_transactions = 0
        """,
}));

/// <summary>
/// PostgreSQL 18 with such settings on the admin database and on the bot's login. The zone's letters are a number that is not its offset, which every major misreads.
/// </summary>
public sealed class OddlySetBotStage() : PostgreSqlStage(new PostgreSqlPair(new ClusterShape
{
    Major = 18,
    HasStandby = false,
    Method = "md5",
    Settings = "max_prepared_transactions = 5\nlog_statement = 'ddl'",
}))
{
    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        if (Pair.Missing is null)
        {
            await Pair.PsqlAsync(
                $"""
                ALTER DATABASE {PostgreSqlPair.AdminDatabase} SET datestyle = 'Postgres, MDY';
                ALTER DATABASE {PostgreSqlPair.AdminDatabase} SET timezone = '<+05>-3';
                ALTER DATABASE {PostgreSqlPair.AdminDatabase} SET intervalstyle = 'iso_8601';
                ALTER ROLE dbchatops_bot SET bytea_output = 'escape';
                ALTER ROLE dbchatops_bot SET extra_float_digits = -15;
                ALTER ROLE dbchatops_bot SET password_encryption = 'md5';
                ALTER ROLE dbchatops_bot SET standard_conforming_strings = off;
                ALTER ROLE dbchatops_bot SET log_statement = 'all';
                """);
        }
    }
}
