using DbChatOps.Access;
using DbChatOps.Playground.World;
using DbChatOps.Policies;
using DbChatOps.Tests.PostgreSql;
using Shouldly;
using Xunit;
using static DbChatOps.Tests.Journeys.BotUnderTest;

namespace DbChatOps.Tests.Journeys;

/// <summary>A command that needs more opens a dialog when it is typed alone.</summary>
public sealed class AskByDialogTests(PostgreSqlStage stage) : IClassFixture<PostgreSqlStage>
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_command_alone_asks_for_the_rest_and_offers_targets_by_name(bool bySocket)
    {
        await using var bot = await StartAsync(stage, bySocket: bySocket);

        await bot.Says(Ana, "/db access");
        bot.Dialog(Ana).ShouldContain("The window starts when you press");
        (await bot.Driver.Suggestions(Ana, "target", "RDERS")).ShouldHaveSingleItem().ShouldContain("orders-prod · read, write");
        (await bot.Driver.Suggestions(Ana, "target", "pay")).ShouldHaveSingleItem("part of a tag is enough").ShouldContain("orders-prod");
        (await bot.Driver.Suggestions(Ana, "target", "billing")).ShouldBeEmpty();
        await bot.Submits(Ana, ("target", "orders-prod"), ("window", "45m"), ("reason", "checking INC-42"));

        bot.Dialog(Ana).ShouldContain("waits for");
        var request = (await bot.RequestsAsync()).ShouldHaveSingleItem();
        (request.Target.Value, request.Level, request.Window, request.Reason).ShouldBe(("orders-prod", AccessLevel.Read, TimeSpan.FromMinutes(45), "checking INC-42"));
    }

    [Fact]
    public async Task What_is_wrong_is_said_under_its_field_and_nothing_is_asked()
    {
        await using var bot = await StartAsync(stage);
        await bot.Says(Ana, "/db access");

        await bot.Submits(Ana, ("target", "orders-prod"), ("window", "30"), ("reason", "checking INC-42"));
        bot.Dialog(Ana).ShouldContain("Say the unit: 30m for minutes or 30h for hours.");
        await bot.Submits(Ana, ("window", "soon"));
        bot.Dialog(Ana).ShouldContain("Write a time such as 30m");
        await bot.Submits(Ana, ("window", "9h"));
        (await bot.RequestsAsync()).ShouldBeEmpty();
        await bot.Submits(Ana, ("window", ""));

        (await bot.RequestsAsync()).ShouldHaveSingleItem().Window.ShouldBe(TimeSpan.FromMinutes(30));
    }

    [Fact]
    public async Task Approving_alone_offers_what_waits_for_the_person_and_shows_it_whole_before_it_is_decided()
    {
        await using var bot = await StartAsync(stage);
        await bot.Says(Ana, "/db access orders-prod read 30m checking INC-42");
        var handle = (await bot.RequestsAsync()).Single().Id.Handle;

        await bot.Says(Ana, "/db approve");
        (await bot.Driver.Suggestions(Ana, "request", "")).ShouldBeEmpty("nobody approves their own");
        await bot.Says(Bo, "/db approve");
        var offered = (await bot.Driver.Suggestions(Bo, "request", "orders")).ShouldHaveSingleItem();
        offered.ShouldContain($"{handle} · ana · read on orders-prod");
        await bot.Submits(Bo, ("request", offered));
        bot.Dialog(Bo).ShouldContain("checking INC-42");
        (await bot.RequestsAsync()).Single().State.ShouldBe(RequestState.Pending);
        await bot.Submits(Bo);

        (await bot.RequestsAsync()).Single().State.ShouldBe(RequestState.Approved);
    }

    [Fact]
    public async Task Denying_alone_asks_which_and_then_why()
    {
        await using var bot = await StartAsync(stage);
        await bot.Says(Ana, "/db access orders-prod read 30m checking INC-42");

        await bot.Says(Bo, "/db deny");
        await bot.Submits(Bo, ("request", await OnlyOneAsync(bot, Bo, "request")));
        await bot.Submits(Bo, ("comment", "the replica is enough"));

        (await bot.RequestsAsync()).Single().State.ShouldBe(RequestState.Denied);
    }

    [Fact]
    public async Task Extending_revoking_and_asking_who_lead_from_a_choice_to_the_dialog_of_the_card()
    {
        await using var bot = await StartAsync(stage);
        var (login, _) = await bot.HasAccessAsync();

        await bot.Says(Ana, "/db extend");
        await bot.Submits(Ana, ("held", await OnlyOneAsync(bot, Ana, "held")));
        bot.Dialog(Ana).ShouldContain("How much longer");

        await bot.Says(Cy, "/db who");
        await bot.Submits(Cy, ("login", "dbco_nobody"));
        bot.Dialog(Cy).ShouldContain("is not a login that this bot ever made");
        await bot.Submits(Cy, ("login", login));
        bot.Dialog(Cy).ShouldContain("ana");

        await bot.Says(Ana, "/db revoke");
        await bot.Submits(Ana, ("live", await OnlyOneAsync(bot, Ana, "live")));
        await bot.Submits(Ana, ("reason", "no longer needed"));
        await bot.SettlesAsync();

        (await bot.LoginsAsync()).ShouldBe("");
    }

    [Fact]
    public async Task Whoever_may_ask_for_nothing_is_offered_nothing()
    {
        await using var bot = await StartAsync(stage);

        await bot.Says(Dee, "/db access");

        bot.Sights.TopModal(Dee).ShouldBeNull("nobody fills in what cannot be completed");
        bot.LastAnswer(Dee).ShouldContain("no target that you may ask for");
    }

    [Fact]
    public async Task Whoever_loses_the_right_while_the_dialog_is_open_is_offered_nothing()
    {
        await using var bot = await StartAsync(stage);
        await bot.Says(Ana, "/db access");
        bot.Settings = bot.Settings with { Policies = PolicyBook.Empty };

        (await bot.Driver.Suggestions(Ana, "target", "")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Only_levels_that_the_person_may_ask_for_somewhere_are_offered()
    {
        await using var bot = await StartAsync(stage);
        await bot.Says(Ana, "/db access");
        Levels(bot).ShouldBe(["read", "write", "ddl"]);
        await bot.Driver.Closes(Ana);

        bot.Settings = bot.Settings with { Policies = new PolicyBook([bot.Settings.Policies.Policies[0]], bot.Settings.Policies.Groups, bot.Settings.Policies.People) };
        await bot.Says(Ana, "/db access");
        Levels(bot).ShouldBe(["read"]);
    }

    private static async Task<string> OnlyOneAsync(BotUnderTest bot, SlackUser who, string field) =>
        (await bot.Driver.Suggestions(who, field, "")).ShouldHaveSingleItem();

    private static IEnumerable<string> Levels(BotUnderTest bot) =>
        bot.Sights.TopModal(Ana)!.Blocks.Select(block => block["element"]).Single(element => element?["type"]?.GetValue<string>() == "static_select")!["options"]!.AsArray()
            .Select(option => option!["value"]!.GetValue<string>());
}
