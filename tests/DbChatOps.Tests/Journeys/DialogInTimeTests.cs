using DbChatOps.Access;
using DbChatOps.Playground.Faults;
using DbChatOps.Playground.World;
using DbChatOps.Tests.PostgreSql;
using Shouldly;
using Xunit;
using static DbChatOps.Tests.Journeys.BotUnderTest;

namespace DbChatOps.Tests.Journeys;

/// <summary>A trigger lives three seconds: what is slow costs a look at "one moment", and what is lost another press, never a decision.</summary>
public sealed class DialogInTimeTests(PostgreSqlStage stage) : IClassFixture<PostgreSqlStage>
{
    private const string Read = "/db access orders-prod read 30m checking INC-42";

    [Fact]
    public async Task What_is_ready_at_once_opens_with_one_call()
    {
        await using var bot = await StartAsync(stage);
        await bot.Says(Ana, Read);

        await bot.Presses(Bo, "Approve…", Seed.Approvals);

        bot.Dialog(Bo).ShouldContain("asks for *read*");
        bot.Slack.Journal.Of("views.open").Count.ShouldBe(1);
        bot.Slack.Journal.Of("views.update").ShouldBeEmpty();
    }

    [Theory]
    [InlineData("Approve…", "asks for *read*"), InlineData("Deny…", "Why? The requester reads this"), InlineData("Extend…", "How much longer"), InlineData("Request again…", "For how long")]
    public async Task Behind_a_slow_directory_a_loading_view_becomes_the_real_dialog(string button, string says)
    {
        await using var bot = await StartAsync(stage);
        var (who, where) = await SceneAsync(bot, button);
        var (opened, updated) = (bot.Slack.Journal.Of("views.open").Count, bot.Slack.Journal.Of("views.update").Count);
        var held = new Fault.Held();
        bot.Slack.Faults.On("users.info", held);

        await bot.Driver.Presses(who, button, where);
        await bot.Driver.WaitsFor(_ => bot.Dialog(who).Contains("One moment", StringComparison.Ordinal), "the loading view");
        held.Release();
        await bot.Driver.WaitsFor(_ => bot.Dialog(who).Contains(says, StringComparison.Ordinal), "the real dialog");
        // What was called is written down after it is on the screen.
        await bot.SettlesAsync();

        bot.Slack.Journal.Of("views.open").Count.ShouldBe(opened + 1);
        bot.Slack.Journal.Of("views.update").Count.ShouldBe(updated + 1);
    }

    [Fact]
    public async Task The_dialog_that_came_late_decides_like_any_other()
    {
        await using var bot = await StartAsync(stage);
        await bot.Says(Ana, Read);
        await LateAsync(bot, "asks for *read*");

        await bot.Submits(Bo);

        (await bot.RequestsAsync()).Single().State.ShouldBe(RequestState.Approved);
    }

    [Fact]
    public async Task A_no_that_came_late_stands_where_the_dialog_would()
    {
        await using var bot = await StartAsync(stage);
        await bot.Says(Bo, Read);

        await LateAsync(bot, "cannot review your own request");

        (await bot.RefusalsAsync()).ShouldBe(["self_approval"]);
    }

    [Fact]
    public async Task A_directory_that_stays_silent_says_so_in_the_loading_view()
    {
        await using var bot = await StartAsync(stage, settings => settings with { Slack = settings.Slack with { DirectoryTimeout = TimeSpan.FromSeconds(3) } });
        await bot.Says(Ana, Read);

        await LateAsync(bot, "could not find out who you are", release: false);
    }

    [Theory]
    [InlineData("expired_trigger_id"), InlineData("exchanged_trigger_id")]
    public async Task A_lost_trigger_asks_for_another_press(string code)
    {
        await using var bot = await StartAsync(stage);
        await bot.Says(Ana, Read);
        bot.Slack.Faults.On("views.open", new Fault.Refused(code));

        await bot.Presses(Bo, "Approve…", Seed.Approvals);

        bot.LastAnswer(Bo).ShouldContain("please press again");
        bot.Sights.TopModal(Bo).ShouldBeNull();
        await bot.ApprovesAsync(Bo);
        (await bot.RequestsAsync()).Single().State.ShouldBe(RequestState.Approved);
    }

