using System.Diagnostics;
using DbChatOps.Targets;
using DbChatOps.Tests.PostgreSql;
using Npgsql;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Engines;

/// <summary>A standby that applies changes late on purpose: what <c>check</c> says of it, and what an ending waits for.</summary>
public sealed class PostgreSqlDelayedStandbyTests(PostgreSqlStage stage) : PostgreSqlScene(stage), IClassFixture<PostgreSqlStage>, IAsyncLifetime
{
    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync() => await Pair.SetAsync("recovery_min_apply_delay", "0", Pair.Standby);

    [Theory]
    [InlineData(null, FindingSeverity.Warning, "standby_delay_undeclared", "which is not declared")]
    [InlineData(59, FindingSeverity.Warning, "standby_delay_undeclared", "but only 59 min is declared")]
    [InlineData(60, FindingSeverity.Note, "standby_delayed", "as declared")]
    [InlineData(90, FindingSeverity.Note, "standby_delayed", "as declared")]
    public async Task Check_says_the_delay_and_what_to_declare(int? declaredMinutes, FindingSeverity severity, string code, string words)
    {
        await Pair.SetAsync("recovery_min_apply_delay", "1h", Pair.Standby);

        var found = (await InspectAsync(declaredMinutes is { } minutes ? TimeSpan.FromMinutes(minutes) : null)).Findings
            .Where(static f => f.Code.StartsWith("standby_delay", StringComparison.Ordinal)).ShouldHaveSingleItem();

        (found.Code, found.Severity).ShouldBe((code, severity));
        found.Message.ShouldContain($"standby 127.0.0.1:{Pair.StandbyPort} applies changes 1 h late (recovery_min_apply_delay)");
        found.Message.ShouldContain(words);
        found.Message.ShouldContain("proven gone only 1 h after its end");
        found.Cure.ShouldBe(severity == FindingSeverity.Warning ? "\"Delay\": \"1h\"" : null);
    }

    [Fact]
    public async Task A_standby_without_a_delay_is_not_mentioned() =>
        (await InspectAsync(TimeSpan.FromHours(1))).Findings.ShouldNotContain(static f => f.Code.StartsWith("standby_delay", StringComparison.Ordinal));

    [Fact]
    public async Task A_declared_delay_is_waited_for_once_and_then_proven()
    {
        var login = await KnownToStandbyAsync();
        await Pair.SetAsync("recovery_min_apply_delay", "4s", Pair.Standby);
        var began = Stopwatch.GetTimestamp();

        var waiting = await StepAsync(login, TimeSpan.FromHours(1));

        waiting.Stage.ShouldBe(RevocationStage.Exposed);
        waiting.Waits.ShouldNotBeNull().ShouldSatisfyAllConditions(
            wait => wait.Node.ShouldBe($"127.0.0.1:{Pair.StandbyPort}"),
            wait => wait.Delay.ShouldBe(TimeSpan.FromSeconds(4)),
            wait => wait.Until.ShouldBe(DateTimeOffset.UtcNow.AddSeconds(4), TimeSpan.FromSeconds(1)));
        (await Stage.Engine.ReadAsync(Server, login.Name, Ct)).Presence.ShouldBe(LoginPresence.Absent, "the writer's drop does not wait");
        (await Pair.AskAsync($"SELECT rolcanlogin FROM pg_roles WHERE oid = {login.Oid}", node: Pair.Standby)).ShouldBe("True");
        var report = waiting;
        while (report.Stage != RevocationStage.ProvenGone && Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(20))
        {
            report = await StepAsync(login, TimeSpan.FromHours(1));
            (report.Waits?.Until ?? waiting.Waits.Until).ShouldBe(waiting.Waits.Until, "the promised time does not move");
        }

        report.ShouldBeProvenGone();
        Stopwatch.GetElapsedTime(began).ShouldBeInRange(TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(7));
        (await Pair.AskAsync($"SELECT count(*) FROM pg_roles WHERE oid = {login.Oid}", node: Pair.Standby)).ShouldBe("0");
    }

