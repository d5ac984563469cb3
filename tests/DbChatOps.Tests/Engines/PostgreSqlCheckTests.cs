using DbChatOps.Host.Commands;
using DbChatOps.Targets;
using DbChatOps.Tests.PostgreSql;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Engines;

/// <summary><c>check</c> as an operator reads it who sees a server for the first time: what it prints can be followed as it stands.</summary>
public sealed class PostgreSqlCheckTests(PostgreSqlStage stage) : PostgreSqlScene(stage), IClassFixture<PostgreSqlStage>
{
    [Fact]
    public async Task Default_rules_are_named_by_their_line_and_cured_by_a_line_for_hosts_and_one_for_the_socket()
    {
        var file = Path.Combine(Pair.Standby.Data, "pg_hba.conf");
        var rules = await File.ReadAllTextAsync(file, Ct);
        const string ForHostsOnly = "# as it was installed\nhost  all  +dbchatops_temp  all  scram-sha-256\nlocal all all peer\n";
        try
        {
            await File.WriteAllTextAsync(file, ForHostsOnly + rules, Ct);
            var inspection = await InspectAsync();
            var finding = inspection.Findings.Single(static f => f.Code == "dead_man_unbound");
            await File.WriteAllTextAsync(file, $"{finding.Cure}\n{ForHostsOnly}{rules}", Ct);

            (await InspectAsync()).Findings.ShouldNotContain(static f => f.Code == "dead_man_unbound");
            finding.Message.ShouldContain("line 3 of ");
            finding.Message.ShouldContain("pg_hba.conf (local all all peer) lets temporary logins in by peer");
            var report = Report(inspection);
            var place = report.IndexOf($"           first in pg_hba.conf of {Server.Nodes[1]}, then pg_ctl reload:");
            report.Skip(place + 1).Take(2).ShouldBe(["             local  all  +dbchatops_temp       scram-sha-256", "             host   all  +dbchatops_temp  all  scram-sha-256"]);
        }
        finally
        {
            await File.WriteAllTextAsync(file, rules, Ct);
        }
    }

    [Theory]
    [InlineData("password", "refused the password of dbchatops_bot (28P01): \\password dbchatops_bot in psql")]
    [InlineData("login", "refused the password of nobody_here (28P01)")]
    [InlineData("rule", "does not let postgres in (28000): no line of its pg_hba.conf admits it")]
    [InlineData("database", "has no database nowhere (3D000): createdb nowhere, then run the set-up script there")]
    [InlineData("connect", "does not let dbchatops_bot into database closed (42501): GRANT CONNECT ON DATABASE \"closed\" TO \"dbchatops_bot\";")]
    [InlineData("name", "cannot be reached: this machine finds no host of that name")]
    [InlineData("port", "cannot be reached: the connection was refused (ConnectionRefused); is PostgreSQL running there")]
    [InlineData("silence", "cannot be reached: no answer in time (timeout); a firewall between")]
    public async Task A_connection_that_does_not_come_about_says_why_and_what_helps(string wrong, string expected)
    {
        var (server, undo) = await BreakAsync(wrong);
        try
        {
            var fault = await Should.ThrowAsync<TargetUnavailableException>(() => Stage.Engine.IdentifyAsync(server, Ct));

            fault.Message.ShouldStartWith($"{server.Nodes[0]} {expected}");
        }
        finally
        {
            await undo();
        }
    }

    [Fact]
    public async Task Taking_a_database_from_PUBLIC_as_printed_leaves_the_bot_in()
    {
        await Pair.CreateDatabaseAsync("lounge");
        try
        {
            var finding = (await InspectAsync()).Findings.Single(static f => f.Code == "public_connect" && f.Message.Contains("lounge", StringComparison.Ordinal));

            await Pair.PsqlAsync(finding.Cure.ShouldNotBeNull());

            (await InspectAsync()).Findings.ShouldNotContain(static f => f.Message.Contains("lounge", StringComparison.Ordinal));
        }
        finally
        {
            await Pair.AskAsync("DROP DATABASE lounge");
        }
    }

    [Fact]
    public async Task What_a_standing_role_reaches_is_said_with_the_database_it_is_for_and_only_if_there_is_something()
    {
        Report(await InspectAsync()).ShouldNotContain(static line => line.Contains("reaches", StringComparison.Ordinal));
        await Pair.PsqlAsync("CREATE TABLE public.bills (id int, sum int); GRANT SELECT (id) ON public.bills TO dbchatops_orders_read; GRANT CONNECT ON DATABASE billing TO dbchatops_orders_read", "billing");
        try
        {
            Report(await InspectAsync()).Where(static line => line.Contains("reaches beyond", StringComparison.Ordinal))
                .ShouldBe(["  NOTE     orders/read reaches beyond its database orders: billing (SELECT on 1 table)"]);
        }
        finally
        {
            await Pair.PsqlAsync("DROP TABLE public.bills; REVOKE CONNECT ON DATABASE billing FROM dbchatops_orders_read", "billing");
        }
    }

