using DbChatOps.Host.Configuration;
using DbChatOps.Policies;
using DbChatOps.Targets;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Configuration;

public sealed class SettingsTests : IDisposable
{
    private readonly SettingsFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Databases_become_targets_with_their_own_standing_roles()
    {
        var settings = await _folder.LoadAsync();

        settings.Targets.Targets.Select(target => target.Id.Value).ShouldBe(["orders-prod", "orders-stage", "billing-eu-stage"]);
        var orders = settings.Targets.Target(new TargetId("orders-prod"))!;
        orders.Environment.ShouldBe(TargetEnvironment.Production);
        orders.Levels[AccessLevel.Write].StandingRole.ShouldBe("dbchatops_orders_prod_write");
        orders.Levels[AccessLevel.Read].ReadOnlyByDefault.ShouldBeTrue();
        orders.Connect.Port.ShouldBe(5432);
        settings.Targets.Target(new TargetId("billing-eu-stage"))!.Database.ShouldBe("billing_eu");
        settings.Targets.Servers[0].Nodes.Select(node => node.Kind).ShouldBe([NodeKind.Writer, NodeKind.Standby]);
        settings.MaximumWindowOn(new ServerId("pg-prod")).ShouldBe(TimeSpan.FromHours(2));
        settings.Warnings.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_bound_of_a_server_is_the_longest_window_of_its_own_policies()
    {
        var alone = await _folder.LoadAsync();
        _folder.With("Policies", """
            [{
              "Name": "prod-read", "Covers": { "Environments": ["Production"], "Levels": ["read"] }, "Requesters": ["developers"], "MaximumWindow": "2h",
              "Rule": { "Seats": [{ "Name": "tech", "Groups": ["dba"] }], "PendingFor": "4h", "ClaimWithin": "1h" }
            },
            {
              "Name": "stage-read", "Covers": { "Environments": ["Staging"], "Levels": ["read"] }, "Requesters": ["developers"], "MaximumWindow": "5h",
              "Rule": { "Seats": [{ "Name": "tech", "Groups": ["dba"] }], "PendingFor": "4h", "ClaimWithin": "1h" },
              "Extension": { "Allowed": true, "MaximumTotal": "9h", "MaximumTimes": 2 }
            }]
            """);

        var both = await _folder.LoadAsync();

        alone.MaximumWindowOn(new ServerId("pg-stage")).ShouldBe(TimeSpan.Zero);
        both.MaximumWindowOn(new ServerId("pg-prod")).ShouldBe(TimeSpan.FromHours(2));
        both.MaximumWindowOn(new ServerId("pg-stage")).ShouldBe(TimeSpan.FromHours(9));
    }

    [Fact]
    public async Task The_example_is_valid_and_tells_the_story_of_the_four_people()
    {
        var example = await File.ReadAllTextAsync(ExamplePath(), TestContext.Current.CancellationToken);
        _folder.Write("appsettings.json", example.Replace("/run/secrets", _folder.Path("secrets"), StringComparison.Ordinal));
        foreach (var name in new[] { "instance-key", "slack-bot-token", "slack-signing-secret", "pg-orders-prod", "pg-staging" })
        {
            _folder.Write("secrets/" + name, name + "-0123456789abcdefghijklmnopqrstuvwxyz\n");
        }

        var settings = await _folder.LoadAsync();

        settings.Warnings.ShouldBeEmpty();
        settings.Policies.Find("prod-read")!.Rule.Seats.Count.ShouldBe(1);
        settings.Policies.Find("prod-write")!.Rule.Seats.Count.ShouldBe(2);
        settings.Policies.Groups.Single(group => group.Name == "dba").ChatGroup.ShouldBe("S0DBA");
        settings.Slack.SigningSecret.Reveal().ShouldEndWith("xyz");
        var membership = Membership.Resolve(
            settings.Policies.People, settings.Policies.Groups.Where(group => group.ChatGroup is null), new Dictionary<string, IReadOnlySet<PersonId>>(StringComparer.Ordinal)).OrThrow();
        membership.Contains("admins", new PersonId("slack", "T0ACME", "U0DEE")).ShouldBeTrue();
    }

    [Fact]
    public async Task A_physical_copy_names_its_original_and_not_the_other_way_round_too()
    {
        (await _folder.With("Servers[1].CloneOf", "\"pg-prod\"").LoadAsync()).Targets.Servers[1].CloneOf.ShouldBe(new ServerId("pg-prod"));

        (await _folder.With("Servers[0].CloneOf", "\"pg-stage\"").ProblemsAsync()).ShouldAllBe(problem => problem.Contains("CloneOf: comes back to where it began", StringComparison.Ordinal));
    }

    [Fact]
    public async Task All_problems_are_told_at_once()
    {
        var problems = await _folder.With("Servers[0].Nodes[1].Port", "70000").With("Policies[0].MaximumWindow", "30").Without("Instance.Id").ProblemsAsync();

        problems.Count.ShouldBe(3, string.Join(Environment.NewLine, problems));
        problems.ShouldContain(problem => problem == "Servers[0].Nodes[1].Port: 70000 is not a port (1-65535)");
    }

    /// <summary>One wrong value each; the path and the words that must be said.</summary>
    [Theory]
    [InlineData("Policies[0].MaximumWindow", "90", "has no unit: write \"90m\"")]
    [InlineData("Policies[0].MaximumWindow", "\"90\"", "has no unit")]
    [InlineData("Policies[0].MaximumWindow", "\"soon\"", "not a duration")]
    [InlineData("Policies[0].MaximumWindow", "\"0s\"", "outside")]
    [InlineData("Policies[0].MaximumWindow", "\"365d\"", "outside")]
    [InlineData("Policies[0].MaximumWindow", "\"9999999999h\"", "not a duration")]
    [InlineData("Policies[0].MaximumWindow", "null", "null says nothing")]
    [InlineData("Policies[0].DefaultWindow", "\"3h\"", "longer than MaximumWindow")]
    [InlineData("Policies[0].Rule.PendingFor", "\"30s\"", "outside")]
    [InlineData("Policies[0].Rule.ClaimWithin", "\"2d\"", "outside")]
    [InlineData("Policies[0].Requesters", "[\"developer\"]", "did you mean developers?")]
    [InlineData("Policies[0].Requesters", "\"developers\"", "must be a list")]
    [InlineData("Policies[0].AutoApprove", "true", "covers production")]
    [InlineData("Policies[0].AutoApprove", "\"yes\"", "must be true or false")]
    [InlineData("Policies[0].Covers.Levels", "[\"reed\"]", "did you mean read?")]
    [InlineData("Policies[0].Covers.Environments", "[\"production\"]", "did you mean Production?")]
    [InlineData("Policies[0].Covers.Targets", "[\"orders-prd\"]", "did you mean orders-prod?")]
    [InlineData("Policies[0].Covers", "{ \"Levels\": [\"read\"] }", "never covers everything")]
    [InlineData("Policies[0].Rule.Seats", "[]", "has no seat")]
    [InlineData("Policies[0].Rule.Seats[0].Groups", "[]", "no member")]
    [InlineData("Policies[0].Rule.Seats[0].Groups", "[\"ghosts\"]", "not configured")]
    [InlineData("Policies[0].Rule.Seats[0].Groups", "[\"business\"]", "another seat")]
    [InlineData("Policies[0].Rule.Seats[1].Name", "\"tech\"", "named twice")]
    [InlineData("Policies[0].Rule.PingGroups", "[\"ghosts\"]", "not configured")]
    [InlineData("Policies[0].Rule.Escalation", "{ \"Group\": \"dba\", \"After\": \"5h\" }", "already lapsed")]
    [InlineData("Policies[0].Rule.Escalation", "{ \"Group\": \"ghosts\", \"After\": \"1h\" }", "not configured")]
    [InlineData("Policies[0].Extension", "{ \"Allowed\": true, \"MaximumTotal\": \"1h\", \"MaximumTimes\": 1 }", "must be longer than MaximumWindow")]
    [InlineData("Policies[0].Extension", "{ \"Allowed\": true, \"MaximumTotal\": \"4h\" }", "at least 1")]
    [InlineData("Groups.dba", "[]", "no member")]
    [InlineData("Groups.dba", "[\"bo@example.com\"]", "neither a name from People nor an account")]
    [InlineData("People", "[{ \"Name\": \"ana\", \"Identities\": [\"U0ANA\"] }]", "People[0].Identities: \"U0ANA\" is no account; write platform:realm:user")]
    [InlineData("Groups.dba", "[\"slack:T9:U2\"]", "not of this organisation")]
    [InlineData("Groups.dba", "[\"slack:T0:U2\", \"slack:T0:U2\"]", "listed twice")]
    [InlineData("Groups.dba", "{ \"People\": [\"slack:T0:U2\"], \"ChatGroupUse\": \"Widens\" }", "needs a ChatGroup")]
    [InlineData("People", "[{ \"Name\": \"a\", \"Identities\": [\"slack:T0:U2\"] }, { \"Name\": \"b\", \"Identities\": [\"slack:T0:U2\"] }]", "already belongs to a")]
    [InlineData("Security.AcceptChatOnly", "false", "AcceptChatOnly must be true")]
    [InlineData("Security.CutOffGroups", "[\"ghosts\"]", "not configured")]
    [InlineData("Security.StrippedStopsGrantsFor", "\"2d\"", "2d is outside 0s to 1d")]
    [InlineData("Instance.Key", "\"short\"", "shorter than 32 bytes")]
    [InlineData("Instance.Key", "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"", "same few characters")]
    [InlineData("Slack.SigningSecret", "\"\"", "is empty")]
    [InlineData("Slack.BotToken", "\"xapp-1\"", "app-level token")]
    [InlineData("Slack.Mode", "\"Socket\"", "Slack.AppToken: is missing")]
    [InlineData("Slack.TeamIds", "[]", "every message would be refused")]
    [InlineData("Slack.ApiBaseUrl", "\"http://slack.example/api/\"", "must be an https address")]
    [InlineData("Slack.ApiBaseUrl", "\"https://user:pass@slack.com/api/\"", "must be an https address")]
    [InlineData("Slack.ApprovalChannel", "\"#approvals\"", "names change, ids do not")]
    [InlineData("Slack.DatabaseCommand", "\"db\"", "not a slash command")]
    [InlineData("Slack.IncidentCommand", "\"/incident\"", "Slack.IncidentCommand: is not known to this release yet; take it out")]
    [InlineData("Slack.IncidentChannel", "\"C0X\"", "Slack.IncidentChannel: is not known to this release yet; take it out")]
    [InlineData("Security.CheckpointKey", "\"x\"", "Security.CheckpointKey: is not known to this release yet; take it out")]
    [InlineData("Store.Provider", "\"PostgreSql\"", "Sqlite only")]
    [InlineData("Store.ConnectionString", "\"Data Source=:memory:\"", "must name a file")]
    [InlineData("Web", "{ \"PublicUrl\": \"https://bot.example\" }", "Web: is not known to this release yet; take it out")]
    [InlineData("Runbooks", "{ \"Folder\": \"/x\" }", "Runbooks: is not known to this release yet; take it out")]
    [InlineData("Alerts", "{ \"WebhookUrl\": \"http://pager.example/key\" }", "must be an https address")]
    [InlineData("Servers[0].Id", "\"pg-stage\"", "is used twice")]
    [InlineData("Servers[0].Id", "\"PG Prod\"", "naming rule")]
    [InlineData("Servers[0].Engine", "\"SqlServer\"", "PostgreSql only")]
    [InlineData("Servers[0].Flavour", "\"rds\"", "Plain only")]
    [InlineData("Servers[0].Environment", "\"Prod\"", "not known here")]
    [InlineData("Servers[0].Nodes", "[]", "needs at least the writer")]
    [InlineData("Servers[0].Nodes[1].Kind", "\"Writer\"", "exactly one writer")]
    [InlineData("Servers[0].Nodes[0].Delay", "\"1h\"", "Servers[0].Nodes[0].Delay: is for standbys only")]
    [InlineData("Servers[0].Nodes[1].Delay", "\"0s\"", "Servers[0].Nodes[1].Delay: 0s is outside 1s to 24d")]
    [InlineData("Servers[0].Nodes[1].Delay", "\"25d\"", "Servers[0].Nodes[1].Delay: 25d is outside 1s to 24d")]
    [InlineData("Servers[0].Nodes[1].Delay", "3600", "Servers[0].Nodes[1].Delay: 3600 has no unit")]
    [InlineData("Servers[0].Nodes[0].Host", "\"db.example\"", "CaFile: is missing")]
    [InlineData("Servers[0].Nodes[0].Host", "\"db;Password=x\"", "not a host name")]
    [InlineData("Servers[0].Nodes[0].Host", "\"127.0.0.1:40029\"", "holds a port: write \"Host\": \"127.0.0.1\", \"Port\": 40029")]
    [InlineData("Servers[0].Nodes[0].Host", "\"db1:5433\"", "holds a port: write \"Host\": \"db1\", \"Port\": 5433")]
    [InlineData("Servers[0].Nodes[0].Host", "\"[::1]:5433\"", "holds a port")]
    [InlineData("Servers[0].Nodes[0].Host", "\"12:34:56\"", "not a host name")]
    [InlineData("Servers[0].Connect", "{ \"Host\": \"db1:5433\" }", "holds a port")]
    [InlineData("Servers[0].Nodes[0].CaFile", "\"/nowhere/ca.pem\"", "does not exist")]
    [InlineData("Servers[1].Nodes[0].Port", "5433", "one server cannot be two environments")]
    [InlineData("Servers[1].Nodes[0]", "{ \"Host\": \"127.0.0.1\", \"Port\": 5432 }", "one server cannot be two environments")]
    [InlineData("Servers[1].CloneOf", "\"pg-prd\"", "Servers[1].CloneOf: \"pg-prd\" is no server of this configuration; did you mean pg-prod?")]
    [InlineData("Servers[1].CloneOf", "\"pg-stage\"", "Servers[1].CloneOf: is this server itself")]
    [InlineData("Servers[1].Minter.Password", "\"canary-prod\"", "each environment needs its own password")]
    [InlineData("Servers[0].Minter.Password", "{ \"File\": \"/nowhere/password\" }", "Servers[0].Minter.Password: file /nowhere/password is not there")]
    [InlineData("Servers[0].Minter.Password", "{ \"File\": \"/etc\" }", "Servers[0].Minter.Password: file /etc is a folder, not a file")]
    [InlineData("Servers[0].Minter.Password", "{}", "either File or Command")]
    [InlineData("Servers[0].Minter.Password", "{ \"File\": \"/a\", \"Command\": [\"b\"] }", "either File or Command")]
    [InlineData("Servers[0].Databases", "[\"*\"]", "\"*\" cannot be used in this release")]
    [InlineData("Servers[0].Databases", "[\"orders\"]", "needs a Target template")]
    [InlineData("Servers[0].Databases[0].Name", "\"*\"", "\"*\" cannot be used in this release")]
    [InlineData("Servers[0].Databases[0].Target", "\"Orders_Prod\"", "naming rule")]
    [InlineData("Servers[0].Databases[0].Target", "\"orders-prod\\n\"", "naming rule")]
    [InlineData("Servers[0].Databases[0].Target", "\"orders-stage\"", "is used twice")]
    [InlineData("Servers[0].Databases[0].Target", "\"orders5tage\"", "reads like")]
    [InlineData("Servers[0].Databases[0].Target", "\"orderss-tage\"", "reads like")]
    [InlineData("Servers[1].Target", "\"fixed\"", "must contain {database}")]
    [InlineData("Servers[0].Levels", "{}", "names no level")]
    [InlineData("Servers[0].Levels.read", "{ \"StandingRole\": \"postgres\" }", "cannot be lent")]
    [InlineData("Servers[0].Levels.read", "{ \"StandingRole\": \"dbco_x\" }", "cannot be lent")]
    [InlineData("Servers[0].Levels.read", "{ \"StandingRole\": \"pg_read_all_data\" }", "cannot be lent")]
    [InlineData("Servers[0].Levels.read", "{ \"StandingRole\": \"pg_{target}\" }", "cannot be lent")]
    [InlineData("Servers[0].Levels.ddl", "{ \"OwnerRole\": \"pg_database_owner\" }", "cannot be lent")]
    [InlineData("Servers[0].Levels.ddl", "{ \"OwnerRole\": \"postgres\" }", "cannot be lent")]
    [InlineData("Servers[0].Levels.read", "{ \"StandingRole\": \"a; DROP ROLE b\" }", "not a role name")]
    [InlineData("Servers[0].Levels.read", "{ \"StandingRole\": \"dbchatops_orders_prod_write\" }", "belongs to one target and level")]
    [InlineData("Servers[1].Levels.read", "{ \"StandingRole\": \"shared_read\" }", "belongs to one target and level")]
    [InlineData("Servers[0].Levels.ddl", "{}", "must belong to a role")]
    [InlineData("Teams", "{}", "not known to this release yet")]
    [InlineData("Slak", "{}", "did you mean Slack?")]
    [InlineData("Policies[0].Requestors", "[]", "did you mean Requesters?")]
    public async Task A_wrong_value_is_refused_with_its_path_and_what_is_wrong(string path, string json, string expected)
    {
        var problems = await _folder.With(path, json).ProblemsAsync();

        problems.ShouldContain(problem => problem.Contains(expected, StringComparison.Ordinal), string.Join('\n', problems));
    }

    [Theory]
    [InlineData("Instance"), InlineData("Instance.Key"), InlineData("Slack"), InlineData("Slack.BotToken"), InlineData("Slack.SigningSecret"), InlineData("Slack.AppId")]
    [InlineData("Slack.TeamIds"), InlineData("Slack.ApprovalChannel"), InlineData("Security"), InlineData("Store"), InlineData("Servers[0].Environment")]
    [InlineData("Servers[0].Minter"), InlineData("Servers[0].Databases"), InlineData("Policies[0].Name"), InlineData("Policies[0].Covers"), InlineData("Policies[0].Covers.Levels")]
    [InlineData("Policies[0].Requesters"), InlineData("Policies[0].MaximumWindow"), InlineData("Policies[0].Rule"), InlineData("Policies[0].Rule.PendingFor"), InlineData("Policies[0].Rule.ClaimWithin")]
    public async Task What_must_be_there_is_missed(string path)
    {
        var problems = await _folder.Without(path).ProblemsAsync();

        problems.ShouldContain(problem => problem.StartsWith(path, StringComparison.Ordinal), string.Join('\n', problems));
    }

    [Fact]
    public async Task No_secret_is_in_a_problem_a_hash_or_a_printed_setting()
    {
        var settings = await _folder.LoadAsync();
        settings.ToString().ShouldNotContain("canary");
        settings.Slack.ToString().ShouldNotContain("canary");

        var problems = await _folder.With("Servers[1].Minter.Password", "\"canary-prod\"").With("Slack.BotToken", "\"xapp-canary\"").ProblemsAsync();
        string.Join('\n', problems).ShouldNotContain("canary");
    }

    [Fact]
    public async Task Broken_json_is_refused_without_quoting_it()
    {
        _folder.Write("appsettings.json", "{ \"Slack\": { \"BotToken\": xoxb-canary } }");

        (await _folder.ProblemsAsync()).Single().ShouldBe("appsettings.json: is not valid JSON (line 1, column 26): a value must stand here; texts stand in double quotes");
    }

    [Theory]
    [InlineData("{ \"Store\": {}, \"Store\": {} }")]
    [InlineData("[]")]
    [InlineData("")]
    public async Task Hostile_files_are_refused(string text)
    {
        _folder.Write("appsettings.json", text);

        (await _folder.ProblemsAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Json_nested_a_thousand_deep_is_refused()
    {
        _folder.Write("appsettings.json", new string('[', 1000));

        (await _folder.ProblemsAsync()).Single().ShouldContain("not valid JSON");
    }

    [Fact]
    public async Task A_missing_file_is_refused()
    {
        File.Delete(_folder.File);

        (await _folder.ProblemsAsync()).Single().ShouldContain("is not there");
    }

    private static string ExamplePath()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "DbChatOps.sln")))
            {
                return Path.Combine(folder.FullName, "appsettings.example.json");
            }
        }

        throw new InvalidOperationException("The tests run outside the repository.");
    }
}
