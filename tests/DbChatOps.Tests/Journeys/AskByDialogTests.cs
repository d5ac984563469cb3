using DbChatOps.Access;
using DbChatOps.Tests.PostgreSql;
using Shouldly;
using Xunit;
using static DbChatOps.Tests.Journeys.BotUnderTest;

namespace DbChatOps.Tests.Journeys;

/// <summary><c>/db access</c> alone opens a dialog that asks for the rest.</summary>
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
    public async Task Whoever_may_ask_for_nothing_is_offered_nothing()
    {
        await using var bot = await StartAsync(stage);

        await bot.Says(Dee, "/db access");

        (await bot.Driver.Suggestions(Dee, "target", "")).ShouldBeEmpty();
    }
}