    [Fact]
    public async Task A_trigger_that_is_lost_behind_a_slow_directory_asks_for_another_press()
    {
        await using var bot = await StartAsync(stage);
        await bot.Says(Ana, Read);
        var held = new Fault.Held();
        bot.Slack.Faults.On("users.info", held);
        bot.Slack.Faults.On("views.open", new Fault.Refused("expired_trigger_id"));

        await bot.Driver.Presses(Bo, "Approve…", Seed.Approvals);
        await bot.Driver.WaitsFor(_ => bot.Slack.Journal.Of("views.open").Count == 1, "the attempt to open");
        held.Release();
        await bot.SettlesAsync();

        bot.LastAnswer(Bo).ShouldContain("please press again");
        bot.Sights.TopModal(Bo).ShouldBeNull();
        (await bot.RequestsAsync()).Single().State.ShouldBe(RequestState.Pending);
    }

    [Fact]
    [Trait("Trap", "T-24")]
    public async Task A_stall_of_three_and_a_half_seconds_asks_for_another_press_and_decides_nothing()
    {
        await using var bot = await StartAsync(stage);
        await bot.Says(Ana, Read);
        var held = new Fault.Held();
        bot.Slack.Faults.On("users.info", held);

        var press = bot.Driver.Presses(Bo, "Approve…", Seed.Approvals);
        await held.Reached;
        bot.Clock.Advance(TimeSpan.FromSeconds(3.5));
        held.Release();
        await press;
        await bot.SettlesAsync();

        bot.LastAnswer(Bo).ShouldContain("please press again");
        bot.Sights.TopModal(Bo).ShouldBeNull();
        bot.Slack.Journal.Of("views.open").ShouldContain(call => call.Error == "expired_trigger_id");
        await bot.ApprovesAsync(Bo);
        (await bot.RequestsAsync()).Single().State.ShouldBe(RequestState.Approved);
    }

    [Fact]
    [Trait("Trap", "T-24")]
    public async Task A_submission_that_takes_its_time_says_so_and_then_what_came_of_it()
    {
        await using var bot = await StartAsync(stage);
        await bot.Says(Ana, Read);
        await bot.Presses(Bo, "Approve…", Seed.Approvals);
        var held = new Fault.Held();
        bot.Slack.Faults.On("users.info", held);

        await bot.Driver.Submits(Bo);
        bot.Dialog(Bo).ShouldContain("One moment");
        held.Release();
        await bot.Driver.WaitsFor(_ => bot.Dialog(Bo).Contains("✅ Approved", StringComparison.Ordinal), "the result");

        await bot.SettlesAsync();
        (await bot.RequestsAsync()).Single().State.ShouldBe(RequestState.Approved);
    }

    [Fact]
    [Trait("Trap", "T-24")]
    public async Task What_is_wrong_in_a_form_that_is_gone_is_said_with_what_was_typed()
    {
        await using var bot = await StartAsync(stage);
        await bot.Says(Ana, "/db access orders-prod write 30m checking INC-42");
        await bot.Presses(Bo, "Approve…", Seed.Approvals);
        var held = new Fault.Held();
        bot.Slack.Faults.On("users.info", held);

        await bot.Driver.Submits(Bo, ("target", "orders-staging"), ("comment", "only for the stuck order"));
        held.Release();
        await bot.Driver.WaitsFor(_ => bot.Dialog(Bo).Contains("only for the stuck order", StringComparison.Ordinal), "what was typed");

        bot.Dialog(Bo).ShouldContain("Not done");
        await bot.SettlesAsync();
        (await bot.RequestsAsync()).Single().State.ShouldBe(RequestState.Pending);
    }

    private static async Task<(SlackUser Who, SlackChannel? Where)> SceneAsync(BotUnderTest bot, string button)
    {
        if (button == "Extend…")
        {
            await bot.HasAccessAsync();
            await bot.Driver.Closes(Ana);
            return (Ana, null);
        }

        await bot.Says(Ana, Read);
        if (button != "Request again…")
        {
            return (Bo, Seed.Approvals);
        }

        await bot.Says(Ana, "/db withdraw");
        return (Ana, null);
    }

    /// <summary>Bo presses while the directory is slow; the loading view becomes what it says.</summary>
    private static async Task LateAsync(BotUnderTest bot, string says, bool release = true)
    {
        var held = new Fault.Held();
        bot.Slack.Faults.On("users.info", held);
        await bot.Driver.Presses(Bo, "Approve…", Seed.Approvals);
        await bot.Driver.WaitsFor(_ => bot.Dialog(Bo).Contains("One moment", StringComparison.Ordinal), "the loading view");
        if (release)
        {
            held.Release();
        }

        await bot.Driver.WaitsFor(_ => bot.Dialog(Bo).Contains(says, StringComparison.Ordinal), says);
        held.Release();
        await bot.SettlesAsync();
    }
}
