using DbChatOps.Access;
using DbChatOps.Alerts;
using DbChatOps.Host.Flow;
using DbChatOps.Ledger;
using DbChatOps.Playground;
using DbChatOps.Playground.Faults;
using DbChatOps.Playground.World;
using DbChatOps.Tests.PostgreSql;
using Shouldly;
using Xunit;
using static DbChatOps.Tests.Journeys.BotUnderTest;

namespace DbChatOps.Tests.Journeys;

/// <summary>Channels that are archived, left or renamed, and messages that vanish: the state is right, people are told, and cards follow.</summary>
[Trait("Trap", "T-23")]
public sealed class ChannelTroubleTests(PostgreSqlStage stage) : IClassFixture<PostgreSqlStage>
{
    private const string Read = "/db access orders-prod read 30m checking INC-42";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_card_waits_for_an_archived_channel_operators_are_told_and_it_follows_when_the_channel_is_back()
    {
        await using var bot = await StartAsync(stage);
        bot.Slack.Archive(Seed.Approvals);

        await bot.Says(Ana, Read);

        bot.Screen(Ana).ShouldContain("waits for approval");
        Audit(bot).ShouldContain($"No card can be shown in channel {Seed.Approvals.Id} (is_archived). Unarchive it");
        bot.Get<Health>().Reasons.ShouldContain(reason => reason.Contains(Seed.Approvals.Id, StringComparison.Ordinal));
        var tries = Tries(bot);
        await bot.Says(Bo, ApprovalLine((await bot.RequestsAsync()).Single()));
        await bot.PassesAsync(TimeSpan.FromMinutes(2));
        Tries(bot).ShouldBe(tries, "a closed channel is not tried for every change");

        bot.Slack.Unarchive(Seed.Approvals);
        await bot.PassesAsync(ClosedChannels.BetweenLooks);

        bot.Approvals.ShouldContain("@bo approved");
        bot.Sights.Messages(Seed.Approvals).Count.ShouldBe(1);
        Audit(bot).ShouldContain("✅ Over: No card can be shown");
        bot.Get<Health>().Reasons.ShouldBeEmpty();
    }

    [Fact]
    public async Task Hours_in_an_archived_channel_cost_a_call_every_few_minutes_and_no_card()
    {
        await using var bot = await StartAsync(stage);
        await bot.Says(Ana, Read);
        bot.Slack.Archive(Seed.Approvals);
        await bot.Says(Bo, ApprovalLine((await bot.RequestsAsync()).Single()));
        var tries = Tries(bot);

        for (var hour = 0; hour < 24; hour++)
        {
            await bot.PassesAsync(TimeSpan.FromMinutes(5));
        }

        (Tries(bot) - tries).ShouldBeInRange(12, 26);
        (await bot.LoginsAsync()).ShouldBe("", "nobody claimed it, so it ended");
        bot.Slack.Unarchive(Seed.Approvals);
        await bot.PassesAsync(ClosedChannels.BetweenLooks);
        bot.Approvals.ShouldContain("proven gone");
    }

    [Theory]
    [InlineData(false, "not_in_channel")]
    [InlineData(true, "channel_not_found")]
    public async Task A_bot_that_was_removed_from_the_channel_asks_to_be_invited(bool isPrivate, string code)
    {
        await using var bot = await StartAsync(stage);
        bot.Slack.Put(Seed.Approvals with { IsPrivate = isPrivate });
        bot.Slack.Leave(Seed.Approvals, Seed.Bot);

        await bot.Says(Ana, Read);

        Audit(bot).ShouldContain($"({code}). Invite the bot");
        bot.Slack.Join(Seed.Approvals, Seed.Bot);
        await bot.PassesAsync(ClosedChannels.BetweenLooks);
        bot.Sights.Messages(Seed.Approvals).Count.ShouldBe(1);
        Audit(bot).ShouldContain("✅ Over");
    }

