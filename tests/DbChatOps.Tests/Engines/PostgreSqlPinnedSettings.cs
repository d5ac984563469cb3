using DbChatOps.Tests.PostgreSql;
using Npgsql;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Engines;

/// <summary>Every setting that changes how values are read or written is pinned where the bot calls the facade, on whatever a later major brings too.</summary>
public abstract class PostgreSqlPinnedSettings(PostgreSqlStage stage) : PostgreSqlBotScene(stage)
{
    /// <summary>Settings of these kinds that any session may change, and why they may stay as they are.</summary>
    private static readonly Dictionary<string, string> Harmless = new(StringComparer.Ordinal)
    {
        ["client_encoding"] = "the driver's own, which encodes by it; the facade reads no text but names, codes and hexadecimal digits",
        ["icu_validation_level"] = "concerns the making of collations",
        ["lc_messages"] = "concerns the words of errors; the bot reads their codes",
        ["synchronize_seqscans"] = "concerns the order of rows that no statement of the facade relies on",
        ["lo_compat_privileges"] = "concerns the rights on large objects; only a superuser changes it",
        ["allow_alter_system"] = "concerns ALTER SYSTEM, which the facade does not run",
    };

    [Fact]
    public async Task Each_function_that_the_bot_may_call_pins_every_setting_that_changes_values()
    {
        var settings = await ColumnAsync(
            """
            SELECT name FROM pg_settings
             WHERE context IN ('user', 'superuser')
               AND (category LIKE 'Client Connection Defaults / Locale and Formatting' OR category LIKE 'Version and Platform Compatibility%'
                    OR name IN ('bytea_output', 'xmlbinary', 'xmloption', 'lock_timeout', 'search_path', 'createrole_self_grant'))
            """);
        var functions = await ColumnAsync("SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = 'dbchatops'::regnamespace AND has_function_privilege('dbchatops_bot', oid, 'EXECUTE')");
        functions.Count.ShouldBe(17);
        settings.Count.ShouldBeGreaterThan(15);
        foreach (var function in functions)
        {
            var pinned = await ColumnAsync($"SELECT lower(split_part(c, '=', 1)) FROM pg_proc p, unnest(p.proconfig) c WHERE p.oid = '{function}'::regprocedure");
            settings.Where(setting => !Harmless.ContainsKey(setting)).Select(static setting => setting.ToLowerInvariant()).Except(pinned, StringComparer.Ordinal).ShouldBeEmpty(function);
        }
    }

    [Fact]
    public async Task Each_function_refuses_what_is_missing()
    {
        (await ColumnAsync(
            "SELECT oid::regprocedure::text FROM pg_proc WHERE pronamespace = 'dbchatops'::regnamespace AND has_function_privilege('dbchatops_bot', oid, 'EXECUTE') AND pronargs > 0 AND NOT proisstrict"))
            .ShouldBeEmpty();
    }

    [Theory]
    [InlineData("SQL, DMY", "IST-5:30EST")]
    [InlineData("Postgres, MDY", "CST-8")]
    [InlineData("German, DMY", "EST+13:59")]
    [InlineData("ISO, YMD", "Asia/Kolkata")]
    public async Task An_end_lands_where_it_was_asked_for_whatever_the_caller_has_set(string dateStyle, string zone)
    {
        var login = await MintAsync();
        await using var bot = await AsBotAsync();
        foreach (var setting in new[] { $"datestyle = '{dateStyle}'", $"timezone = '{zone}'", "intervalstyle = 'sql_standard'", "extra_float_digits = -15", "standard_conforming_strings = off" })
        {
            await RunAsync(bot, $"SET {setting}");
        }

        var told = (DateTime)(await AskAsync(bot, $"SELECT dbchatops.extend('{login.Name}', {login.Oid}, timestamptz 'epoch' + interval '1 second' * (extract(epoch FROM clock_timestamp())::bigint + 3600))")).ShouldNotBeNull();

        var wanted = DateTimeOffset.UtcNow.AddHours(1);
        new DateTimeOffset(DateTime.SpecifyKind(told, DateTimeKind.Utc)).ShouldBe(wanted, TimeSpan.FromSeconds(5));
        (await Stage.Engine.ReadAsync(Server, login.Name, Ct)).ValidUntil.ShouldNotBeNull().ShouldBe(wanted, TimeSpan.FromSeconds(5));
    }

    private async Task<List<string>> ColumnAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(Pair.SuperuserConnectionString(PostgreSqlPair.AdminDatabase));
        await connection.OpenAsync(Ct);
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync(Ct);
        var values = new List<string>();
        while (await reader.ReadAsync(Ct))
        {
            values.Add(reader.GetString(0));
        }

        return values;
    }
}

public sealed class PostgreSqlPinnedSettings14Tests(PostgreSql14Alone stage) : PostgreSqlPinnedSettings(stage), IClassFixture<PostgreSql14Alone>;

public sealed class PostgreSqlPinnedSettings18Tests(PostgreSql18Alone stage) : PostgreSqlPinnedSettings(stage), IClassFixture<PostgreSql18Alone>;
