using System.Globalization;
using DbChatOps.Targets;
using DbChatOps.Tests.PostgreSql;
using Npgsql;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Engines;

/// <summary>What acts on a state reads it afresh: a thief of the bot's password cannot let the facade act on what was true before.</summary>
public abstract class PostgreSqlAfresh(PostgreSqlStage stage) : PostgreSqlBotScene(stage)
{
    /// <summary>These change nothing, or end and lock only our own logins even with an old snapshot.</summary>
    private static readonly string[] HarmlessWithAnOldSnapshot =
        ["version", "lock", "terminate", "has_room", "relieve", "starting_up", "holdups", "dormant_passwords", "mark"];

    [Theory]
    [InlineData("REPEATABLE READ")]
    [InlineData("SERIALIZABLE")]
    public async Task No_acting_function_trusts_an_older_snapshot(string level)
    {
        var login = await MintAsync();
        var verifier = DbChatOps.Host.Engines.PostgreSql.ScramVerifier.For(DbChatOps.Host.Flow.Passwords.New()).Reveal();
        foreach (var (name, types) in await FunctionsAsync())
        {
            await using var thief = await AsBotAsync();
            await RunAsync(thief, $"BEGIN ISOLATION LEVEL {level}");
            await RunAsync(thief, "SELECT count(*) FROM pg_roles");
            var arguments = types.Select((type, i) => type switch
            {
                "text" when name == "reveal" && i == 2 => $"'{verifier}'",
                "text" => $"'{login.Name}'",
                "text[]" => $"ARRAY['{login.Name}']",
                "oid" => login.Oid.ToString(CultureInfo.InvariantCulture),
                "oid[]" => "'{}'::oid[]",
                "integer[]" => "'{}'::integer[]",
                "timestamp with time zone" => "now() + interval '1 min'",
                "boolean" => "true",
                _ => "1000",
            });

            var fault = await Should.ThrowAsync<PostgresException>(() => RunAsync(thief, $"SELECT dbchatops.{name}({string.Join(", ", arguments)})"), name);

            fault.SqlState.ShouldBe("DC017", name);
        }
    }

    [Fact]
    public async Task A_session_that_came_after_the_caller_looked_is_seen()
    {
        var login = await MintAsync();
        await using var thief = await AsBotAsync();
        await RunAsync(thief, "BEGIN");
        await RunAsync(thief, "SELECT count(*) FROM pg_stat_activity");
        await using var session = await ConnectAsync(login);

        await RunAsync(thief, $"SELECT * FROM dbchatops.lock(ARRAY['{login.Name}'], 100)");
        (await AskAsync(thief, $"SELECT outcome FROM dbchatops.drop(ARRAY['{login.Name}'], 100)")).ShouldBe("live");
        (await AskAsync(thief, $"SELECT outcome FROM dbchatops.terminate(ARRAY[{login.Oid}]::oid[])")).ShouldBe("signalled");
        await Should.ThrowAsync<NpgsqlException>(() => RunAsync(session, "SELECT 1"));
    }

    [Fact]
    public async Task A_session_whose_role_was_made_meanwhile_is_no_ghost()
    {
        await using var thief = await AsBotAsync();
        await RunAsync(thief, "BEGIN");
        await RunAsync(thief, "SELECT count(*) FROM pg_roles");
        await Pair.PsqlAsync("CREATE ROLE newcomer LOGIN SUPERUSER PASSWORD 'n'");
        await using var session = await Stage.ConnectAsync("newcomer", new Secret("n"));

        await RunAsync(thief, $"SELECT * FROM dbchatops.ghosts('{{}}', ARRAY[{session.ProcessID}])");

        (await AskAsync(session, "SELECT 1")).ShouldBe(1);
        await Pair.PsqlAsync("DROP ROLE newcomer");
        await RunAsync(thief, $"SELECT * FROM dbchatops.ghosts('{{}}', ARRAY[{session.ProcessID}])");
        (await AskAsync(session, "SELECT 1")).ShouldBe(1, "a role that was no temporary login's is not for the bot to end");
    }

