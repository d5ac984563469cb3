using DbChatOps.Host.Flow;
using DbChatOps.Playground.Deliveries;
using DbChatOps.Playground.Faults;
using DbChatOps.Playground.World;
using DbChatOps.Tests.PostgreSql;
using Shouldly;
using Xunit;
using static DbChatOps.Tests.Journeys.BotUnderTest;

namespace DbChatOps.Tests.Journeys;

/// <summary>Whoever speaks to the bot in words is told what to type, alone; words decide nothing.</summary>
public sealed class AddressedTests(PostgreSqlStage stage) : IClassFixture<PostgreSqlStage>
{
    [Fact]
    public async Task What_reads_like_a_command_is_given_back_as_one()
    {
        await using var bot = await StartAsync(stage);

        await SaysDirectlyAsync(bot, "access orders-prod read 30m checking INC-42");

        bot.Sights.Ephemerals(Ana).ShouldHaveSingleItem().ChannelId.ShouldBe(SlackWorld.DirectIdOf(Ana.Id));
        bot.LastAnswer(Ana).ShouldContain("nothing was done");
        bot.LastAnswer(Ana).ShouldContain("/db access orders-prod read 30m checking INC-42");
        (await bot.RequestsAsync()).ShouldBeEmpty();
        (await bot.Get<IInbox>().UndecidedAsync(TestContext.Current.CancellationToken)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("hello?")]
    [InlineData("who can see this?")]
    [InlineData("revoke @bo he is gone")]
    [InlineData("access orders-prod read `rm` now")]
    [InlineData("access orders-prod\nread 30m two lines")]
    [InlineData("<!channel> help")]
    [InlineData("")]
    public async Task What_cannot_be_typed_as_it_stands_is_pointed_to_help_and_not_repeated(string words)
    {
        await using var bot = await StartAsync(stage);

        await bot.Says(Ana, $"@dbchatops {words}");

        bot.LastAnswer(Ana).ShouldContain("/db help");
        if (words.Length > 0)
        {
            bot.LastAnswer(Ana).ShouldNotContain(words);
        }

        bot.Sights.Ephemerals(Bo).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_huge_text_gets_the_same_short_answer()
    {
        await using var bot = await StartAsync(stage);

        await SaysDirectlyAsync(bot, $"access orders-prod read 30m {new string('x', 30_000)}");

        bot.LastAnswer(Ana).ShouldContain("/db help");
        bot.LastAnswer(Ana).Length.ShouldBeLessThan(1_000);
    }

    [Fact]
    public async Task In_a_thread_the_answer_stands_in_the_thread()
    {
        await using var bot = await StartAsync(stage);
        await bot.Says(Bo, "payments are stuck");
        var first = bot.Sights.Messages(Seed.General)[^1].Ts;

        await bot.Says(Ana, "@dbchatops access", Seed.General, first);

        bot.Sights.Ephemerals(Ana).ShouldHaveSingleItem().ThreadTs.ShouldBe(first);
        bot.LastAnswer(Ana).ShouldContain("Request access");
    }

    [Fact]
    public async Task People_of_other_organisations_are_not_answered()
    {
        await using var bot = await StartAsync(stage);

        await bot.Says(Seed.Stranger, "@dbchatops help", Seed.Shared);
        await bot.Says(Ana, "@dbchatops help", Seed.Shared);

        bot.Sights.Ephemerals(Seed.Stranger).ShouldBeEmpty();
        bot.LastAnswer(Ana).ShouldContain("/db help");
    }

    [Fact]
    public async Task A_guest_is_told_that_they_may_not_take_part()
    {
        await using var bot = await StartAsync(stage);

        await bot.Says(Seed.Guest, "@dbchatops help");

        bot.LastAnswer(Seed.Guest).ShouldContain("uest");
        bot.LastAnswer(Seed.Guest).ShouldNotContain("/db");
    }

    /// <summary>Words cost nothing to write; what answering them would use up is needed for clicks.</summary>
    [Fact]
    public async Task Of_many_words_at_once_few_are_answered()
    {
        await using var bot = await StartAsync(stage);
        var held = new Fault.Held();
        bot.Slack.Faults.On("chat.postEphemeral", held, times: int.MaxValue);

        for (var words = 0; words < 20; words++)
        {
            await bot.Driver.Says(Ana, "@dbchatops help");
        }

        held.Release();
        await bot.SettlesAsync();

        bot.Sights.Ephemerals(Ana).Count.ShouldBe(4);
    }

    [Fact]
    public async Task An_answer_that_Slack_refuses_holds_up_nothing()
    {
        await using var bot = await StartAsync(stage);
        bot.Slack.Faults.On("chat.postEphemeral", new Fault.Refused("user_not_in_channel"));

        (await SaysDirectlyAsync(bot, "help"))!.IsAcknowledged.ShouldBeTrue();
        await SaysDirectlyAsync(bot, "help");

        bot.Sights.Ephemerals(Ana).Count.ShouldBe(1);
    }

    private static Task<BotAnswer?> SaysDirectlyAsync(BotUnderTest bot, string text) =>
        bot.Says(Ana, text, bot.Slack.World.Change(() => bot.Slack.World.DirectWith(Ana.Id)));
}
