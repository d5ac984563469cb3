using DbChatOps.Access;
using DbChatOps.Host.Flow;
using DbChatOps.Playground.Faults;
using DbChatOps.Tests.PostgreSql;
using Shouldly;
using Xunit;
using static DbChatOps.Tests.Journeys.BotUnderTest;

namespace DbChatOps.Tests.Journeys;

/// <summary>More at once than anybody types: the acknowledgement does not wait for the answer, and nothing is lost or done twice.</summary>
public sealed class FloodStoryTests(PostgreSqlStage stage) : IClassFixture<PostgreSqlStage>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Of_a_flood_of_commands_each_is_decided_once_and_what_ends_access_does_not_wait()
    {
        await using var bot = await StartAsync(stage);
        await bot.HasAccessAsync();
        bot.Slack.Faults.On("users.info", new Fault.Slow(TimeSpan.FromMilliseconds(100)), times: int.MaxValue);

        var flood = Enumerable.Range(1, 20).Select(number => bot.Driver.Says(Ana, $"/db access orders-prod read 30m checking INC-{number}")).ToList();
        (await bot.Driver.Says(Ana, "/db release")).ShouldNotBeNull().Body.ShouldContain("Ending");
        await Task.WhenAll(flood);
        await bot.SettlesAsync();

        (await bot.RequestsAsync()).Count(request => request.State == RequestState.Pending).ShouldBe(3);
        (await bot.RefusalsAsync()).ShouldBe(Enumerable.Repeat("pending_limit", 17));
        (await bot.Get<IInbox>().UndecidedAsync(Ct)).ShouldBeEmpty();
        bot.Sights.Ephemerals(Ana).Select(bot.Sights.Read).Count(answer => answer.Contains("Working on it", StringComparison.Ordinal)).ShouldBeGreaterThan(10);
        bot.Sights.Ephemerals(Ana).Select(bot.Sights.Read).Count(answer => answer.Contains("already have 3 requests waiting", StringComparison.Ordinal)).ShouldBe(17);
    }
}
