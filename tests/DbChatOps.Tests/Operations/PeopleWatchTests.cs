using DbChatOps.Access;
using DbChatOps.Host.Flow;
using DbChatOps.Playground;
using DbChatOps.Playground.Faults;
using DbChatOps.Tests.Journeys;
using DbChatOps.Tests.PostgreSql;
using Shouldly;
using Xunit;
using static DbChatOps.Tests.Journeys.BotUnderTest;

namespace DbChatOps.Tests.Operations;

public sealed class PeopleWatchTests(PostgreSqlStage stage) : IClassFixture<PostgreSqlStage>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whoever_is_deactivated_loses_access()
    {
        await using var bot = await StartAsync(stage);
        await bot.HasAccessAsync();
        (await bot.Get<PeopleWatch>().LookAsync(Ct)).ShouldBe(0);
        bot.Slack.Deactivate(Ana);

        (await bot.Get<PeopleWatch>().LookAsync(Ct)).ShouldBe(1);
        await bot.SettlesAsync();

        var grant = (await bot.GrantsAsync()).ShouldHaveSingleItem();
        (grant.State, grant.Ending!.Reason).ShouldBe((GrantState.Revoked, EndReason.PersonDeactivated));
        (await bot.LoginsAsync()).ShouldBe("");
    }

    [Fact]
    public async Task A_directory_that_is_silent_takes_nothing_away()
    {
        await using var bot = await StartAsync(stage);
        await bot.HasAccessAsync();
        bot.Slack.Deactivate(Ana);
        bot.Slack.Faults.On(FaultPlan.AnyMethod, new Fault.Reset(), times: int.MaxValue);

        (await bot.Get<PeopleWatch>().LookAsync(Ct)).ShouldBe(0);

        (await bot.GrantsAsync()).ShouldHaveSingleItem().State.ShouldBe(GrantState.Active);
    }
}
