using DbChatOps.Targets;
using DbChatOps.Tests.PostgreSql;
using Npgsql;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Engines;

/// <summary>
/// What the roles of a level are. By enumeration: the server is asked for its own roles and attributes, so that what a later version brings is tried as well.
/// Each cure is run as it is printed.
/// </summary>
public sealed class PostgreSqlRolePowerTests(PostgreSqlStage stage) : PostgreSqlScene(stage), IClassFixture<PostgreSqlStage>, IAsyncLifetime
{
    private const string Heir = "dbchatops_heir_of_a_test";

    /// <summary>One role of each kind that is judged, and a standing role that a session of ddl has.</summary>
    private static readonly string[] Kinds = ["dbchatops_orders_read", "app_owner", "dbchatops_temp", Heir];

    private static readonly string[] Codes =
        ["standing_role_dangerous", "standing_role_member", "standing_role_administers", "marker_powerful", "heir_powerful", "standing_role_given_by_others", "standing_role_held_by_others"];

    public async ValueTask InitializeAsync()
    {
        if (await Pair.AskAsync($"SELECT 1 FROM pg_roles WHERE rolname = '{Heir}'") is null or "")
        {
            await Pair.PsqlAsync($"CREATE ROLE {Heir} NOLOGIN");
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Every_role_of_the_server_is_an_error_for_every_kind_of_role()
    {
        // Nobody can be made a member of pg_database_owner; the next test makes owners.
        var servers = await ListAsync("SELECT rolname::text FROM pg_roles WHERE rolname ~ '^pg_' AND rolname <> 'pg_database_owner' ORDER BY 1");
        servers.Count.ShouldBeGreaterThan(9);
        foreach (var kind in Kinds)
        {
            await Pair.PsqlAsync($"GRANT {string.Join(", ", servers)} TO {kind}");
        }

        var findings = await FindAsync();

        foreach (var (kind, server) in Kinds.SelectMany(kind => servers.Select(server => (kind, server))))
        {
            findings.ShouldContain(f => f.Severity == FindingSeverity.Error && Says(f, kind, $"is a member of {server}, a role of the server itself"), $"{kind} {server}");
        }

        await CureAsync(findings);
    }

    [Fact]
    public async Task The_owner_of_a_database_is_a_finding_for_every_kind_of_role()
    {
        foreach (var kind in Kinds)
        {
            await Pair.CreateDatabaseAsync($"of_{kind}");
            await Pair.PsqlAsync($"ALTER DATABASE of_{kind} OWNER TO {kind}");
        }

        await Pair.PsqlAsync("ALTER DATABASE orders OWNER TO app_owner");
        var findings = await FindAsync();

        foreach (var kind in Kinds)
        {
            findings.ShouldContain(f => f.Severity == FindingSeverity.Error && Says(f, kind, $"is pg_database_owner of database of_{kind}"), kind);
        }

        findings.ShouldContain(static f => f.Severity == FindingSeverity.Warning && Says(f, "app_owner", "is pg_database_owner of database orders"));
        await CureAsync(findings);
        foreach (var kind in Kinds)
        {
            await Pair.AskAsync($"DROP DATABASE of_{kind}");
        }
    }

    [Fact]
    public async Task Every_attribute_is_an_error_for_every_kind_of_role_and_through_another_role()
    {
        // Whatever pg_roles calls true or false is an attribute; INHERIT gives no power.
        var columns = await ListAsync(
            "SELECT attname::text FROM pg_attribute WHERE attrelid = 'pg_catalog.pg_roles'::regclass AND atttypid = 'bool'::regtype AND attname <> 'rolinherit' ORDER BY 1");
        columns.Count.ShouldBeGreaterThan(5);
        foreach (var attribute in columns.Select(static c => c switch { "rolsuper" => "SUPERUSER", "rolcanlogin" => "LOGIN", _ => c[3..].ToUpperInvariant() }))
        {
            await Pair.PsqlAsync(
                $"{string.Concat(Kinds.Select(kind => $"ALTER ROLE {kind} {attribute};"))} CREATE ROLE carrier {attribute}; CREATE ROLE middle; GRANT carrier TO middle; GRANT middle TO dbchatops_orders_write, dbchatops_temp, {Heir}");

            var findings = await FindAsync();

            foreach (var kind in Kinds)
            {
                findings.ShouldContain(f => f.Severity == FindingSeverity.Error && Says(f, kind, $"carries {attribute}."), $"{kind} {attribute}");
            }

            foreach (var kind in new[] { "dbchatops_orders_write", "dbchatops_temp", Heir })
            {
                findings.ShouldContain(f => f.Severity == FindingSeverity.Error && Says(f, kind, $"carries {attribute} through carrier."), $"{kind} {attribute} through");
            }

            await Pair.PsqlAsync("ALTER ROLE dbchatops_bot NOCREATEROLE");
            await CureAsync(findings);
            await Pair.PsqlAsync("DROP ROLE carrier; DROP ROLE middle");
        }
    }

    [Theory]
    [InlineData("dbchatops_orders_read", FindingSeverity.Warning)]
    [InlineData("app_owner", FindingSeverity.Warning)]
    [InlineData("dbchatops_temp", FindingSeverity.Error)]
    [InlineData(Heir, FindingSeverity.Error)]
    public async Task Any_membership_is_a_finding_with_its_options(string kind, FindingSeverity severity)
    {
        await Pair.PsqlAsync("CREATE ROLE crew");
        string[] grants = Major >= 16
            ? ["INHERIT TRUE, SET TRUE", "INHERIT FALSE, SET TRUE", "INHERIT TRUE, SET FALSE", "INHERIT FALSE, SET FALSE", "ADMIN TRUE, INHERIT FALSE, SET FALSE"]
            : ["", "ADMIN OPTION"];
        foreach (var options in grants)
        {
            await Pair.PsqlAsync($"GRANT crew TO {kind}{(options.Length == 0 ? "" : $" WITH {options}")}");

            var findings = await FindAsync();

            var said = Major >= 16
                ? string.Join(", ", new[] { "INHERIT", "SET", "ADMIN" }.Where(o => options.Contains($"{o} TRUE", StringComparison.Ordinal))) is { Length: > 0 } some ? some : "no option"
                : options.Length == 0 ? "INHERIT, SET" : "INHERIT, SET, ADMIN";
            findings.ShouldContain(f => f.Severity == severity && Says(f, kind, $"is a member of crew ({said})."), $"{kind} {options}");
            findings.Exists(f => f.Severity == FindingSeverity.Error && Says(f, kind, "may give crew to others")).ShouldBe(options.Contains("ADMIN", StringComparison.Ordinal));
            await CureAsync(findings);
        }

        await Pair.PsqlAsync("DROP ROLE crew");
    }

    [Fact]
    public async Task Only_the_ADMIN_option_is_taken_by_its_cure_and_what_was_passed_on_goes_with_it()
    {
        await Pair.PsqlAsync(
            "CREATE ROLE prize; CREATE ROLE winner; CREATE ROLE chair; GRANT prize TO chair WITH ADMIN OPTION; SET ROLE chair; GRANT prize TO dbchatops_orders_read WITH ADMIN OPTION; RESET ROLE;"
            + "SET ROLE dbchatops_orders_read; GRANT prize TO winner; RESET ROLE");

        var findings = await FindAsync();
        var cure = findings.Single(static f => Says(f, "dbchatops_orders_read", "may give prize to others")).Cure.ShouldNotBeNull();
        await Pair.PsqlAsync(cure);

        var rest = await FindAsync();
        rest.ShouldNotContain(static f => f.Message.Contains("may give prize", StringComparison.Ordinal));
        rest.ShouldContain(static f => Says(f, "dbchatops_orders_read", "is a member of prize"));
        await CureAsync(rest);
        await Pair.PsqlAsync("DROP ROLE prize; DROP ROLE winner; DROP ROLE chair");
    }

    [Fact]
    public async Task A_role_that_is_reached_over_others_or_was_granted_by_a_third_party_is_cut_off_where_the_judged_role_begins()
    {
        await Pair.PsqlAsync(
            "CREATE ROLE boss; CREATE ROLE one; CREATE ROLE two; GRANT pg_monitor, one TO boss WITH ADMIN OPTION; GRANT pg_monitor TO one, two;"
            + string.Concat(Kinds.Select(static kind => $"SET ROLE boss; GRANT pg_monitor, one TO {kind}; RESET ROLE; GRANT two TO {kind};")));

        var findings = await FindAsync();

        foreach (var kind in Kinds)
        {
            findings.ShouldContain(f => Says(f, kind, "is a member of pg_monitor, a role of the server itself"), kind);
            findings.ShouldNotContain(f => f.Message.Contains("pg_read_all_stats", StringComparison.Ordinal), kind);
        }

        // Each alone takes every way to pg_monitor.
        foreach (var finding in findings.Where(static f => f.Message.Contains("pg_monitor", StringComparison.Ordinal)))
        {
            await Pair.PsqlAsync(finding.Cure.ShouldNotBeNull());
        }

        (await FindAsync()).ShouldNotContain(static f => f.Message.Contains("pg_monitor", StringComparison.Ordinal));
        (await Pair.AskAsync("SELECT count(*) FROM pg_auth_members m WHERE m.roleid = 'pg_monitor'::regrole AND m.member IN ('one'::regrole, 'two'::regrole)")).ShouldBe("2");
        await Pair.PsqlAsync("DROP OWNED BY boss; DROP ROLE boss; DROP ROLE one; DROP ROLE two");
    }

    [Fact]
    public async Task What_the_configuration_allows_by_name_is_a_note_with_the_reason_for_that_level_only()
    {
        await Pair.PsqlAsync(
            "CREATE ROLE guests; CREATE ROLE club; GRANT guests TO dbchatops_orders_read; GRANT club TO guests;"
            + "GRANT pg_read_all_stats TO dbchatops_orders_read, dbchatops_orders_write, app_owner");
        AllowedPower[] allowed =
        [
            new(PowerKind.Role, "pg_read_all_stats", "reads pg_stat_statements"), new(PowerKind.Role, "guests", "as guests"), new(PowerKind.Role, "club", "as guests"),
        ];

        var findings = await FindAsync(Allowing(AccessLevel.Read, allowed));

        findings.Where(static f => f.Severity != FindingSeverity.Note && (f.About ?? []).Contains("orders/read")).ShouldBeEmpty();
        var notes = findings.Where(static f => f.Code == "standing_role_allowed").ToList();
        notes.Count.ShouldBe(allowed.Length);
        notes.ShouldAllBe(static f => f.Severity == FindingSeverity.Note && f.Message.StartsWith("orders/read: dbchatops_orders_read ", StringComparison.Ordinal));
        notes.ShouldContain(static f => f.Message.EndsWith("is a member of pg_read_all_stats, a role of the server itself (INHERIT, SET). Allowed in the configuration: reads pg_stat_statements", StringComparison.Ordinal));
        findings.ShouldContain(static f => f.Severity == FindingSeverity.Error && Says(f, "dbchatops_orders_write", "is a member of pg_read_all_stats"));
        findings.ShouldContain(static f => f.Severity == FindingSeverity.Error && Says(f, "app_owner", "is a member of pg_read_all_stats"));
        await CureAsync(await FindAsync());
        await Pair.PsqlAsync("DROP ROLE guests; DROP ROLE club");
    }

    [Fact]
    public async Task What_the_script_never_lends_stays_an_error_beside_an_allowance()
    {
        await Pair.PsqlAsync("CREATE ROLE guests LOGIN CREATEDB; CREATE ROLE club; GRANT guests TO dbchatops_orders_read; GRANT club TO guests WITH ADMIN OPTION");

        var findings = await FindAsync(Allowing(AccessLevel.Read, new AllowedPower(PowerKind.Role, "guests", "as guests"), new AllowedPower(PowerKind.Role, "club", "as guests")));

        foreach (var power in (string[])["carries LOGIN through guests", "carries CREATEDB through guests", "may give club to others through guests"])
        {
            findings.ShouldContain(f => f.Severity == FindingSeverity.Error && Says(f, "dbchatops_orders_read", power), power);
        }

        await CureAsync(await FindAsync());
        await Pair.PsqlAsync("DROP ROLE guests; DROP ROLE club");
    }

    [Fact]
    public async Task Other_members_of_a_standing_role_are_noted_and_those_who_may_give_it_are_a_warning()
    {
        var login = await MintAsync();
        await Pair.PsqlAsync(
            "CREATE ROLE dbco_bob; CREATE ROLE eve; CREATE ROLE root SUPERUSER; GRANT dbchatops_orders_read TO dbco_bob; GRANT app_owner TO dbco_bob;"
            + "GRANT dbchatops_orders_read, app_owner TO eve, root WITH ADMIN OPTION");

        var findings = await FindAsync();

        findings.Where(static f => f.Code == "standing_role_held_by_others").Select(static f => (f.Severity, f.Message)).ShouldBe(
            [
                (FindingSeverity.Note, "orders/read: dbco_bob is a member of dbchatops_orders_read too (INHERIT, SET). The bot did not grant that and does not end it."),
                (FindingSeverity.Note, "orders/read: eve is a member of dbchatops_orders_read too (INHERIT, SET, ADMIN). The bot did not grant that and does not end it."),
                (FindingSeverity.Note, "orders/read: root is a member of dbchatops_orders_read too (INHERIT, SET, ADMIN). The bot did not grant that and does not end it."),
            ],
            ignoreOrder: true);
        findings.Where(static f => f.Code == "standing_role_given_by_others").Select(static f => (f.Severity, f.Message)).ShouldBe(
            [
                (FindingSeverity.Warning, "orders/ddl: eve may give app_owner to anybody, without the bot."),
                (FindingSeverity.Warning, "orders/read: eve may give dbchatops_orders_read to anybody, without the bot."),
            ],
            ignoreOrder: true);
        await CureAsync(findings);
        (await EndAsync(login)).ShouldBeProvenGone();
        await Pair.PsqlAsync("DROP ROLE dbco_bob; DROP ROLE eve; DROP ROLE root");
    }

    [Fact]
    public async Task Before_16_whoever_may_make_roles_may_give_a_standing_role()
    {
        await Pair.PsqlAsync("CREATE ROLE maker CREATEROLE");

        var findings = (await FindAsync()).Where(static f => f.Message.StartsWith("maker carries CREATEROLE", StringComparison.Ordinal)).ToList();

        findings.Count.ShouldBe(Major < 16 ? 1 : 0);
        await CureAsync(findings);
        await Pair.PsqlAsync("DROP ROLE maker");
    }

    private int Major => _major ??= int.Parse(Pair.AskAsync("SELECT current_setting('server_version_num')::integer / 10000").GetAwaiter().GetResult() ?? "0", System.Globalization.CultureInfo.InvariantCulture);

    private int? _major;

    private static bool Says(Finding finding, string role, string words) => finding.Message.Contains($"{role} ", StringComparison.Ordinal) && finding.Message.Contains(words, StringComparison.Ordinal);

    private static Target Allowing(AccessLevel level, params AllowedPower[] powers) => PostgreSqlStage.Orders with
    {
        Levels = PostgreSqlStage.Orders.Levels.ToDictionary(static l => l.Key, l => l.Key == level ? l.Value with { Allow = powers } : l.Value),
    };

    private async Task<List<Finding>> FindAsync(Target? target = null) =>
        [.. (await Stage.Engine.InspectAsync(Server, [target ?? PostgreSqlStage.Orders], Ct)).Findings.Where(static f => Codes.Contains(f.Code, StringComparer.Ordinal) || f.Code == "standing_role_allowed")];

    /// <summary>Runs what is printed, from a database that has nothing to do with it, and sees every finding gone.</summary>
    private async Task CureAsync(IEnumerable<Finding> findings)
    {
        foreach (var cure in findings.Select(static f => f.Cure.ShouldNotBeNull(f.Message)).Distinct(StringComparer.Ordinal))
        {
            await Pair.PsqlAsync(cure);
        }

        (await FindAsync()).Select(static f => f.Message).ShouldBeEmpty();
    }

    private async Task<List<string>> ListAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(Pair.SuperuserConnectionString());
        await connection.OpenAsync(Ct);
        await using var command = new NpgsqlCommand(sql, connection);
        await using var reader = await command.ExecuteReaderAsync(Ct);
        var list = new List<string>();
        while (await reader.ReadAsync(Ct))
        {
            list.Add(reader.GetString(0));
        }

        return list;
    }
}
