using DbChatOps.Access;
using DbChatOps.Host.Configuration;
using DbChatOps.Host.Flow;
using DbChatOps.Host.Operations.Alerts;
using DbChatOps.Host.Operations.EndingOnly;
using DbChatOps.Host.Storage;
using DbChatOps.Ledger;
using DbChatOps.Targets;
using DbChatOps.Playground.Faults;
using DbChatOps.Tests.Journeys;
using DbChatOps.Tests.PostgreSql;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using Shouldly;
using Xunit;
using static DbChatOps.Tests.Journeys.BotUnderTest;

namespace DbChatOps.Tests.Operations;

/// <summary>Whatever else is wrong, access ends.</summary>
public sealed class EndingOnlyTests(PostgreSqlStage stage) : IClassFixture<PostgreSqlStage>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_the_ledger_expired_logins_end_and_the_next_start_takes_that_over_once()
    {
        await using var bot = await StartAsync(stage);
        await bot.HasAccessAsync();
        var grant = (await bot.GrantsAsync()).ShouldHaveSingleItem();
        var server = bot.Settings.Targets.Servers[0];
        var spool = new Spool(bot.StorePath, bot.Clock, NullLogger<Spool>.Instance);
        var ending = new EndExpired(bot.Get<ILoginEngine>(), bot.Get<CatalogTurns>(), spool, bot.Clock, NullLogger<EndExpired>.Instance);

        (await ending.RunAsync(server, Ct)).ShouldBeEmpty();
        (await bot.LoginsAsync()).ShouldBe(grant.Login);
        bot.Clock.Advance(TimeSpan.FromMinutes(31));
        await UntilAsync(async () => (await ending.RunAsync(server, Ct)) is [{ Stage: RevocationStage.ProvenGone }]);
        (await bot.LoginsAsync()).ShouldBe("");

        var noted = await File.ReadAllTextAsync(Spool.PathBeside(bot.StorePath), Ct);
        (await spool.IngestAsync(bot.Ledger, Ct)).ShouldBeGreaterThan(0);
        File.Exists(Spool.PathBeside(bot.StorePath)).ShouldBeFalse();

        // As if the process had died before the file was removed.
        await File.WriteAllTextAsync(Spool.PathBeside(bot.StorePath), noted, Ct);
        (await spool.IngestAsync(bot.Ledger, Ct)).ShouldBe(0);

        await bot.SettlesAsync();
        (await bot.GrantsAsync()).ShouldHaveSingleItem().State.ShouldBe(GrantState.Revoked);
        await bot.LedgerHoldsAsync();
    }

    [Fact]
    public async Task A_role_without_our_mark_is_never_ended()
    {
        await using var bot = await StartAsync(stage);
        await bot.Servers.PsqlAsync("CREATE ROLE dbco_mallory_00000001 LOGIN VALID UNTIL '2020-01-01'");
        var spool = new Spool(bot.StorePath, bot.Clock, NullLogger<Spool>.Instance);
        var ending = new EndExpired(bot.Get<ILoginEngine>(), bot.Get<CatalogTurns>(), spool, bot.Clock, NullLogger<EndExpired>.Instance);

        (await ending.RunAsync(bot.Settings.Targets.Servers[0], Ct)).ShouldBeEmpty();

        (await bot.LoginsAsync()).ShouldBe("dbco_mallory_00000001");
    }

    [Fact]
    public async Task A_store_that_fails_pages_degrades_and_recovers()
    {
        await using var receiver = await AlertReceiver.StartAsync();
        await using var bot = await StartAsync(stage);
        using var http = AlertPost.CreateClient();
        var spool = new Spool(bot.StorePath, bot.Clock, NullLogger<Spool>.Instance);
        var ending = new EndExpired(bot.Get<ILoginEngine>(), bot.Get<CatalogTurns>(), spool, bot.Clock, NullLogger<EndExpired>.Instance);
        LedgerUnavailableException? trouble = null;
        var health = new Health();
        using var watch = new ExpiryWatch(
            () => trouble, (_, _, _) => Task.CompletedTask, bot.Ledger, ending, spool, new AlertPost(http, () => receiver.Address), health,
            bot.Get<Func<Rules>>(), bot.Clock, NullLogger<ExpiryWatch>.Instance);
        await bot.HasAccessAsync();
        (await watch.LookAsync(Ct)).ShouldBeFalse();
        bot.Clock.Advance(TimeSpan.FromMinutes(31));

        trouble = new LedgerUnavailableException("The store is not available: the disk is full.");
        await UntilAsync(async () => await watch.LookAsync(Ct) && await bot.LoginsAsync() == "");
        health.Reasons.ShouldHaveSingleItem().ShouldContain("the disk is full");
        receiver.Taken.ShouldHaveSingleItem()["key"]!.GetValue<string>().ShouldBe("ending_only:store");

        trouble = null;
        (await watch.LookAsync(Ct)).ShouldBeFalse();
        health.Reasons.ShouldBeEmpty();
        receiver.Taken[^1]["status"]!.GetValue<string>().ShouldBe("resolved");
        File.Exists(Spool.PathBeside(bot.StorePath)).ShouldBeFalse();
    }

    [Fact]
    public async Task With_chat_down_access_still_ends_and_the_cards_catch_up()
    {
        await using var bot = await StartAsync(stage);
        await bot.HasAccessAsync();
        bot.Slack.Faults.On(FaultPlan.AnyMethod, new Fault.Reset(), times: int.MaxValue);
        bot.Clock.Advance(TimeSpan.FromMinutes(31));

        await UntilAsync(async () =>
        {
            await bot.Get<Agenda>().StartDueAsync(Ct);
            await Task.WhenAll(bot.Get<Agenda>().UnderWay);
            return (await bot.GrantsAsync()).All(grant => grant.State == GrantState.Revoked);
        });

        (await bot.LoginsAsync()).ShouldBe("");
        (await bot.Get<IAgendaStore>().NextDueAsync(Ct)).ShouldNotBeNull("the cards are still owed");
    }

    [Fact]
    public async Task In_ending_only_mode_nothing_new_begins()
    {
        await using var bot = await StartAsync(stage);
        await bot.HasAccessAsync();
        var grant = (await bot.GrantsAsync()).ShouldHaveSingleItem();
        var rules = bot.Get<Func<Rules>>();
        var decider = new Decider(bot.Ledger, bot.Get<FactGathering>(), () => rules() with { EndingOnlyBecause = "the configuration is invalid" }, bot.Clock);

        var asked = await decider.DecideAsync(
            new AskAccess(new RequestId(Guid.CreateVersion7()), grant.Target, AccessLevel.Read, TimeSpan.FromMinutes(5), "more"), grant.Holder, null, Ct);
        asked.Refused!.Message.ShouldStartWith("Nothing was done");

        (await decider.DecideAsync(new RevokeGrant(grant.Id, "over"), Principal.Operator(PersonId.Operator("root")), null, Ct)).Refused.ShouldBeNull();
        await bot.SettlesAsync();
        (await bot.LoginsAsync()).ShouldBe("");
    }

    /// <summary>A real server's steps take as long as they take; each call is one, and there is a limit to them.</summary>
    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        for (var attempt = 0; attempt < 100; attempt++)
        {
            if (await condition())
            {
                return;
            }

            await ServerClock.WaitPast(TimeSpan.FromMilliseconds(100), Ct);
        }

        Assert.Fail("It did not come about.");
    }
}