    [Fact]
    public async Task A_standing_role_that_may_read_nothing_in_its_database_is_noted()
    {
        (await NothingToReadAsync()).ShouldBeEmpty();
        await Pair.PsqlAsync("REVOKE SELECT ON app.orders FROM dbchatops_orders_read", "orders");
        var none = await NothingToReadAsync();
        await Pair.PsqlAsync("GRANT SELECT (id) ON app.orders TO dbchatops_orders_read", "orders");
        var column = await NothingToReadAsync();
        await Pair.PsqlAsync("GRANT SELECT ON app.orders TO dbchatops_orders_read", "orders");

        none.ShouldHaveSingleItem().ShouldStartWith("orders/read: its standing role dbchatops_orders_read may read no table in orders.");
        column.ShouldBeEmpty();
    }

    [Fact]
    public async Task Before_the_set_up_there_is_one_cure_which_is_the_set_up_of_this_server()
    {
        await Pair.PsqlAsync("GRANT CONNECT ON DATABASE orders TO dbchatops_bot");
        var unknown = PostgreSqlStage.TargetOf("newcomer", "orders");

        var inspection = await Stage.Engine.InspectAsync(Server with { AdminDatabase = "orders" }, [unknown], Ct);

        inspection.Findings.Select(static f => f.Code).ShouldNotContain(static code => code.StartsWith("standing_role", StringComparison.Ordinal));
        var report = Report(inspection);
        var place = report.IndexOf("           in a shell, psql as a superuser of that server:");
        report.Skip(place + 1).Take(2).ShouldBe(["             dbchatops check --print-setup --server orders > setup.sql", "             psql -d orders -f setup.sql"]);
    }

    private async Task<(Server Server, Func<Task> Undo)> BreakAsync(string wrong)
    {
        var writer = Server.Nodes[0];
        switch (wrong)
        {
            case "password":
                return (Server with { Minter = Server.Minter with { Password = static _ => ValueTask.FromResult(new Secret("another")) } }, Nothing);
            case "login":
                return (Server with { Minter = Server.Minter with { User = "nobody_here" } }, Nothing);
            case "rule":
                var file = Path.Combine(Pair.Writer.Data, "pg_hba.conf");
                var rules = await File.ReadAllTextAsync(file, Ct);
                await File.WriteAllTextAsync(file, "host bolted postgres 127.0.0.1/32 reject\n" + rules, Ct);
                await Pair.Writer.ReloadAsync();
                await Pair.WaitForAsync("SELECT pg_conf_load_time() > now() - interval '5 seconds'");
                return (Server with { AdminDatabase = "bolted", Minter = Server.Minter with { User = "postgres" } }, async () =>
                {
                    await File.WriteAllTextAsync(file, rules, Ct);
                    await Pair.Writer.ReloadAsync();
                });
            case "database":
                return (Server with { AdminDatabase = "nowhere" }, Nothing);
            case "connect":
                await Pair.CreateDatabaseAsync("closed");
                await Pair.PsqlAsync("REVOKE CONNECT ON DATABASE closed FROM PUBLIC");
                return (Server with { AdminDatabase = "closed" }, () => Pair.AskAsync("DROP DATABASE closed"));
            case "name":
                return (Server with { Nodes = [writer with { Host = "no-such-host.invalid" }] }, Nothing);
            case "port":
                return (Server with { Nodes = [writer with { Port = 1 }] }, Nothing);
            default:
                await Pair.Standby.PauseAsync();
                return (Server with { Nodes = [writer with { Port = Pair.StandbyPort }] }, Pair.Standby.ResumeAsync);
        }
    }

    private static Task Nothing() => Task.CompletedTask;

    private async Task<List<string>> NothingToReadAsync() =>
        [.. (await InspectAsync()).Findings.Where(static f => f.Code == "standing_role_reads_nothing").Select(static f => f.Message)];

    private List<string> Report(ServerInspection inspection) => [.. CheckReport.Of(Server, [PostgreSqlStage.Orders], inspection)];

    private Task<ServerInspection> InspectAsync() => Stage.Engine.InspectAsync(Server, [PostgreSqlStage.Orders], Ct);
}
