using DbChatOps.Targets;
using DbChatOps.Tests.PostgreSql;
using Npgsql;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Engines;

/// <summary>What an ending asks a superuser to run is run exactly as it is printed, and then the login is proven gone.</summary>
public abstract class PostgreSqlCures(PostgreSqlStage stage) : PostgreSqlScene(stage), IAsyncLifetime
{
    private const string Runs = "a superuser there runs: ";

    public async ValueTask InitializeAsync() =>
        await Pair.PsqlAsync(
            """
            DO $$ BEGIN
                IF to_regrole('giver') IS NULL THEN CREATE ROLE giver NOLOGIN; CREATE ROLE second_giver NOLOGIN; END IF;
            END $$;
            CREATE SCHEMA IF NOT EXISTS given;
            GRANT USAGE ON SCHEMA given TO giver, second_giver;
            CREATE TABLE IF NOT EXISTS given.things (id int, name text);
            CREATE SEQUENCE IF NOT EXISTS given.numbers;
            CREATE OR REPLACE FUNCTION given.compute(int) RETURNS int LANGUAGE sql AS 'SELECT 1';
            CREATE OR REPLACE PROCEDURE given.proceed() LANGUAGE sql AS 'SELECT 1';
            DO $$ BEGIN IF to_regtype('given.mood') IS NULL THEN CREATE TYPE given.mood AS ENUM ('calm'); END IF; END $$;
            SELECT lo_create(4711) WHERE NOT EXISTS (SELECT FROM pg_largeobject_metadata WHERE oid = 4711);
            DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_foreign_data_wrapper WHERE fdwname = 'beyond') THEN CREATE FOREIGN DATA WRAPPER beyond; CREATE SERVER far FOREIGN DATA WRAPPER beyond; END IF; END $$;
            """,
            "orders");

    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData("SELECT ON TABLE given.things")]
    [InlineData("SELECT (name) ON TABLE given.things")]
    [InlineData("USAGE ON SEQUENCE given.numbers")]
    [InlineData("USAGE ON SCHEMA given")]
    [InlineData("EXECUTE ON FUNCTION given.compute(int)")]
    [InlineData("EXECUTE ON PROCEDURE given.proceed()")]
    [InlineData("USAGE ON TYPE given.mood")]
    [InlineData("USAGE ON LANGUAGE plpgsql")]
    [InlineData("SELECT ON LARGE OBJECT 4711")]
    [InlineData("USAGE ON FOREIGN DATA WRAPPER beyond")]
    [InlineData("USAGE ON FOREIGN SERVER far")]
    [InlineData("CREATE ON DATABASE orders")]
    [InlineData("CREATE ON TABLESPACE pg_default")]
    public async Task A_right_that_third_parties_granted_is_taken_back_by_what_is_printed(string right)
    {
        var login = await MintAsync(AccessLevel.Write);
        await Pair.PsqlAsync(
            $"""
            GRANT {right} TO giver, second_giver WITH GRANT OPTION;
            SET ROLE giver; GRANT {right} TO {login.Name}; RESET ROLE;
            SET ROLE second_giver; GRANT {right} TO {login.Name}; RESET ROLE;
            GRANT {right} TO {login.Name};
            """,
            "orders");

        var report = (await SettleAsync(login)).ShouldHaveSingleItem();

        report.Stage.ShouldBe(RevocationStage.Contained);
        await RunPrintedAsync(report);
        (await EndAsync(login)).ShouldBeProvenGone();
    }

    [Fact]
    public async Task An_event_trigger_that_forbids_clearing_is_named_as_such()
    {
        await Pair.PsqlAsync("GRANT CREATE ON SCHEMA public TO PUBLIC", "orders");
        var login = await MintAsync(AccessLevel.Write);
        await using (var session = await ConnectAsync(login))
        {
            await RunAsync(session, "CREATE TABLE public.guarded (id int)");
        }

        await Pair.PsqlAsync(
            """
            CREATE FUNCTION given.forbid() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no changes today'; END $$;
            CREATE EVENT TRIGGER no_changes ON ddl_command_start EXECUTE FUNCTION given.forbid();
            """,
            "orders");
        try
        {
            var report = (await SettleAsync(login)).ShouldHaveSingleItem();

            report.Stage.ShouldBe(RevocationStage.Contained);
            report.Blockers.ShouldContain(static b => b.Contains("event trigger no_changes forbids it", StringComparison.Ordinal));
        }
        finally
        {
            await Pair.PsqlAsync("DROP EVENT TRIGGER no_changes; DROP FUNCTION given.forbid()", "orders");
        }

        (await EndAsync(login)).ShouldBeProvenGone();
        await Pair.PsqlAsync("DROP TABLE public.guarded", "orders");
    }

    private Task RunPrintedAsync(RevocationReport report)
    {
        var printed = report.Blockers.Single(static b => b.Contains(Runs, StringComparison.Ordinal));
        return Pair.PsqlAsync(printed[(printed.IndexOf(Runs, StringComparison.Ordinal) + Runs.Length)..], "orders");
    }
}

public sealed class PostgreSqlCures14Tests(PostgreSql14Alone stage) : PostgreSqlCures(stage), IClassFixture<PostgreSql14Alone>;

public sealed class PostgreSqlCures18Tests(PostgreSql18Alone stage) : PostgreSqlCures(stage), IClassFixture<PostgreSql18Alone>;
