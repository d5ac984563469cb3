using DbChatOps.Access;
using DbChatOps.Playground;
using DbChatOps.Playground.Deliveries;
using DbChatOps.Playground.Faults;
using DbChatOps.Playground.World;
using DbChatOps.Tests.PostgreSql;
using Shouldly;
using Xunit;
using static DbChatOps.Tests.Journeys.BotUnderTest;

namespace DbChatOps.Tests.Journeys;

/// <summary>Once: many clicks, redeliveries and a chat that fails; one decision, one grant, one card.</summary>
[Trait("Trap", "T-13")]
public sealed class OnceStoryTests(PostgreSqlStage stage) : IClassFixture<PostgreSqlStage>
{
    private const string Read = "/db access orders-prod read 30m checking INC-42";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Two_approvers_five_clicks_each_and_redeliveries_make_one_decision(bool bySocket)
    {
        await using var bot = await StartAsync(stage, bySocket: bySocket);
        await bot.Says(Ana, Read);
        foreach (var approver in new[] { Bo, Dee })
        {
            for (var click = 0; click < 5; click++)
            {
                await bot.Driver.Presses(approver, "Approve…", Seed.Approvals);
            }
        }

        var before = bot.Slack.Bot.Sent.Count;
        await Task.WhenAll(bot.Driver.Submits(Bo), bot.Driver.Submits(Dee));
        var submissions = bot.Slack.Bot.Sent.Skip(before).ToList();
        await Task.WhenAll(Enumerable.Repeat(submissions, 3).SelectMany(delivery => delivery).Select(delivery => bot.Slack.Bot.RepeatAsync(delivery, Ct)));
        await bot.SettlesAsync();

        var story = await bot.StoryAsync();
        story.Count(kind => kind == "request.reviewed/1").ShouldBe(1);
        story.Count(kind => kind == "request.approved/1").ShouldBe(1);
        story.Count(kind => kind == "grant.opened/1").ShouldBe(1);
        (await bot.LoginsAsync()).ShouldNotContain(",");
        bot.Sights.Messages(Seed.Approvals).Count.ShouldBe(1);
        new[] { bot.Dialog(Bo), bot.Dialog(Dee) }.Count(dialog => dialog.Contains("✅ Approved", StringComparison.Ordinal)).ShouldBe(1);
        new[] { bot.Dialog(Bo), bot.Dialog(Dee) }.Count(dialog => dialog.Contains("was already approved", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public async Task A_command_delivered_again_asks_once()
    {
        await using var bot = await StartAsync(stage);
        await bot.Driver.Says(Ana, Read);
        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => bot.Slack.Bot.RepeatLastAsync(Ct)));
        await bot.SettlesAsync();

        (await bot.RequestsAsync()).Count.ShouldBe(1);
        bot.Sights.Messages(Seed.Approvals).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_command_delivered_again_after_a_restart_still_asks_once()
    {
        await using var bot = await StartAsync(stage);
        await bot.Says(Ana, Read);
        var sent = bot.Slack.Bot.Sent[^1];
        await bot.RestartAsync();

        await bot.Slack.Bot.RepeatAsync(sent, Ct);
        await bot.SettlesAsync();

        (await bot.RequestsAsync()).Count.ShouldBe(1);
        bot.Sights.Messages(Seed.Approvals).Count.ShouldBe(1);
    }

    [Fact]
    public async Task Show_credentials_pressed_five_times_makes_one_password()
    {
        await using var bot = await StartAsync(stage);
        await bot.Says(Ana, Read);
        await bot.ApprovesAsync(Bo);
        var card = bot.Sights.Direct(Ana).Last(message => bot.Sights.Read(message).Contains("[Show credentials]", StringComparison.Ordinal));

        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => bot.Driver.PressesOn(Ana, card, "Show credentials")));
        await bot.Slack.Bot.RepeatLastAsync(Ct);
        await bot.SettlesAsync();

        (await bot.StoryAsync()).Count(kind => kind == "grant.revealed/1").ShouldBe(1);
        bot.Slack.World.Read(() => bot.Slack.World.Views.Values.Count(Credentials.AreIn)).ShouldBe(1);
    }

