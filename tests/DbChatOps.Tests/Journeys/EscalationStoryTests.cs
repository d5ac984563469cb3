using DbChatOps.Access;
using DbChatOps.Playground.World;
using DbChatOps.Policies;
using DbChatOps.Tests.PostgreSql;
using Shouldly;
using Xunit;
using static DbChatOps.Tests.Journeys.BotUnderTest;

namespace DbChatOps.Tests.Journeys;

/// <summary>Nobody answers, so others are called.</summary>
public sealed class EscalationStoryTests(PostgreSqlStage stage) : IClassFixture<PostgreSqlStage>
{
    [Fact]
    public async Task A_request_that_waits_too_long_calls_the_escalation_group_which_can_answer_it()
    {
        await using var bot = await StartAsync(stage, Escalating);
        await bot.Says(Ana, "/db access orders-prod read 30m checking INC-42");
        var first = bot.Sights.Messages(Seed.Approvals).ShouldHaveSingleItem();
        await bot.PressesOn(Cy, first, "Approve…");
        await bot.Submits(Cy);
        (await bot.RequestsAsync()).ShouldHaveSingleItem().Reviews.ShouldBeEmpty("before its time the group decides nothing");
        await bot.Driver.Closes(Cy);

        await bot.PassesAsync(TimeSpan.FromMinutes(14));
        bot.Approvals.ShouldNotContain("Nobody has answered");
        await bot.PassesAsync(TimeSpan.FromMinutes(2));
        bot.Approvals.ShouldContain("Nobody has answered");
        Call(bot).ShouldContain("Please look:");
        Call(bot).ShouldContain("[Approve…]");

        await bot.PressesOn(Cy, bot.Sights.Messages(Seed.Approvals)[^1], "Approve…");
        await bot.Submits(Cy);

        (await bot.RequestsAsync()).ShouldHaveSingleItem().State.ShouldBe(RequestState.Approved);
        Call(bot).ShouldContain("no longer waits: approved");
        Call(bot).ShouldNotContain("Please look");
        Call(bot).ShouldNotContain("[");
        var (login, _) = await bot.RevealsAsync(Ana);
        (await bot.LoginsAsync()).ShouldBe(login);
        await bot.PassesAsync(TimeSpan.FromHours(5));
        bot.Approvals.Split("Nobody has answered").Length.ShouldBe(1);
    }

    [Fact]
    public async Task A_request_that_was_answered_calls_nobody()
    {
        await using var bot = await StartAsync(stage, Escalating);
        await bot.Says(Ana, "/db access orders-prod read 30m checking INC-42");
        await bot.ApprovesAsync(Bo);

        await bot.PassesAsync(TimeSpan.FromMinutes(20));

        bot.Sights.Messages(Seed.Approvals).ShouldHaveSingleItem();
        (await bot.StoryAsync()).ShouldNotContain("request.escalated/1");
    }

    private static string Call(BotUnderTest bot) => bot.Sights.Read(bot.Sights.Messages(Seed.Approvals)[1]);

    /// <summary>After a quarter of an hour Cy and Dee are called, who are no administrators of databases.</summary>
    private static Host.Configuration.Settings Escalating(Host.Configuration.Settings settings)
    {
        var read = settings.Policies.Find("prod-read")!;
        var called = read with { Rule = read.Rule with { Escalation = new Escalation { Group = "business", After = TimeSpan.FromMinutes(15) } } };
        return settings with { Policies = new PolicyBook([called], settings.Policies.Groups, settings.Policies.People) };
    }
}
