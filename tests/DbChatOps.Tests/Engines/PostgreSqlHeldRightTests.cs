using System.Globalization;
using DbChatOps.Targets;
using DbChatOps.Tests.PostgreSql;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Engines;

/// <summary>What the roles of a level hold on the server and in databases beyond tables: a finding unless the configuration allows it by name. Cures are run as printed.</summary>
public sealed class PostgreSqlHeldRightTests(PostgreSql18Stage stage) : PostgreSqlScene(stage), IClassFixture<PostgreSql18Stage>, IAsyncLifetime
{
    private const string Heir = "dbchatops_heir_of_a_test";

    private static readonly string[] Codes = ["standing_role_holds", "way_out_reachable", "marker_powerful", "heir_powerful"];

    public async ValueTask InitializeAsync()
    {
        if (await Pair.AskAsync($"SELECT 1 FROM pg_roles WHERE rolname = '{Heir}'") is null or "")
        {
            await Pair.PsqlAsync($"CREATE ROLE {Heir} NOLOGIN; CREATE ROLE agency; CREATE ROLE dealer");
            await Pair.PsqlAsync(
                "CREATE FOREIGN DATA WRAPPER outward; CREATE SERVER archive FOREIGN DATA WRAPPER outward; CREATE TRUSTED LANGUAGE secluded HANDLER plpgsql_call_handler; REVOKE USAGE ON LANGUAGE secluded FROM PUBLIC",
                "orders");
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>What is granted, how the finding calls it, and by which word and name it is allowed.</summary>
    public static TheoryData<string, string, PowerKind, string> Powers => new()
    {
        { "USAGE ON FOREIGN DATA WRAPPER outward", "foreign data wrapper outward", PowerKind.ForeignDataWrapper, "outward" },
        { "USAGE ON FOREIGN SERVER archive", "foreign server archive", PowerKind.ForeignServer, "archive" },
        { "USAGE ON LANGUAGE secluded", "language secluded", PowerKind.Language, "secluded" },
        { "CREATE ON TABLESPACE pg_default", "tablespace pg_default", PowerKind.Tablespace, "pg_default" },
        { "SET ON PARAMETER log_statement", "parameter log_statement", PowerKind.Parameter, "log_statement" },
        { "ALTER SYSTEM ON PARAMETER archive_command", "parameter archive_command", PowerKind.Parameter, "archive_command" },
    };

    [Theory]
    [MemberData(nameof(Powers))]
    public async Task A_power_is_an_error_for_every_kind_of_role_however_it_came_unless_it_is_allowed(string power, string words, PowerKind kind, string name)
    {
        Assert.SkipWhen(kind == PowerKind.Parameter && await MajorAsync() < 15, "Rights on parameters came with 15.");
        (string Holder, string Told)[] holders = [("dbchatops_orders_read", words), ("app_owner", words), ("dbchatops_temp", "dbchatops_temp marks"), (Heir, $"{Heir} owns")];
        var all = string.Join(", ", holders.Select(static h => h.Holder));
        Func<Finding, bool>[] eachIsTold = [.. holders.Select(static h => (Func<Finding, bool>)(f => f.Message.Contains(h.Holder, StringComparison.Ordinal) && f.Message.Contains(h.Told, StringComparison.Ordinal)))];
        await GrantAsync($"GRANT {power} TO {all}");
        await FoundAndCuredAsync(eachIsTold);

        // A third party's grants, which the owner's REVOKE does not take.
        await GrantAsync($"GRANT {power} TO dealer WITH GRANT OPTION; SET ROLE dealer; GRANT {power} TO {all}");
        await FoundAndCuredAsync(eachIsTold);
        await GrantAsync($"REVOKE {power} FROM dealer CASCADE");

        await GrantAsync($"GRANT {power} TO agency; GRANT agency TO dbchatops_orders_write");
        await FoundAndCuredAsync(f => f.Message.Contains("dbchatops_orders_write", StringComparison.Ordinal) && f.Message.Contains($"{words} through agency", StringComparison.Ordinal));

        await GrantAsync($"REVOKE {power} FROM agency; GRANT {power} TO dbchatops_orders_read");
        var allowed = await FindAsync(new AllowedPower(kind, name, "agreed in March"));
        allowed.ShouldBeEmpty();
        (await InspectAsync(new AllowedPower(kind, name, "agreed in March"))).Findings
            .ShouldContain(f => f.Code == "standing_role_allowed" && f.Message.Contains(words, StringComparison.Ordinal) && f.Message.EndsWith("agreed in March", StringComparison.Ordinal));
        (await FindAsync(new AllowedPower(kind, name + "2", "another"))).ShouldNotBeEmpty();
        await FoundAndCuredAsync(static _ => true);
    }

    [Theory]
    [InlineData("USAGE ON FOREIGN DATA WRAPPER outward", "foreign data wrapper outward")]
    [InlineData("USAGE ON FOREIGN SERVER archive", "foreign server archive")]
    [InlineData("CREATE ON TABLESPACE pg_default", "tablespace pg_default")]
    [InlineData("SET ON PARAMETER log_statement", "parameter log_statement")]
    public async Task What_PUBLIC_holds_every_level_holds(string power, string words)
    {
        Assert.SkipWhen(power.Contains("PARAMETER", StringComparison.Ordinal) && await MajorAsync() < 15, "Rights on parameters came with 15.");
        await GrantAsync($"GRANT {power} TO PUBLIC");

        var found = await FindAsync();

        found.SelectMany(static f => f.About ?? []).Distinct(StringComparer.Ordinal).ShouldBe(["orders/read", "orders/write", "orders/ddl"], ignoreOrder: true);
        found.ShouldAllBe(f => f.Severity == FindingSeverity.Error && f.Message.Contains($"{words} through PUBLIC", StringComparison.Ordinal));
        await FoundAndCuredAsync(static _ => true);
    }

    [Fact]
    public async Task What_is_allowed_and_held_by_no_role_is_a_warning_that_names_it()
    {
        AllowedPower[] allowed =
        [
            new(PowerKind.ForeignServer, "archive", "old orders"), new(PowerKind.ForeignServer, "attic", "older orders"), new(PowerKind.Role, "pg_monitor", "looked at load once"),
        ];
        await GrantAsync("GRANT USAGE ON FOREIGN SERVER archive TO dbchatops_orders_read");

        var left = await LeftAsync(allowed);

        left.ShouldBe(
            [
                "orders/read: ForeignServer attic is allowed but not found: no role of this level holds it. Remove it from Levels.read.Allow. The reason given there: older orders",
                "orders/read: Role pg_monitor is allowed but not found: no role of this level holds it. Remove it from Levels.read.Allow. The reason given there: looked at load once",
            ],
            ignoreOrder: true);
        await GrantAsync("REVOKE USAGE ON FOREIGN SERVER archive FROM dbchatops_orders_read; GRANT pg_monitor TO dbchatops_orders_read");
        (await LeftAsync(allowed)).ShouldBe([left[0].Replace("attic", "archive", StringComparison.Ordinal).Replace("older", "old", StringComparison.Ordinal), left[0]], ignoreOrder: true);
        await GrantAsync("REVOKE pg_monitor FROM dbchatops_orders_read");

        // What nobody could look for may be there.
        await Pair.PsqlAsync("REVOKE CONNECT ON DATABASE billing FROM PUBLIC, dbchatops_bot");
        (await LeftAsync(allowed)).ShouldHaveSingleItem().ShouldContain("pg_monitor");
        await Pair.PsqlAsync("GRANT CONNECT ON DATABASE billing TO PUBLIC, dbchatops_bot");
    }

    [Fact]
    public async Task A_foreign_server_that_the_owner_role_owns_is_an_error()
    {
        await GrantAsync("CREATE SERVER own_way FOREIGN DATA WRAPPER outward; ALTER SERVER own_way OWNER TO app_owner");

        await FoundAndCuredAsync(static f => f.Message.Contains("app_owner may use foreign server own_way", StringComparison.Ordinal));
        await GrantAsync("DROP SERVER own_way");
    }

    [Fact]
    public async Task A_subscription_that_the_owner_role_owns_is_an_error()
    {
        Assert.SkipWhen(await MajorAsync() < 16, "Before 16 a subscription belongs to a superuser.");
        await GrantAsync("CREATE SUBSCRIPTION inflow CONNECTION 'dbname=nowhere password=x' PUBLICATION p WITH (connect = false); ALTER SUBSCRIPTION inflow SET (slot_name = NONE); GRANT CREATE ON DATABASE orders TO app_owner; ALTER SUBSCRIPTION inflow OWNER TO app_owner");

        (await FindAsync(new AllowedPower(PowerKind.Subscription, "inflow", "of another level"))).ShouldNotBeEmpty();
        await FoundAndCuredAsync(static f => f.Message.Contains("app_owner may use subscription inflow", StringComparison.Ordinal));
        await GrantAsync("DROP SUBSCRIPTION inflow; REVOKE CREATE ON DATABASE orders FROM app_owner");
    }

    [Theory]
    [InlineData("GRANT SELECT ON app.orders TO {0}", "orders")]
    [InlineData("GRANT SELECT (id), UPDATE (note) ON app.orders TO {0}", "orders")]
    [InlineData("ALTER DEFAULT PRIVILEGES IN SCHEMA app GRANT SELECT ON TABLES TO {0}", "orders")]
    [InlineData("CREATE POLICY of_a_test ON app.orders TO {0} USING (true)", "orders")]
    [InlineData("SELECT lo_create(4711); GRANT SELECT ON LARGE OBJECT 4711 TO {0}", "orders")]
    [InlineData("GRANT CONNECT ON DATABASE billing TO {0}", "billing")]
    [InlineData("GRANT dbchatops_orders_read TO {0}", "")]
    public async Task The_marker_and_the_heirs_hold_nothing_anywhere(string grant, string database)
    {
        foreach (var (role, code) in new[] { ("dbchatops_temp", "marker_powerful"), (Heir, "heir_powerful") })
        {
            await Pair.PsqlAsync(string.Format(CultureInfo.InvariantCulture, grant, role), database.Length == 0 ? "postgres" : database);

            await FoundAndCuredAsync(f => f.Code.Equals(code, StringComparison.Ordinal) && f.Severity == FindingSeverity.Error && f.About is null && f.Message.StartsWith(role, StringComparison.Ordinal));
            await Pair.PsqlAsync("SELECT lo_unlink(oid) FROM pg_largeobject_metadata", "orders");
        }
    }

    [Fact]
    public async Task The_marker_owns_nothing_and_what_an_heir_owns_is_no_power()
    {
        await Pair.PsqlAsync($"CREATE TABLE app.of_marker (id int); ALTER TABLE app.of_marker OWNER TO dbchatops_temp; CREATE TABLE app.of_heir (id int); ALTER TABLE app.of_heir OWNER TO {Heir}", "orders");

        await FoundAndCuredAsync(static f => f.Message.StartsWith("dbchatops_temp", StringComparison.Ordinal));
        (await Pair.AskAsync("SELECT tableowner::text FROM pg_tables WHERE tablename = 'of_marker'", "orders")).ShouldBe("dbchatops_temp_left");
        await Pair.PsqlAsync("DROP TABLE app.of_marker, app.of_heir", "orders");
    }

    private async Task<int> MajorAsync() => int.Parse(await Pair.AskAsync("SELECT current_setting('server_version_num')::integer / 10000") ?? "0", CultureInfo.InvariantCulture);

    private Task GrantAsync(string script) => Pair.PsqlAsync(script, "orders");

    /// <summary>Each of these findings is there and no other; the printed cures take them all away.</summary>
    private async Task FoundAndCuredAsync(params Func<Finding, bool>[] expected)
    {
        var found = await FindAsync();
        foreach (var one in expected)
        {
            found.ShouldContain(f => one(f), string.Join('\n', found.Select(static f => f.Message)));
        }

        found.ShouldAllBe(f => expected.Any(one => one(f)));
        foreach (var cure in found.Select(static f => f.Cure.ShouldNotBeNull(f.Message)).Distinct(StringComparer.Ordinal))
        {
            await Pair.PsqlAsync(cure);
        }

        (await FindAsync()).Select(static f => f.Message).ShouldBeEmpty();
    }

    private async Task<List<Finding>> FindAsync(params AllowedPower[] allowed) =>
        [.. (await InspectAsync(allowed)).Findings.Where(static f => Codes.Contains(f.Code, StringComparer.Ordinal))];

    private async Task<List<string>> LeftAsync(params AllowedPower[] allowed)
    {
        var left = (await InspectAsync(allowed)).Findings.Where(static f => f.Code == "allowed_not_found").ToList();
        left.ShouldAllBe(static f => f.Severity == FindingSeverity.Warning);
        return [.. left.Select(static f => f.Message)];
    }

    private Task<ServerInspection> InspectAsync(params AllowedPower[] allowed) => Stage.Engine.InspectAsync(
        Server,
        [
            PostgreSqlStage.Orders with
            {
                Levels = PostgreSqlStage.Orders.Levels.ToDictionary(static l => l.Key, l => l.Key == AccessLevel.Read ? l.Value with { Allow = allowed } : l.Value),
            },
        ],
        Ct);
}
