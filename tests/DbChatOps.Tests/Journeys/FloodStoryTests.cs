using DbChatOps.Access;
using DbChatOps.Chat;
using DbChatOps.Host.Desk;
using DbChatOps.Host.Flow;
using DbChatOps.Playground.Faults;
using DbChatOps.Playground.World;
using DbChatOps.Tests.PostgreSql;
using Shouldly;
using Xunit;
using static DbChatOps.Tests.Journeys.BotUnderTest;

namespace DbChatOps.Tests.Journeys;

/// <summary>More at once than anybody types: the acknowledgement does not wait for the answer, and nothing is lost or done twice.</summary>
public sealed class FloodStoryTests(PostgreSqlStage stage) : IClassFixture<PostgreSqlStage>
{
    private const string Read = "/db access orders-prod read 30m checking INC-42";

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

    [Fact]
    public async Task A_guest_who_asks_without_end_is_looked_up_once_a_minute()
    {
        await using var bot = await StartAsync(stage);
        var before = Calls(bot, "users.info");

        for (var command = 0; command < 110; command++)
        {
            (await bot.Driver.Says(Seed.Guest, "/db whoami")).ShouldNotBeNull().Body.ShouldContain("guest");
        }

        (Calls(bot, "users.info") - before).ShouldBe(1);
        bot.Clock.Advance(TimeSpan.FromSeconds(61));
        await bot.Driver.Says(Seed.Guest, "/db whoami");
        (Calls(bot, "users.info") - before).ShouldBe(2);
    }

    [Fact]
    public async Task A_word_that_is_typed_into_a_picker_asks_the_directory_once()
    {
        await using var bot = await StartAsync(stage);
        await bot.Says(Ana, "/db access");
        var (people, groups) = (Calls(bot, "users.info"), Calls(bot, "usergroups.users.list"));

        foreach (var typed in new[] { "o", "or", "ord", "orde", "order", "orders", "orders-" })
        {
            (await bot.Driver.Suggestions(Ana, "target", typed)).ShouldNotBeEmpty();
        }

        (Calls(bot, "users.info") - people).ShouldBe(1);
        (Calls(bot, "usergroups.users.list") - groups).ShouldBe(1, "the one chat group of the configuration");
    }

    [Fact]
    public async Task A_directory_that_was_silent_for_one_letter_is_asked_again_for_the_next()
    {
        await using var bot = await StartAsync(stage);
        await bot.Says(Ana, "/db access");
        bot.Slack.Faults.On("usergroups.users.list", new Fault.HtmlError(503), times: 1);

        (await bot.Driver.Suggestions(Ana, "target", "o")).ShouldBeEmpty();
        (await bot.Driver.Suggestions(Ana, "target", "or")).ShouldNotBeEmpty();
    }

    private static int Calls(BotUnderTest bot, string method) => bot.Slack.Journal.Entries.Count(entry => entry.Method == method);

    [Fact]
    public async Task A_command_that_waits_outlasts_the_limits_of_the_directory()
    {
        await using var bot = await StartAsync(stage);
        var held = new Fault.Held();
        bot.Slack.Faults.On("users.info", held, times: 4);
        var others = Enumerable.Range(1, 4).Select(number => bot.Driver.Says(Bo, $"/db withdraw r-{number}")).ToList();
        await bot.Driver.WaitsFor(_ => !bot.Get<Turns>().AreFree, "every turn is taken");

        (await bot.Driver.Says(Ana, Read)).ShouldNotBeNull().Body.ShouldContain("Working on it");
        bot.Slack.Faults.On("users.info", new Fault.RateLimited(TimeSpan.FromSeconds(30)));
        held.Release();
        await Task.WhenAll(others);
        await bot.SettlesAsync();

        (await bot.RequestsAsync()).ShouldHaveSingleItem().State.ShouldBe(RequestState.Pending);
        bot.LastAnswer(Ana).ShouldContain("Understood");
    }

    [Fact]
    public async Task A_directory_that_stays_silent_holds_nobody_up_for_long()
    {
        await using var bot = await StartAsync(stage);
        await bot.Get<IInbox>().AcceptAsync(Left(bot, "waits", Read, TimeSpan.Zero), Ct);
        bot.Slack.Faults.On("users.info", new Fault.HtmlError(503), times: int.MaxValue);

        await bot.TakesUpAsync();

        (await bot.Get<IInbox>().UndecidedAsync(Ct)).ShouldBeEmpty();
        (await bot.RequestsAsync()).ShouldBeEmpty();
    }

    /// <summary>Whoever asked has heard nothing since; what ends access is meant all the same.</summary>
    [Fact]
    public async Task What_was_asked_long_ago_is_refused_and_what_ends_access_is_not()
    {
        await using var bot = await StartAsync(stage);
        await bot.HasAccessAsync();
        await bot.Get<IInbox>().AcceptAsync(Left(bot, "asked", "access orders-staging read 30m long ago", TimeSpan.FromMinutes(31)), Ct);
        await bot.Get<IInbox>().AcceptAsync(Left(bot, "released", "release", TimeSpan.FromMinutes(31)), Ct);

        await bot.TakesUpAsync();
        await bot.SettlesAsync();

        (await bot.RequestsAsync()).ShouldHaveSingleItem("the one that was granted");
        (await bot.RefusalsAsync()).ShouldBe(["too_late"]);
        (await bot.GrantsAsync()).ShouldHaveSingleItem().State.ShouldBe(GrantState.Revoked);
    }

    private static Delivery Left(BotUnderTest bot, string key, string text, TimeSpan ago) => new()
    {
        Key = key, Kind = DeliveryKind.SlashCommand, ReceivedAt = bot.Clock.GetUtcNow() - ago, Person = IdOf(Ana), Action = "/db", Text = text.Replace("/db ", "", StringComparison.Ordinal),
    };
}