    [Fact]
    public async Task A_denial_after_the_approval_gets_a_calm_answer()
    {
        await using var bot = await StartAsync(stage);
        await bot.Says(Ana, Read);
        var seen = bot.Sights.Messages(Seed.Approvals).Single();
        await bot.Presses(Dee, "Deny…", Seed.Approvals);
        await bot.ApprovesAsync(Bo);

        await bot.Submits(Dee, ("comment", "better not"));
        bot.Dialog(Dee).ShouldContain("was already approved; bo gave the last approval");
        await bot.PressesOn(Cy, seen, "Approve…");
        bot.LastAnswer(Cy).ShouldContain("was already approved");
        (await bot.RequestsAsync()).Single().State.ShouldBe(RequestState.Approved);
        (await bot.GrantsAsync()).Single().State.ShouldBe(GrantState.Ready);
    }

    [Fact]
    public async Task A_deleted_card_is_posted_again_when_it_has_news()
    {
        await using var bot = await StartAsync(stage);
        await bot.Says(Ana, Read);
        bot.Slack.Delete(bot.Sights.Messages(Seed.Approvals).Single());

        await bot.Says(Bo, ApprovalLine((await bot.RequestsAsync()).Single()));

        bot.Sights.Messages(Seed.Approvals).Count.ShouldBe(1);
        bot.Approvals.ShouldContain("@bo approved");
    }

    [Fact]
    public async Task A_post_whose_answer_was_lost_is_adopted()
    {
        await using var bot = await StartAsync(stage);
        bot.Slack.Faults.On("chat.postMessage", new Fault.LostAnswer(), times: 2);

        await bot.Says(Ana, Read);
        await bot.PassesAsync(TimeSpan.FromSeconds(5));

        bot.Sights.Messages(Seed.Approvals).Count.ShouldBe(1);
        bot.Sights.Direct(Ana).Count.ShouldBe(1);
        await bot.ApprovesAsync(Bo);
        bot.Sights.Messages(Seed.Approvals).Count.ShouldBe(1);
        bot.Approvals.ShouldContain("Ready to be claimed");
    }