    [Fact]
    public async Task What_the_thief_prepared_delays_one_try_of_a_new_login()
    {
        await using (var thief = await AsBotAsync())
        {
            await RunAsync(thief, "BEGIN");
            await RunAsync(thief, "SELECT * FROM dbchatops.mint('dbco_thief_00000000', 'dbchatops_orders_read', now() + interval '1 min', 1000, 1, 1000, 100, 1000, true)");
            await RunAsync(thief, "PREPARE TRANSACTION 'nobody else mints'");
        }

        await Should.ThrowAsync<TargetUnavailableException>(() => MintAsync());

        var login = await MintAsync();
        (await EndAsync(login)).ShouldBeProvenGone();
        (await Pair.AskAsync("SELECT count(*) FROM pg_roles WHERE rolname = 'dbco_thief_00000000'")).ShouldBe("0");
    }

    /// <summary>Before 15 the thief can make others members of the bot, who need its password no more.</summary>
    [Fact]
    public async Task A_member_of_the_bot_does_not_act_as_the_bot()
    {
        await Pair.PsqlAsync("CREATE ROLE mallory LOGIN PASSWORD 'm'; GRANT dbchatops_bot TO mallory");
        await using var mallory = await Stage.ConnectAsync("mallory", new Secret("m"), PostgreSqlPair.AdminDatabase);
        await RunAsync(mallory, "SET ROLE dbchatops_bot");

        foreach (var call in (string[])
        [
            "mint('dbco_of_mallory', 'dbchatops_orders_read', now() + interval '1 min', 1000, 1, 1000, 100, 1000, true)", "hand_down('{}')", "drop('{}', 1)", "tidy()",
            "reveal('dbco_of_mallory', 1, 'x', now(), 1, now())", "extend('dbco_of_mallory', 1, now())", "ghosts('{}', '{}')",
        ])
        {
            var fault = await Should.ThrowAsync<PostgresException>(() => RunAsync(mallory, $"SELECT dbchatops.{call}"), call);

            // A verifier is looked at first.
            fault.SqlState.ShouldBe(call.StartsWith("reveal", StringComparison.Ordinal) ? "DC006" : "DC018", call);
        }

        await mallory.DisposeAsync();
        await Pair.PsqlAsync("DROP ROLE mallory");
    }

    private async Task<List<(string Name, string[] Types)>> FunctionsAsync()
    {
        await using var bot = await AsBotAsync();
        await using var command = new NpgsqlCommand(
            """
            SELECT p.proname::text, ARRAY(SELECT format_type(t.type, NULL) FROM unnest(p.proargtypes) WITH ORDINALITY t(type, n) ORDER BY t.n)
              FROM pg_proc p
             WHERE p.pronamespace = 'dbchatops'::regnamespace AND has_function_privilege(p.oid, 'EXECUTE') AND p.proname <> ALL ($1)
               AND NOT (p.proname = 'lend_marker' AND current_setting('server_version_num')::integer >= 160000)
            """,
            bot);
        command.Parameters.Add(new NpgsqlParameter { Value = HarmlessWithAnOldSnapshot });
        await using var reader = await command.ExecuteReaderAsync(Ct);
        var found = new List<(string, string[])>();
        while (await reader.ReadAsync(Ct))
        {
            found.Add((reader.GetString(0), reader.GetFieldValue<string[]>(1)));
        }

        found.Count.ShouldBeGreaterThan(5);
        return found;
    }
}

public sealed class PostgreSqlAfresh14Tests(PostgreSql14Alone stage) : PostgreSqlAfresh(stage), IClassFixture<PostgreSql14Alone>;

public sealed class PostgreSqlAfresh18Tests(PostgreSql18Alone stage) : PostgreSqlAfresh(stage), IClassFixture<PostgreSql18Alone>;
