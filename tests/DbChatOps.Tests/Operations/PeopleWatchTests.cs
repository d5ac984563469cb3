using System.Text.Json.Nodes;
using DbChatOps.Access;
using DbChatOps.Host.Flow;
using DbChatOps.Playground;
using DbChatOps.Playground.Faults;
using DbChatOps.Playground.World;
using DbChatOps.Tests.Journeys;
using DbChatOps.Tests.PostgreSql;
using Shouldly;
using Xunit;
using static DbChatOps.Tests.Journeys.BotUnderTest;

namespace DbChatOps.Tests.Operations;

public sealed class PeopleWatchTests(PostgreSqlStage stage) : IClassFixture<PostgreSqlStage>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string, SlackUser> NoMembers => new()
    {
        { "deactivated", Ana with { IsDeleted = true } },
        { "a guest", Ana with { IsGuest = true } },
        { "a guest of one channel", Ana with { IsSingleChannelGuest = true } },
        { "a bot", Ana with { IsBot = true } },
    };

    [Theory]
    [MemberData(nameof(NoMembers))]
    [Trait("Trap", "T-16")]
    [Trait("Trap", "T-17")]
    public async Task An_account_that_is_no_plain_member_any_more_loses_access_with_the_event(string becomes, SlackUser now)
    {
        await using var bot = await StartAsync(stage, bySocket: now.IsDeleted);
        await bot.HasAccessAsync();
        await bot.Says(Ana, "/db access orders-prod read 30m checking INC-43");
        bot.Slack.Put(now);

        (await bot.Slack.TellOfAccountAsync(Ana, Ct)).Status.ShouldBe(200);
        (await bot.Get<PeopleWatch>().LookAtHintedAsync(Ct)).ShouldBe(2, becomes);
        await bot.SettlesAsync();

        (await bot.GrantsAsync()).ShouldHaveSingleItem().State.ShouldBe(GrantState.Revoked);
        (await bot.RequestsAsync()).ShouldNotContain(request => request.State == RequestState.Pending);
        (await bot.LoginsAsync()).ShouldBe("");
        (await bot.Get<PeopleWatch>().LookAtHintedAsync(Ct)).ShouldBe(0);
    }

    [Fact]
    public async Task An_event_is_a_hint_and_the_directory_decides()
    {
        await using var bot = await StartAsync(stage);
        await bot.HasAccessAsync();
        var watch = bot.Get<PeopleWatch>();

        await bot.Slack.TellAsync(new JsonObject { ["type"] = "user_change", ["user"] = (Ana with { IsDeleted = true }).ToJson() }, Ct);
        (await watch.LookAtHintedAsync(Ct)).ShouldBe(0);

        (await bot.GrantsAsync()).ShouldHaveSingleItem().State.ShouldBe(GrantState.Active);
        var asked = bot.Slack.Journal.Of("users.info").Count;
        foreach (var nobody in new[] { Bo, Cy, Seed.Guest, Seed.Stranger, new SlackUser { Id = "U0NOBODY01", Handle = "new", RealName = "New" } })
        {
            await bot.Slack.TellAsync(new JsonObject { ["type"] = "user_change", ["user"] = nobody.ToJson() }, Ct);
        }

        (await watch.LookAtHintedAsync(Ct)).ShouldBe(0);
        bot.Slack.Journal.Of("users.info").Count.ShouldBe(asked, "people without access are not asked about");
        (await bot.Get<IInbox>().UndecidedAsync(Ct)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_storm_of_events_is_one_look_and_a_silent_directory_is_asked_again()
    {
        await using var bot = await StartAsync(stage);
        await bot.HasAccessAsync();
        bot.Slack.Deactivate(Ana);
        for (var change = 0; change < 50; change++)
        {
            await bot.Slack.TellOfAccountAsync(Ana, Ct);
        }

        var watch = bot.Get<PeopleWatch>();
        var asked = bot.Slack.Journal.Of("users.info").Count;
        bot.Slack.Faults.On("users.info", new Fault.HtmlError(503));
        (await watch.LookAtHintedAsync(Ct)).ShouldBe(0);
        (await watch.LookAtHintedAsync(Ct)).ShouldBe(1);

        bot.Slack.Journal.Of("users.info").Count.ShouldBe(asked + 2);
    }

    [Fact]
    public async Task More_hints_than_are_kept_are_one_look_at_everybody()
    {
        await using var bot = await StartAsync(stage);
        await bot.HasAccessAsync();
        bot.Slack.Deactivate(Ana);
        var watch = bot.Get<PeopleWatch>();
        for (var account = 0; account < 600; account++)
        {
            watch.Hint(new PersonId("slack", Seed.TeamId, $"U{account}"));
        }

        (await watch.LookAtHintedAsync(Ct)).ShouldBe(1);
    }

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