    [Fact]
    public async Task A_login_that_ended_early_still_opens_sessions_on_the_delayed_standby_and_each_is_ended()
    {
        var login = await KnownToStandbyAsync();
        await Pair.SetAsync("recovery_min_apply_delay", "1h", Pair.Standby);
        await using var open = await ConnectAsync(login, node: Pair.Standby);

        var first = await StepAsync(login, TimeSpan.FromHours(1));

        first.ShouldSatisfyAllConditions(
            r => r.SessionsEnded.ShouldBe(1),
            r => r.Stage.ShouldBe(RevocationStage.Exposed),
            r => r.Waits.ShouldBeNull("a session was open"));
        await Should.ThrowAsync<NpgsqlException>(() => RunAsync(open, "SELECT 1"));
        (await StepAsync(login, TimeSpan.FromHours(1))).Waits.ShouldNotBeNull();

        await using var again = await ConnectAsync(login, node: Pair.Standby);
        (await AskAsync(again, "SELECT count(*) FROM app.orders")).ShouldBe(100L);
        (await StepAsync(login, TimeSpan.FromHours(1))).ShouldSatisfyAllConditions(
            r => r.SessionsEnded.ShouldBe(1),
            r => r.Waits.ShouldBeNull());
        await Should.ThrowAsync<NpgsqlException>(() => RunAsync(again, "SELECT 1"));
    }

    [Fact]
    public async Task A_login_whose_window_is_over_opens_no_session_on_the_delayed_standby()
    {
        var login = await MintAsync();
        await Pair.PsqlAsync($"ALTER ROLE {login.Name} VALID UNTIL '{DateTimeOffset.UtcNow.AddSeconds(1):O}'");
        await Pair.WaitForAsync($"SELECT count(*) > 0 FROM pg_roles WHERE oid = {login.Oid} AND rolvaliduntil < now() + interval '5 seconds'", node: Pair.Standby);
        await Pair.SetAsync("recovery_min_apply_delay", "1h", Pair.Standby);
        await StepAsync(login, TimeSpan.FromHours(1));
        await Pair.WaitForAsync($"SELECT rolcanlogin AND rolvaliduntil < now() FROM pg_roles WHERE oid = {login.Oid}", node: Pair.Standby);

        (await Should.ThrowAsync<PostgresException>(() => ConnectAsync(login, node: Pair.Standby))).SqlState.ShouldBe(PostgresErrorCodes.InvalidPassword);
    }

    [Fact]
    public async Task A_delay_that_is_not_declared_is_named_and_not_waited_for()
    {
        var login = await KnownToStandbyAsync();
        await Pair.SetAsync("recovery_min_apply_delay", "1h", Pair.Standby);

        var report = await StepAsync(login, declared: null);

        report.Waits.ShouldBeNull();
        report.Stage.ShouldBe(RevocationStage.Exposed);
        report.Blockers.ShouldHaveSingleItem().ShouldContain("applies changes 1 h late (recovery_min_apply_delay) and does not know of the lock yet; the delay is not declared under Nodes");
    }

    [Fact]
    public async Task Whatever_else_is_missing_is_not_waited_for()
    {
        var login = await KnownToStandbyAsync();
        await Pair.SetAsync("recovery_min_apply_delay", "1h", Pair.Standby);
        var delayed = Delayed(TimeSpan.FromHours(1));
        var alsoAway = delayed with { Nodes = [.. delayed.Nodes, new ServerNode { Host = "127.0.0.1", Port = 1, Kind = NodeKind.Standby }] };

        var report = (await Stage.Engine.EndAsync(new EndLogins { Server = alsoAway, Logins = [new EndingLogin(login.Name, login.Oid)] }, Ct))[0];

        report.Waits.ShouldBeNull();
        report.Stage.ShouldBe(RevocationStage.Exposed);
    }

    [Fact]
    public async Task Only_as_long_as_it_is_declared_is_it_waited_for()
    {
        var login = await KnownToStandbyAsync();
        await Pair.SetAsync("recovery_min_apply_delay", "1h", Pair.Standby);

        var wait = (await StepAsync(login, TimeSpan.FromMinutes(5))).Waits.ShouldNotBeNull();

        wait.Until.ShouldBe(DateTimeOffset.UtcNow.AddMinutes(5), TimeSpan.FromSeconds(5));
    }

    private Server Delayed(TimeSpan? declared) => Server with { Nodes = [Server.Nodes[0], Server.Nodes[1] with { Delay = declared }] };

    private Task<ServerInspection> InspectAsync(TimeSpan? declared) => Stage.Engine.InspectAsync(Delayed(declared), [PostgreSqlStage.Orders], Ct);

    private async Task<RevocationReport> StepAsync(ManagedLoginHandle login, TimeSpan? declared) =>
        (await Stage.Engine.EndAsync(new EndLogins { Server = Delayed(declared), Logins = [new EndingLogin(login.Name, login.Oid) { Level = login.Level }] }, Ct)).ShouldHaveSingleItem();

    private async Task<ManagedLoginHandle> KnownToStandbyAsync()
    {
        var login = await MintAsync();
        await Pair.WaitForAsync($"SELECT count(*) > 0 FROM pg_roles WHERE oid = {login.Oid} AND rolcanlogin", node: Pair.Standby);
        return login;
    }
}
