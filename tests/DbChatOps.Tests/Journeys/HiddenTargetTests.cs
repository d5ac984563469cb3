using DbChatOps.Access;
using DbChatOps.Host.Configuration;
using DbChatOps.Policies;
using DbChatOps.Targets;
using DbChatOps.Tests.PostgreSql;
using Shouldly;
using Xunit;
using static DbChatOps.Tests.Journeys.BotUnderTest;

namespace DbChatOps.Tests.Journeys;

/// <summary>A target that somebody may not ask for and one that does not exist are the same to them, whatever they type.</summary>
public sealed class HiddenTargetTests(PostgreSqlStage stage) : IClassFixture<PostgreSqlStage>
{
    [Theory]
    [InlineData("/db access {0} read 30m checking INC-42")]
    [InlineData("/db access {0} read 30m --dry-run checking INC-42")]
    [InlineData("/db access {0} write 999h x")]
    [InlineData("/db access {0} ddl")]
    [InlineData("/db access {0}")]
    [InlineData("/db targets {0}")]
    [InlineData("/db help {0}")]
    [InlineData("/db who {0}")]
    public async Task Hidden_and_absent_get_the_same_words(string line)
    {
        await using var bot = await StartAsync(stage, WithHidden);

        var hidden = await AnswerAsync(bot, line, "payroll-prod");
        var absent = await AnswerAsync(bot, line, "nothing-here");

        hidden.ShouldBe(absent);
        (await bot.RequestsAsync()).ShouldBeEmpty();
        bot.Approvals.ShouldBe("");
    }

    [Fact]
    public async Task A_near_miss_of_a_hidden_name_offers_nothing_and_the_lists_do_not_count_it()
    {
        await using var bot = await StartAsync(stage, WithHidden);

        await bot.Says(Ana, "/db access payroll-prdo read 30m checking INC-42");
        bot.LastAnswer(Ana).ShouldNotContain("payroll-prod");
        await bot.Says(Ana, "/db targets");
        bot.LastAnswer(Ana).ShouldNotContain("payroll");
        await bot.Says(Ana, "/db whoami");
        bot.LastAnswer(Ana).ShouldContain("1 that you may ask for");
        bot.LastAnswer(Ana).ShouldNotContain("payroll");
        await bot.Says(Bo, "/db access payroll-prdo read 30m checking INC-42");
        bot.LastAnswer(Bo).ShouldContain("Did you mean 'payroll-prod'?");
    }

    /// <summary>What the refusals say and what is written down of them.</summary>
    private static async Task<(string Said, int Recorded)> AnswerAsync(BotUnderTest bot, string line, string target)
    {
        var before = (await bot.StoryAsync()).Count;
        await bot.Says(Ana, string.Format(System.Globalization.CultureInfo.InvariantCulture, line, target));
        return (bot.LastAnswer(Ana).Replace(target, "…", StringComparison.Ordinal), (await bot.StoryAsync()).Count - before);
    }

    /// <summary>Ana may ask for orders; only Bo for payroll.</summary>
    private static Settings WithHidden(Settings settings)
    {
        var orders = settings.Targets.Targets.Single();
        var read = settings.Policies.Policies[0];
        return settings with
        {
            Targets = new TargetBook(settings.Targets.Servers, [orders, orders with { Id = new TargetId("payroll-prod"), Database = "billing" }]),
            Policies = new PolicyBook(
                [
                    .. settings.Policies.Policies.Select(policy => policy with { Covers = policy.Covers with { Targets = [orders.Id] } }),
                    read with { Name = "payroll", Covers = read.Covers with { Targets = [new TargetId("payroll-prod")] }, Requesters = ["payroll"] },
                ],
                [.. settings.Policies.Groups, new Group { Name = "payroll", Roster = [IdOf(Bo)] }],
                settings.Policies.People),
        };
    }
}