    [Fact]
    public async Task A_channel_that_the_configuration_does_not_name_any_more_is_given_up_and_its_alarm_is_over()
    {
        await using var bot = await StartAsync(stage);
        bot.Slack.Archive(Seed.Approvals);
        await bot.Says(Ana, Read);
        bot.Settings = bot.Settings with { Slack = bot.Settings.Slack with { ApprovalChannel = Seed.General.Id } };

        for (var pause = 0; pause < 10; pause++)
        {
            await bot.PassesAsync(ClosedChannels.BetweenLooks);
        }

        bot.Get<Health>().Reasons.ShouldBeEmpty();
        (await bot.Ledger.LoadAsync<Alert>("channel:" + Seed.Approvals.Id, Ct))!.State.State.ShouldBe(AlertState.Resolved);
        var tries = Tries(bot);
        await bot.PassesAsync(TimeSpan.FromMinutes(30));
        Tries(bot).ShouldBe(tries);
        (await bot.RequestsAsync()).Single().State.ShouldBe(RequestState.Pending);
    }

    [Fact]
    public async Task The_alarm_of_an_earlier_process_is_over_with_the_first_card_of_the_next()
    {
        await using var bot = await StartAsync(stage);
        bot.Slack.Archive(Seed.Approvals);
        await bot.Says(Ana, Read);
        bot.Slack.Unarchive(Seed.Approvals);

        await bot.RestartAsync();
        await bot.PassesAsync(ClosedChannels.BetweenLooks);

        bot.Sights.Messages(Seed.Approvals).Count.ShouldBe(1);
        (await bot.Ledger.LoadAsync<Alert>("channel:" + Seed.Approvals.Id, Ct))!.State.State.ShouldBe(AlertState.Resolved);
    }

    [Fact]
    public async Task A_renamed_channel_changes_nothing()
    {
        await using var bot = await StartAsync(stage);
        await bot.Says(Ana, Read);
        bot.Slack.Rename(Seed.Approvals, "approvals-of-databases");

        await bot.ApprovesAsync(Bo);

        bot.Sights.Messages(Seed.Approvals).Count.ShouldBe(1);
        bot.Approvals.ShouldContain("@bo approved");
        bot.Get<Health>().Reasons.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("message_not_found")]
    [InlineData("cant_update_message")]
    [InlineData("edit_window_closed")]
    public async Task A_card_that_cannot_be_changed_is_posted_once_more_and_its_old_buttons_say_moved(string code)
    {
        await using var bot = await StartAsync(stage);
        await bot.Says(Ana, Read);
        var old = bot.Sights.Messages(Seed.Approvals).Single();
        switch (code)
        {
            case "message_not_found":
                bot.Slack.Delete(old);
                break;
            case "cant_update_message":
                bot.Slack.World.Change(() => bot.Slack.World.Messages[old.Ts] = old with { UserId = Seed.OtherBot.Id });
                break;
            default:
                bot.Slack.Faults.On("chat.update", new Fault.Refused(code), times: int.MaxValue);
                break;
        }

        await bot.Says(Bo, ApprovalLine((await bot.RequestsAsync()).Single()));
        bot.Slack.Faults.Clear();
        await bot.RevealsAsync(Ana);
        await bot.PassesAsync(TimeSpan.FromMinutes(31));

        var cards = bot.Sights.Messages(Seed.Approvals);
        var (least, most) = code switch { "message_not_found" => (1, 1), "cant_update_message" => (2, 2), _ => (2, 4) };
        cards.Count.ShouldBeInRange(least, most);
        bot.Sights.Read(cards[^1]).ShouldContain("proven gone");
        await bot.PressesOn(Bo, old, "Approve…");
        bot.LastAnswer(Bo).ShouldContain("out of date");
    }

    private static string Audit(BotUnderTest bot) => bot.Sights.Read(Seed.Audit).Replace("\u2060", "", StringComparison.Ordinal);

    private static int Tries(BotUnderTest bot) => bot.Slack.Journal.Of("chat.postMessage").Concat(bot.Slack.Journal.Of("chat.update"))
        .Count(call => (string?)call.Arguments?["channel"] == Seed.Approvals.Id);
}