    [Fact]
    public async Task A_click_on_a_card_whose_place_is_not_known_yet_counts()
    {
        await using var bot = await StartAsync(stage);
        bot.Slack.Faults.On("chat.postMessage", new Fault.LostAnswer(), times: 2);
        bot.Slack.Faults.On("conversations.history", new Fault.RateLimited(TimeSpan.FromSeconds(30)), times: 2);
        await bot.Says(Ana, Read);

        await bot.ApprovesAsync(Bo);

        (await bot.RequestsAsync()).Single().State.ShouldBe(RequestState.Approved);
        await bot.PassesAsync(TimeSpan.FromSeconds(31));
        bot.Sights.Messages(Seed.Approvals).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_click_on_a_lost_twin_says_where_the_card_is()
    {
        await using var bot = await StartAsync(stage);
        await bot.Says(Ana, Read);
        var card = bot.Sights.Messages(Seed.Approvals).Single();
        var twin = bot.Slack.World.Change(() =>
        {
            var copy = card with { Ts = bot.Slack.World.NextTs() };
            return bot.Slack.World.Messages[copy.Ts] = copy;
        });

        await bot.PressesOn(Bo, twin, "Approve…");

        bot.LastAnswer(Bo).ShouldContain("out of date");
        bot.Sights.TopModal(Bo).ShouldBeNull();
    }

    [Theory]
    [InlineData("expired_trigger_id")]
    [InlineData(null)]
    public async Task A_dialog_that_does_not_open_means_press_again(string? refused)
    {
        await using var bot = await StartAsync(stage);
        await bot.Says(Ana, Read);
        bot.Slack.Faults.On("views.open", refused is null ? new Fault.HtmlError() : new Fault.Refused(refused), times: 2);

        await bot.Presses(Bo, "Approve…", Seed.Approvals);
        bot.LastAnswer(Bo).ShouldContain("press again");
        await bot.Says(Bo, ApprovalLine((await bot.RequestsAsync()).Single()));
        var story = await bot.StoryAsync();
        await bot.Presses(Ana, "Show credentials");
        bot.LastAnswer(Ana).ShouldContain("press again");
        (await bot.StoryAsync()).ShouldBe(story);

        var (login, password) = await bot.RevealsAsync(Ana);
        await using var session = await stage.ConnectAsync(login, password);
    }

    [Fact]
    public async Task What_somebody_was_told_had_failed_does_not_happen_at_the_next_start()
    {
        await using var bot = await StartAsync(stage);
        await bot.Says(Ana, Read);
        await bot.ApprovesAsync(Bo);
        bot.Slack.Faults.On("views.open", new Fault.Refused("invalid_arguments"));
        await bot.Presses(Ana, "Show credentials");
        bot.LastAnswer(Ana).ShouldContain("press again");
        var answers = bot.Sights.Ephemerals(Ana).Count;

        await bot.RestartAsync();

        bot.Sights.Ephemerals(Ana).Count.ShouldBe(answers);
        (await bot.GrantsAsync()).Single().State.ShouldBe(GrantState.Ready);
    }

    [Fact]
    public async Task A_storm_of_rate_limits_delays_cards_and_doubles_none()
    {
        await using var bot = await StartAsync(stage);
        bot.Slack.Faults.On("chat.postMessage", new Fault.RateLimited(TimeSpan.FromSeconds(20)), times: 4);
        bot.Slack.Faults.On("chat.update", new Fault.RateLimited(TimeSpan.FromSeconds(20)), times: 4);

        await bot.Says(Ana, Read);
        bot.Approvals.ShouldBe("");
        await PassAsync(bot);
        bot.Sights.Messages(Seed.Approvals).Count.ShouldBe(1);
        await bot.ApprovesAsync(Bo);
        await PassAsync(bot);

        bot.Approvals.ShouldContain("Ready to be claimed");
        bot.Sights.Messages(Seed.Approvals).Count.ShouldBe(1);
        bot.Screen(Ana).ShouldContain("[Show credentials]");

        static async Task PassAsync(BotUnderTest bot)
        {
            for (var turn = 0; turn < 6; turn++)
            {
                await bot.PassesAsync(TimeSpan.FromSeconds(21));
            }
        }
    }

    [Fact]
    public async Task With_chat_down_access_ends_on_time_and_the_cards_catch_up()
    {
        await using var bot = await StartAsync(stage);
        await bot.HasAccessAsync();
        bot.Slack.Faults.On(FaultPlan.AnyMethod, new Fault.HtmlError(503), times: 100_000);

        await bot.PassesAsync(TimeSpan.FromMinutes(31));
        (await bot.LoginsAsync()).ShouldBe("");
        var grant = (await bot.GrantsAsync()).Single();
        grant.State.ShouldBe(GrantState.Revoked);
        (grant.Proof!.ProvenAt - grant.Expiry!.Value).ShouldBeLessThan(TimeSpan.FromMinutes(2));
        bot.Approvals.ShouldNotContain("proven gone");

        bot.Slack.Faults.Clear();
        await bot.PassesAsync(TimeSpan.FromMinutes(2));
        bot.Approvals.ShouldContain("proven gone");
        bot.Screen(Ana).ShouldContain("proven gone");
        bot.Sights.Messages(Seed.Approvals).Count.ShouldBe(1);
    }

    [Fact]
    public async Task With_the_directory_down_nothing_is_decided_and_nothing_is_lost()
    {
        await using var bot = await StartAsync(stage);
        bot.Slack.Faults.On("users.info", new Fault.HtmlError(503));

        await bot.Says(Ana, Read);
        bot.LastAnswer(Ana).ShouldContain("Nothing was done");
        (await bot.RequestsAsync()).ShouldBeEmpty();

        await bot.Says(Ana, Read);
        (await bot.RequestsAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task An_archived_approval_channel_keeps_nobody_from_approving_by_text_nor_access_from_ending()
    {
        await using var bot = await StartAsync(stage);
        bot.Slack.Archive(Seed.Approvals);

        await bot.Says(Ana, Read);
        bot.Screen(Ana).ShouldContain("waits for approval");
        await bot.Says(Bo, ApprovalLine((await bot.RequestsAsync()).Single()));
        await bot.RevealsAsync(Ana);
        await bot.PassesAsync(TimeSpan.FromMinutes(31));

        (await bot.LoginsAsync()).ShouldBe("");
        bot.Screen(Ana).ShouldContain("proven gone");
    }
}
