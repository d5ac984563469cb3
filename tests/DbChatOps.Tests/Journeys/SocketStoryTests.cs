using DbChatOps.Access;
using DbChatOps.Host.Flow;
using DbChatOps.Host.Slack.Socket;
using DbChatOps.Playground.World;
using DbChatOps.Tests.PostgreSql;
using Shouldly;
using Xunit;
using static DbChatOps.Tests.Journeys.BotUnderTest;

namespace DbChatOps.Tests.Journeys;

/// <summary>The bot behind a firewall: everything comes by sockets that it opened itself.</summary>
public sealed class SocketStoryTests(PostgreSqlStage stage) : IClassFixture<PostgreSqlStage>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Asked_approved_revealed_and_given_back_by_socket_alone()
    {
        await using var bot = await StartAsync(stage, bySocket: true);

        var (login, _) = await bot.HasAccessAsync();
        (await bot.LoginsAsync()).ShouldBe(login);
        await bot.Presses(Ana, "Done");

        (await bot.LoginsAsync()).ShouldBe("");
        (await bot.GrantsAsync()).ShouldHaveSingleItem().State.ShouldBe(GrantState.Revoked);
        await bot.LedgerHoldsAsync();
    }

    [Fact]
    public async Task A_wrong_answer_in_a_dialog_is_told_under_its_field()
    {
        await using var bot = await StartAsync(stage, bySocket: true);
        await bot.Says(Ana, "/db access orders-prod write 30m checking INC-42");

        await bot.Presses(Bo, "Approve…", Seed.Approvals);
        await bot.Submits(Bo, ("target", "orders-staging"));

        bot.Dialog(Bo).ShouldContain("orders-prod");
        (await bot.RequestsAsync()).Single().State.ShouldBe(RequestState.Pending);
    }

    [Fact]
    public async Task A_socket_that_Slack_recycles_is_replaced_first_and_closed_in_order()
    {
        await using var bot = await StartAsync(stage, bySocket: true);

        await bot.Slack.Bot.Sockets.RefreshOldestAsync(Ct);
        await bot.Driver.WaitsFor(_ => bot.Slack.Bot.Sockets.Closings.Count == 1, "the old socket's end");

        bot.Slack.Bot.Sockets.Closings.ShouldBe([1000]);
        (bot.Slack.Bot.Sockets.Count, bot.Slack.Bot.Sockets.Opened).ShouldBe((2, 3));
        await bot.Says(Ana, "/db whoami");
        bot.LastAnswer(Ana).ShouldContain("ana");
    }

    [Fact]
    public async Task A_bot_that_stops_closes_its_sockets_in_order_and_leaves_no_ghost()
    {
        await using var bot = await StartAsync(stage, bySocket: true);

        await bot.Get<SocketMode>().StopAsync(Ct);
        await bot.Driver.WaitsFor(_ => bot.Slack.Bot.Sockets.Closings.Count == 2, "both ends");

        bot.Slack.Bot.Sockets.Closings.ShouldBe([1000, 1000]);
    }

    [Fact]
    public async Task Lines_that_are_cut_come_back_and_nothing_is_lost()
    {
        await using var bot = await StartAsync(stage, bySocket: true);
        await bot.Says(Ana, "/db access orders-prod read 30m checking INC-42");

        bot.Slack.Bot.Sockets.Cut();
        await bot.Driver.WaitsFor(_ => bot.Slack.Bot.Sockets is { Opened: 4, Count: 2 }, "two new sockets");

        await bot.ApprovesAsync(Bo);
        (await bot.RequestsAsync()).Single().State.ShouldBe(RequestState.Approved);
    }

    [Fact]
    public async Task Socket_Mode_that_was_switched_off_is_told_to_operators()
    {
        await using var bot = await StartAsync(stage, bySocket: true);

        await bot.Slack.Bot.Sockets.DisableAsync(Ct);
        await bot.Driver.WaitsFor(_ => bot.Slack.Bot.Sockets.Count == 0, "no socket");
        await bot.SettlesAsync();

        bot.Get<Health>().Reasons.ShouldContain(reason => reason.Contains("Socket Mode is switched off", StringComparison.Ordinal));
        bot.Screen(Dee).ShouldContain("Socket Mode is switched off");
    }

    [Fact]
    public async Task A_press_that_comes_twice_is_decided_once()
    {
        await using var bot = await StartAsync(stage, bySocket: true);
        await bot.Says(Ana, "/db access orders-prod read 30m checking INC-42");
        await bot.Presses(Bo, "Approve…", Seed.Approvals);
        bot.Slack.Bot.RepeatNext = 1;

        await bot.Submits(Bo);

        (await bot.GrantsAsync()).ShouldHaveSingleItem();
        (await bot.RequestsAsync()).Single().Reviews.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_second_use_of_a_sockets_address_is_refused()
    {
        await using var bot = await StartAsync(stage, bySocket: true);
        using var http = new HttpClient();

        (await http.GetAsync(new Uri(bot.Slack.Address, "link/?ticket=used"), Ct)).StatusCode.ShouldBe(System.Net.HttpStatusCode.Forbidden);
    }
}
