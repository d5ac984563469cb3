using DbChatOps.Host.Engines.PostgreSql;
using DbChatOps.Targets;
using DbChatOps.Tests.PostgreSql;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Engines;

/// <summary>Who receives WAL and applies none is no standby; who applies it is one, whatever it calls itself.</summary>
public sealed class PostgreSqlArchiverTests(PostgreSqlStage stage) : PostgreSqlScene(stage), IClassFixture<PostgreSqlStage>, IAsyncLifetime
{
    /// <summary>Steps of ending: some take 30 ms, so a few hundred are over before an archiver is known.</summary>
    private const int LongerThanAnArchiverIsWatched = 1000;

    private readonly PostgreSqlLoginEngine _engine = new(TimeProvider.System, new Secret("instance key of the tests"), new PostgreSqlEngineOptions { ArchiverKnownAfter = TimeSpan.FromSeconds(3) });

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    [Theory]
    [InlineData("pg_receivewal", false)]
    [InlineData("walreceiver", false)]
    [InlineData("db_7", true)]
    public async Task An_archiver_holds_up_no_proof_once_it_is_known(string name, bool withSlot)
    {
        await using var archiver = await Pair.StartArchiverAsync(name, withSlot: withSlot);
        var login = await MintAsync();

        (await EndAsync([login], steps: 1, Server)).ShouldHaveSingleItem().Stage.ShouldBe(RevocationStage.Exposed, "it may still be a standby that starts");

        (await EndAsync([login], steps: 200, Server)).ShouldHaveSingleItem().ShouldBeProvenGone();
        var findings = (await _engine.InspectAsync(Server, [PostgreSqlStage.Orders], Ct)).Findings;
        findings.ShouldNotContain(static f => f.Code == "standby_not_listed");
        findings.Where(static f => f.Code == "wal_archiver").ShouldHaveSingleItem().Message.ShouldContain($"({name}) receives WAL from 127.0.0.1:{Pair.WriterPort} and never reports a replay position");
    }

    [Fact]
    public async Task An_archiver_that_check_meets_for_the_first_time_refuses_nothing()
    {
        await using var archiver = await Pair.StartArchiverAsync("backup");

        var findings = (await _engine.InspectAsync(Server, [PostgreSqlStage.Orders], Ct)).Findings;

        findings.ShouldNotContain(static f => f.Code == "standby_not_listed");
        findings.Where(static f => f.Code == "wal_archiver").ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            static f => f.Severity.ShouldBe(FindingSeverity.Note),
            static f => f.Message.ShouldContain("watched for 3 s"));
    }

    [Fact]
    public async Task An_archiver_on_a_listed_standby_holds_up_no_proof()
    {
        await using var archiver = await Pair.StartArchiverAsync("far_archive", Pair.Standby);
        var login = await MintAsync();

        (await EndAsync([login], steps: 200, Server)).ShouldHaveSingleItem().ShouldBeProvenGone();
    }

    [Theory]
    [InlineData("pg_receivewal")]
    [InlineData("pg_basebackup")]
    public async Task A_standby_that_calls_itself_an_archiver_is_found(string name)
    {
        var hidden = await Pair.AddStandbyAsync(name);
        try
        {
            var login = await MintAsync(AccessLevel.Ddl);
            await Pair.WaitForAsync($"SELECT count(*) > 0 FROM pg_roles WHERE oid = {login.Oid} AND rolcanlogin", node: hidden);
            await using var session = await ConnectAsync(login, node: hidden);

            await IsFoundAsync(login, name);
            (await _engine.InspectAsync(Server, [PostgreSqlStage.Orders], Ct)).Findings.ShouldContain(static f => f.Code == "standby_not_listed" && f.Severity == FindingSeverity.Error);
            (await AskAsync(session, "SELECT count(*) FROM app.orders")).ShouldBe(100L);
        }
        finally
        {
            await hidden.StopAsync();
        }
    }

    [Fact]
    public async Task A_standby_of_a_standby_that_calls_itself_an_archiver_is_found()
    {
        var hidden = await Pair.AddStandbyAsync("pg_receivewal");
        try
        {
            await Pair.AskAsync($"ALTER SYSTEM SET primary_conninfo = 'user=postgres host=127.0.0.1 port={Pair.StandbyPort} application_name=pg_receivewal'", node: hidden);
            await hidden.ReloadAsync();
            await Pair.WaitForAsync("SELECT count(*) > 0 FROM pg_stat_replication", node: Pair.Standby);

            await IsFoundAsync(await MintAsync(), "pg_receivewal");
        }
        finally
        {
            await hidden.StopAsync();
        }
    }

    [Fact]
    public async Task An_archiver_does_not_stand_in_for_a_standby()
    {
        await using var archiver = await Pair.StartArchiverAsync("backup");
        var withoutStandby = Pair.ToServer(listStandby: false);

        var login = await MintAsync();
        RevocationReport report;
        var steps = 0;
        do
        {
            report = (await EndAsync([login], steps: 1, withoutStandby)).ShouldHaveSingleItem();
            report.Stage.ShouldBe(RevocationStage.Exposed);
        }
        while (report.Blockers.Count > 1 && ++steps < LongerThanAnArchiverIsWatched);

        report.Blockers.ShouldHaveSingleItem().ShouldContain("not listed");
    }

    /// <summary>On a busy machine the listed standby may miss a step, and then nobody can tell who is unlisted: every step keeps the grant open, and one names it.</summary>
    private async Task IsFoundAsync(ManagedLoginHandle login, string name)
    {
        var said = new List<string>();
        for (var step = 0; step < LongerThanAnArchiverIsWatched && !said.Exists(b => b.Contains($"not listed streams from this server: 127.0.0.1 ({name})", StringComparison.Ordinal)); step++)
        {
            var report = (await EndAsync([login], steps: 1, Server)).ShouldHaveSingleItem();
            report.Stage.ShouldBe(RevocationStage.Exposed);
            said.AddRange(report.Blockers);
        }

        said.ShouldContain(b => b.Contains($"not listed streams from this server: 127.0.0.1 ({name})", StringComparison.Ordinal), string.Join("\n", said.Distinct(StringComparer.Ordinal).Take(20)));
    }

    private async Task<IReadOnlyList<RevocationReport>> EndAsync(IReadOnlyList<ManagedLoginHandle> logins, int steps, Server server)
    {
        for (var step = 1; ; step++)
        {
            var reports = await _engine.EndAsync(new EndLogins { Server = server, Logins = logins.Select(static l => new EndingLogin(l.Name, l.Oid) { Level = l.Level }).ToList() }, Ct);
            if (step == steps || reports.All(static r => r.Stage == RevocationStage.ProvenGone))
            {
                return reports;
            }
        }
    }
}
