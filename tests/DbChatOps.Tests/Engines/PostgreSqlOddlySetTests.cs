using System.Globalization;
using DbChatOps.Targets;
using DbChatOps.Tests.PostgreSql;
using Npgsql;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Engines;

/// <summary>What every engine promises holds where the whole cluster writes and reads values otherwise than usual.</summary>
[Trait("Major", "14")]
public sealed class PostgreSqlOddlySetClusterTests(OddlySetClusterStage stage) : PostgreSqlLoginEngineContract(stage), IClassFixture<OddlySetClusterStage>;

/// <summary>The same where the admin database and the bot's login have such settings.</summary>
[Trait("Major", "18")]
public sealed class PostgreSqlOddlySetBotTests(OddlySetBotStage stage) : PostgreSqlLoginEngineContract(stage), IClassFixture<OddlySetBotStage>;

/// <summary>One odd setting at a time on the bot's login, so that each is seen to do no harm by itself.</summary>
public abstract class PostgreSqlOddSettingContract(PostgreSqlStage stage) : PostgreSqlScene(stage)
{
    [Theory]
    [InlineData("datestyle = 'SQL, DMY'", "timezone = 'Asia/Kolkata'")]
    [InlineData("datestyle = 'Postgres, MDY'", "timezone = 'IST-5:30'")]
    [InlineData("datestyle = 'German'", "timezone = 'Asia/Shanghai'")]
    [InlineData("datestyle = 'SQL, MDY'", "timezone = '<+05>-3'")]
    [InlineData("datestyle = 'Postgres, DMY'", "timezone = 'FOO+4'")]
    [InlineData("intervalstyle = 'iso_8601'")]
    [InlineData("intervalstyle = 'sql_standard'")]
    [InlineData("bytea_output = 'escape'")]
    [InlineData("extra_float_digits = -15")]
    [InlineData("standard_conforming_strings = off")]
    [InlineData("backslash_quote = off")]
    [InlineData("quote_all_identifiers = on")]
    [InlineData("transform_null_equals = on")]
    [InlineData("array_nulls = off")]
    [InlineData("password_encryption = 'md5'")]
    [InlineData("default_transaction_isolation = 'serializable'")]
    [InlineData("default_transaction_deferrable = on")]
    [InlineData("row_security = off")]
    [InlineData("synchronous_commit = off")]
    [InlineData("client_encoding = 'LATIN1'")]
    [InlineData("xmloption = 'document'")]
    [InlineData("check_function_bodies = off")]
    [InlineData("plan_cache_mode = 'force_generic_plan'")]
    public async Task A_setting_of_the_bot_moves_no_end_and_stops_no_ending(params string[] settings)
    {
        foreach (var setting in settings)
        {
            await Pair.AskAsync($"ALTER ROLE dbchatops_bot SET {setting}");
        }

        try
        {
            var before = DateTimeOffset.UtcNow;
            var login = await MintAsync(AccessLevel.Write);
            (await EndsInAsync(login)).ShouldBeInRange(before.AddMinutes(30).AddSeconds(-1), DateTimeOffset.UtcNow.AddMinutes(30));
            var later = DateTimeOffset.UtcNow.AddHours(2);
            var extension = new ExtendLogin { Server = Server, Login = login.Name, Oid = login.Oid, Expiry = later, Pin = await Stage.Engine.IdentifyAsync(Server, Ct) };

            (await Stage.Engine.ExtendAsync(extension, Ct)).OrThrow().ValidUntil.ShouldBe(later, TimeSpan.FromMilliseconds(1));

            (await EndsInAsync(login)).ShouldBe(later, TimeSpan.FromMilliseconds(1));
            await using var session = await ConnectAsync(login);
            (await EndAsync(login)).ShouldBeProvenGone();
        }
        finally
        {
            foreach (var setting in settings)
            {
                await Pair.AskAsync($"ALTER ROLE dbchatops_bot RESET {setting.Split(' ')[0]}");
            }
        }
    }

    /// <summary>No verifier in the server's log or in an exception: statements, errors and the last message of an ended session are logged.</summary>
    [Fact]
    public async Task No_verifier_is_logged_whatever_the_server_logs_and_however_a_hand_over_fails()
    {
        (string Name, string Value, string Default)[] settings = [("log_statement", "all", "none"), ("log_min_duration_statement", "0", "-1"), ("log_min_error_statement", "debug5", "error")];
        foreach (var setting in settings)
        {
            await Pair.SetAsync(setting.Name, setting.Value);
        }

        try
        {
            var login = await MintAsync();
            await using var holder = new NpgsqlConnection(Pair.SuperuserConnectionString());
            await holder.OpenAsync(Ct);
            await RunAsync(holder, "BEGIN");
            await RunAsync(holder, $"ALTER ROLE {login.Name} CONNECTION LIMIT 2");

            var late = await Should.ThrowAsync<TargetUnavailableException>(() => HandOverAgainAsync(login));
            var cut = HandOverAgainAsync(login);
            await Pair.WaitForAsync("SELECT count(pg_terminate_backend(pid)) > 0 FROM pg_stat_activity WHERE usename = 'dbchatops_bot' AND wait_event_type = 'Lock'");

            late.ToString().ShouldNotContain("SCRAM");
            (await Should.ThrowAsync<TargetUnavailableException>(() => cut)).ToString().ShouldNotContain("SCRAM");
            var log = await Pair.Writer.LogAsync(Ct);
            log.ShouldContain("dbchatops.reveal");
            log.ShouldContain("terminating connection due to administrator command");
            log.ShouldNotContain("SCRAM-SHA-256$");
            await RunAsync(holder, "ROLLBACK");
            (await EndAsync(login)).ShouldBeProvenGone();
        }
        finally
        {
            foreach (var setting in settings)
            {
                await Pair.SetAsync(setting.Name, setting.Default);
            }
        }
    }

    private async Task HandOverAgainAsync(ManagedLoginHandle login) => await Stage.Engine.HandOverAsync(
        new HandOverLogin
        {
            Server = Server,
            Login = login.Name,
            Oid = login.Oid,
            Password = Host.Flow.Passwords.New(),
            Expiry = DateTimeOffset.UtcNow.AddMinutes(30),
            Generation = 2,
            NotAfter = DateTimeOffset.UtcNow.AddMinutes(1),
            Pin = await Stage.Engine.IdentifyAsync(Server, Ct),
        },
        Ct);

    private async Task<DateTimeOffset> EndsInAsync(ManagedLoginHandle login) => DateTimeOffset.UnixEpoch.AddMicroseconds(
        long.Parse(await Pair.AskAsync($"SELECT (extract(epoch FROM rolvaliduntil) * 1000000)::bigint FROM pg_roles WHERE oid = {login.Oid}") ?? "0", CultureInfo.InvariantCulture));
}

[Trait("Major", "14")]
public sealed class PostgreSql14OddSettingTests(PostgreSql14Alone stage) : PostgreSqlOddSettingContract(stage), IClassFixture<PostgreSql14Alone>;

[Trait("Major", "18")]
public sealed class PostgreSql18OddSettingTests(PostgreSql18Alone stage) : PostgreSqlOddSettingContract(stage), IClassFixture<PostgreSql18Alone>;
