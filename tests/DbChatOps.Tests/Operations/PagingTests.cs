using DbChatOps.Alerts;
using DbChatOps.Access;
using DbChatOps.Host.Commands;
using DbChatOps.Host.Configuration;
using DbChatOps.Host.Flow;
using DbChatOps.Host.Operations.Alerts;
using DbChatOps.Ledger;
using DbChatOps.Playground;
using DbChatOps.Playground.World;
using DbChatOps.Targets;
using DbChatOps.Tests.Journeys;
using DbChatOps.Tests.PostgreSql;
using Microsoft.AspNetCore.Http;
using Shouldly;
using Xunit;
using static DbChatOps.Tests.Journeys.BotUnderTest;

namespace DbChatOps.Tests.Operations;

/// <summary>What leaves chat: pages, with a key, until they are taken, and taken back when it is over.</summary>
public sealed class PagingTests(PostgreSqlStage stage) : IClassFixture<PostgreSqlStage>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_alert_is_sent_once_retried_until_taken_and_resolved()
    {
        await using var receiver = await AlertReceiver.StartAsync();
        await using var bot = await StartAsync(stage, with: settings => settings with { AlertWebhookUrl = receiver.Address.Url });
        var alarms = bot.Get<Alarms>();
        receiver.Answer = StatusCodes.Status503ServiceUnavailable;

        await alarms.RaiseAsync("wrong_server:orders", "orders", "orders is another server", Ct);
        await alarms.RaiseAsync("wrong_server:orders", "orders", "orders is another server", Ct);
        await WorkAsync(bot);
        receiver.Refused.ShouldBe(1);
        receiver.Taken.ShouldBeEmpty();

        receiver.Answer = StatusCodes.Status202Accepted;
        await bot.PassesAsync(TimeSpan.FromMinutes(2));
        receiver.Taken.ShouldHaveSingleItem()["status"]!.GetValue<string>().ShouldBe("firing");
        bot.Sights.Read(Seed.Audit).ShouldContain("orders is another server");

        await alarms.ResolveAsync("wrong_server:orders", Ct);
        await bot.SettlesAsync();
        receiver.Taken.Count.ShouldBe(2);
        receiver.Taken[1]["status"]!.GetValue<string>().ShouldBe("resolved");
        await bot.LedgerHoldsAsync();
    }

    [Fact]
    public async Task A_jump_of_the_clock_pages_once()
    {
        await using var receiver = await AlertReceiver.StartAsync();
        await using var bot = await StartAsync(stage, with: settings => settings with { AlertWebhookUrl = receiver.Address.Url });
        var check = bot.Get<SelfCheck>();
        await check.CompareClocksAsync(Ct);

        bot.Wall.Jump = TimeSpan.FromMinutes(-3);
        (await check.CompareClocksAsync(Ct)).ShouldBe(bot.Wall.Jump, TimeSpan.FromSeconds(1));
        await check.CompareClocksAsync(Ct);
        await bot.SettlesAsync();

        receiver.Taken.ShouldHaveSingleItem()["summary"]!.GetValue<string>().ShouldContain("jumped by -180");
    }

    [Fact]
    public async Task Another_server_under_the_same_name_pages()
    {
        await using var receiver = await AlertReceiver.StartAsync();
        await using var bot = await StartAsync(stage, with: settings => settings with { AlertWebhookUrl = receiver.Address.Url });
        var record = (await bot.Ledger.LoadAsync<ServerRecord>("orders", Ct))!;
        var other = new ServerPinned
        {
            Server = record.State.Id,
            Identity = record.State.Pin with { SystemIdentifier = "1" },
            By = PersonId.Bot,
            At = bot.Clock.GetUtcNow(),
        };
        var elsewhere = ServerRecord.Apply(record.State, other);
        var write = new SnapshotWrite { Subject = elsewhere.Subject, ExpectedVersion = record.Version, Index = elsewhere.Index, Body = LedgerJson.Write(elsewhere) };
        await bot.Ledger.CommitAsync(new Change { Snapshots = [write], Entries = [other.ToDraft()] }, Ct);

        await bot.Get<Surveys>().LookAsync(Ct);
        await bot.SettlesAsync();

        var page = receiver.Taken.ShouldHaveSingleItem();
        page["key"]!.GetValue<string>().ShouldBe("wrong_server:orders");
        page["summary"]!.GetValue<string>().ShouldContain("pinned");
    }

    [Fact]
    public async Task A_login_that_only_looks_like_ours_pages_until_it_is_gone_and_is_not_touched()
    {
        await using var receiver = await AlertReceiver.StartAsync();
        await using var bot = await StartAsync(stage, with: settings => settings with { AlertWebhookUrl = receiver.Address.Url });
        await bot.Servers.PsqlAsync("CREATE ROLE dbco_mallory_00000000 LOGIN");

        await bot.Get<Reconciler>().LookAsync(Ct);
        await bot.Get<Reconciler>().LookAsync(Ct);
        await bot.SettlesAsync();
        receiver.Taken.ShouldHaveSingleItem()["key"]!.GetValue<string>().ShouldBe("lookalike:orders:dbco_mallory_00000000");
        (await bot.LoginsAsync()).ShouldBe("dbco_mallory_00000000");

        await bot.Servers.PsqlAsync("DROP ROLE dbco_mallory_00000000");
        await bot.Get<Reconciler>().LookAsync(Ct);
        await bot.SettlesAsync();
        receiver.Taken[1]["status"]!.GetValue<string>().ShouldBe("resolved");
    }

    [Fact]
    public async Task A_second_address_is_told_to_the_holder_the_approvers_and_the_pager()
    {
        await using var receiver = await AlertReceiver.StartAsync();
        await using var bot = await StartAsync(stage, with: settings => settings with { AlertWebhookUrl = receiver.Address.Url });
        var (login, _) = await bot.HasAccessAsync();
        var grant = (await bot.GrantsAsync()).ShouldHaveSingleItem();

        await SeenFromAsync(bot, grant, "10.0.0.1");
        receiver.Taken.ShouldBeEmpty();
        await SeenFromAsync(bot, grant, "10.0.0.2");

        receiver.Taken.ShouldHaveSingleItem()["summary"]!.GetValue<string>().ShouldBe($"{login} on orders-prod is used from 2 addresses");
        bot.Approvals.ShouldContain("is used from 2 addresses");
        bot.Screen(Ana).ShouldContain("is used from 2 addresses");
        await bot.LedgerHoldsAsync();
    }

    [Fact]
    public async Task Overdue_access_pages_and_is_resolved_by_the_proof()
    {
        await using var receiver = await AlertReceiver.StartAsync();
        await using var bot = await StartAsync(stage, with: settings => settings with { AlertWebhookUrl = receiver.Address.Url });
        await bot.HasAccessAsync();
        var grant = (await bot.GrantsAsync()).ShouldHaveSingleItem();
        var decider = bot.Get<Decider>();
        await decider.DecideAsync(new EndGrant(grant.Id, EndReason.Revoked, "test"), Principal.Bot, null, Ct);
        bot.Clock.Advance(TimeSpan.FromSeconds(61));
        var exposed = new RevocationReport { Login = grant.Login, Stage = RevocationStage.Exposed, Blockers = ["test"] };
        await decider.DecideAsync(new RecordRevocation(grant.Id, exposed), Principal.Bot, null, Ct);
        await bot.SettlesAsync();

        receiver.Taken[^1]["status"]!.GetValue<string>().ShouldBe("resolved");
        receiver.Taken[^1]["key"]!.GetValue<string>().ShouldBe($"alert-overdue:{grant.Id}");
        bot.Approvals.ShouldContain("now proven gone");
    }

    [Fact]
    public async Task The_test_command_says_whether_the_receiver_took_it()
    {
        await using var receiver = await AlertReceiver.StartAsync();
        await using var bot = await StartAsync(stage);
        using var http = AlertPost.CreateClient();
        await using var output = new StringWriter();
        var settings = bot.Settings with { AlertWebhookUrl = receiver.Address.Url };

        (await AlertsCommand.SendAsync(settings, http, output, Ct)).ShouldBe(ExitCode.Fine);
        receiver.Taken.Select(body => body["status"]!.GetValue<string>()).ShouldBe(["firing", "resolved"]);

        receiver.Answer = StatusCodes.Status403Forbidden;
        (await AlertsCommand.SendAsync(settings, http, output, Ct)).ShouldBe(ExitCode.Findings);
        output.ToString().ShouldContain("403");
        (await AlertsCommand.SendAsync(bot.Settings, http, output, Ct)).ShouldBe(ExitCode.CouldNotRun);
    }

    /// <summary>One round of the agenda, without waiting for retries.</summary>
    private static async Task WorkAsync(BotUnderTest bot)
    {
        await bot.Get<Agenda>().StartDueAsync(Ct);
        await Task.WhenAll(bot.Get<Agenda>().UnderWay);
    }

    private static async Task SeenFromAsync(BotUnderTest bot, Grant grant, string address)
    {
        var session = new LoginSession { Login = grant.Login, Node = "n", ClientAddress = address, StartedAt = bot.Clock.GetUtcNow(), ProcessId = 1 };
        await bot.Get<Decider>().DecideAsync(new RecordSessions(grant.Id, [session]), Principal.Bot, null, Ct);
        await bot.SettlesAsync();
    }
}
