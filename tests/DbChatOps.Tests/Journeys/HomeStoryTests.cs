using System.Text.Json.Nodes;
using DbChatOps.Playground;
using DbChatOps.Playground.World;
using DbChatOps.Policies;
using DbChatOps.Tests.PostgreSql;
using Shouldly;
using Xunit;
using static DbChatOps.Tests.Journeys.BotUnderTest;

namespace DbChatOps.Tests.Journeys;

/// <summary>A person's own page: what they hold, what waits for them, what they may ask for, and everything that can be pressed there.</summary>
public sealed class HomeStoryTests(PostgreSqlStage stage) : IClassFixture<PostgreSqlStage>
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_whole_story_is_told_and_played_on_home(bool bySocket)
    {
        await using var bot = await StartAsync(stage, bySocket: bySocket);
        await OpensAsync(bot, Ana);
        await OpensAsync(bot, Bo);
        Home(bot, Ana).ShouldContain("You have no access now.");
        Home(bot, Ana).ShouldContain("orders-prod");

        await PressesAsync(bot, Ana, "Ask for access…");
        await bot.Submits(Ana, ("target", "orders-prod"), ("reason", "checking INC-42"));
        await bot.Driver.Closes(Ana);
        Home(bot, Ana).ShouldContain("You asked for");
        Home(bot, Bo).ShouldContain("Waiting for you");

        await PressesAsync(bot, Bo, "Approve…");
        await bot.Submits(Bo);
        await bot.Driver.Closes(Bo);
        Home(bot, Bo).ShouldNotContain("Waiting for you");
        Home(bot, Ana).ShouldNotContain("You asked for");

        await PressesAsync(bot, Ana, "Show credentials");
        bot.Dialog(Ana).ShouldContain("Password (shown once)");
        Home(bot, Ana).ShouldContain("Active until");
        await bot.Driver.Closes(Ana);

        await PressesAsync(bot, Ana, "Done");
        bot.Dialog(Ana).ShouldContain("Ending `g-");
        await bot.SettlesAsync();
        (await bot.LoginsAsync()).ShouldBe("");
        Home(bot, Ana).ShouldContain("You have no access now.");
    }

    [Fact]
    public async Task What_is_refused_on_home_is_said_in_a_dialog()
    {
        await using var bot = await StartAsync(stage);
        await bot.HasAccessAsync();
        await OpensAsync(bot, Ana);
        var seen = bot.Sights.Home(Ana)!;

        await PressesAsync(bot, Ana, "Done");
        await bot.SettlesAsync();
        await bot.Driver.Closes(Ana);
        await bot.Driver.PressesOnHome(Ana, seen, "Extend…");
        await bot.SettlesAsync();

        bot.Dialog(Ana).ShouldContain("ended");
    }

    [Fact]
    public async Task Nothing_is_published_when_nothing_changed()
    {
        await using var bot = await StartAsync(stage);
        await OpensAsync(bot, Ana);
        var published = Published(bot);

        await OpensAsync(bot, Ana);
        await bot.Says(Ana, "/db grants");

        Published(bot).ShouldBe(published);
    }

    [Fact]
    public async Task A_page_that_chat_lost_is_drawn_again_when_it_is_opened()
    {
        await using var bot = await StartAsync(stage);
        await OpensAsync(bot, Ana);
        bot.Slack.World.Change(() => bot.Slack.World.Homes.Remove(Ana.Id));

        await OpensAsync(bot, Ana);

        Home(bot, Ana).ShouldContain("You have no access now.");
    }

    [Fact]
    public async Task Guests_are_told_why_nothing_is_offered_and_strangers_nothing_at_all()
    {
        await using var bot = await StartAsync(stage);

        await OpensAsync(bot, Seed.Guest);
        await OpensAsync(bot, Seed.Stranger);

        Home(bot, Seed.Guest).ShouldContain("✋");
        Home(bot, Seed.Guest).ShouldNotContain("orders-prod");
        bot.Sights.Home(Seed.Stranger).ShouldBeNull();
    }

    [Fact]
    public async Task Somebody_who_became_a_guest_is_shown_nothing_new()
    {
        await using var bot = await StartAsync(stage);
        await OpensAsync(bot, Bo);
        bot.Slack.World.Change(() => bot.Slack.World.Users[Bo.Id] = bot.Slack.World.Users[Bo.Id] with { IsGuest = true });
        await bot.Slack.TellOfAccountAsync(Bo, TestContext.Current.CancellationToken);

        await bot.Says(Ana, "/db access orders-prod read 30m checking INC-42");

        Home(bot, Bo).ShouldNotContain("Waiting for you");
        Home(bot, Bo).ShouldContain("✋");
    }

    [Theory]
    [InlineData("subteam_updated")]
    [InlineData("subteam_members_changed")]
    public async Task Who_joins_a_user_group_sees_at_once_what_waits_for_it(string happened)
    {
        await using var bot = await StartAsync(stage);
        bot.Slack.Put(Seed.DbaGroup with { Members = [Bo.Id] });
        await bot.Says(Ana, "/db access orders-prod read 30m checking INC-42");
        await OpensAsync(bot, Dee);
        Home(bot, Dee).ShouldNotContain("Waiting for you");

        bot.Slack.Put(Seed.DbaGroup);
        await bot.Slack.TellAsync(new JsonObject { ["type"] = happened, ["subteam"] = new JsonObject { ["id"] = Seed.DbaGroup.Id } }, TestContext.Current.CancellationToken);
        await bot.PassesAsync(TimeSpan.FromSeconds(10));

        Home(bot, Dee).ShouldContain("Waiting for you");
    }

    [Fact]
    public async Task The_next_process_keeps_the_pages_right_that_were_opened_before()
    {
        await using var bot = await StartAsync(stage);
        await OpensAsync(bot, Bo);
        await bot.Says(Ana, "/db access orders-prod read 30m checking INC-42");

        await bot.RestartAsync();
        await bot.Says(Ana, "/db withdraw");

        Home(bot, Bo).ShouldNotContain("Waiting for you");
    }

    [Fact]
    public async Task A_messages_menu_asks_for_access_because_of_that_message()
    {
        await using var bot = await StartAsync(stage);
        await bot.Says(Cy, "payments are stuck", Seed.Approvals);
        var message = bot.Sights.Messages(Seed.Approvals)[^1];

        await bot.Driver.UsesShortcut(Ana, message, "request_access");
        await bot.SettlesAsync();
        bot.Dialog(Ana).ShouldContain("About http");
        await bot.Submits(Ana, ("target", "orders-prod"));
        bot.Dialog(Ana).ShouldContain("the link alone is no reason");
        await bot.Submits(Ana, ("reason", "About http://chat/p1: stuck"));

        var request = (await bot.RequestsAsync()).ShouldHaveSingleItem();
        request.Reason.ShouldBe("About http://chat/p1: stuck");
        request.Reason.ShouldNotContain("payments");
    }

    [Fact]
    public async Task A_guest_who_asks_from_a_message_is_refused()
    {
        await using var bot = await StartAsync(stage);
        await bot.Says(Cy, "payments are stuck");
        var message = bot.Sights.Messages(Seed.General)[^1];

        await bot.Driver.UsesShortcut(Seed.Guest, message, "request_access");
        await bot.SettlesAsync();

        bot.Sights.TopModal(Seed.Guest).ShouldBeNull();
        bot.LastAnswer(Seed.Guest).ShouldContain("✋");
    }

    private static async Task OpensAsync(BotUnderTest bot, SlackUser who)
    {
        await bot.Driver.OpensHome(who);
        await bot.SettlesAsync();
    }

    private static async Task PressesAsync(BotUnderTest bot, SlackUser who, string button)
    {
        await bot.Driver.PressesOnHome(who, bot.Sights.Home(who)!, button);
        await bot.SettlesAsync();
    }

    private static string Home(BotUnderTest bot, SlackUser who) => bot.Sights.Home(who) is { } home ? bot.Sights.Read(home).Replace("\u2060", "", StringComparison.Ordinal) : "";

    private static int Published(BotUnderTest bot) => bot.Slack.Journal.Of("views.publish").Count;
}
