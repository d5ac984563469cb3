using DbChatOps.Access;
using DbChatOps.Playground.World;
using DbChatOps.Tests.PostgreSql;
using Shouldly;
using Xunit;
using static DbChatOps.Tests.Journeys.BotUnderTest;

namespace DbChatOps.Tests.Journeys;

/// <summary>The three clocks, the warnings, and what happens when two of them meet.</summary>
[Trait("Trap", "T-19")]
[Trait("Trap", "T-20")]
public sealed class ClockStoryTests(PostgreSqlStage stage) : IClassFixture<PostgreSqlStage>
{
    [Fact]
    public async Task A_request_that_nobody_answers_lapses()
    {
        await using var bot = await StartAsync(stage);
        await bot.Says(Ana, "/db access orders-prod read 30m checking INC-42");
        var handle = (await bot.RequestsAsync()).Single().Id.Handle;

        await bot.PassesAsync(TimeSpan.FromHours(4) + TimeSpan.FromSeconds(1));

        (await bot.RequestsAsync()).Single().State.ShouldBe(RequestState.Lapsed);
        bot.Approvals.ShouldContain("nobody answered in time");
        bot.Approvals.ShouldNotContain("[Approve…]");
        bot.Screen(Ana).ShouldContain("lapsed: nobody answered in time");
        await bot.Says(Bo, $"/db approve {handle}");
        bot.LastAnswer(Bo).ShouldContain("has lapsed");
        (await bot.GrantsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_approval_in_the_moment_between_the_end_of_the_clock_and_its_timer_counts_for_nothing()
    {
        await using var bot = await StartAsync(stage);
        await bot.Says(Ana, "/db access orders-prod read 30m checking INC-42");
        await bot.Presses(Bo, "Approve…", Seed.Approvals);

        bot.Clock.Advance(TimeSpan.FromHours(4) + TimeSpan.FromSeconds(1));
        await bot.Driver.Submits(Bo);
        await bot.SettlesAsync();

        bot.Dialog(Bo).ShouldContain("just lapsed");
        (await bot.RequestsAsync()).Single().State.ShouldBe(RequestState.Lapsed);
        (await bot.GrantsAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_approved_grant_that_nobody_claims_ends_and_says_so()
    {
        await using var bot = await StartAsync(stage);
        await bot.Says(Ana, "/db access orders-prod read 30m checking INC-42");
        await bot.ApprovesAsync(Bo);
        (await bot.LoginsAsync()).ShouldNotBe("");

        await bot.PassesAsync(TimeSpan.FromMinutes(61));

        var grant = (await bot.GrantsAsync()).Single();
        grant.State.ShouldBe(GrantState.Revoked);
        grant.Ending!.Reason.ShouldBe(EndReason.Unclaimed);
        (await bot.LoginsAsync()).ShouldBe("");
        bot.Screen(Ana).ShouldContain("never claimed");
        bot.Screen(Ana).ShouldContain("The credentials were never shown");
        bot.Approvals.ShouldContain("never claimed · *proven gone*");
    }

    [Fact]
    public async Task The_window_starts_with_the_claim()
    {
        await using var bot = await StartAsync(stage);
        await bot.Says(Ana, "/db access orders-prod read 30m checking INC-42");
        await bot.ApprovesAsync(Bo);
        await bot.PassesAsync(TimeSpan.FromMinutes(55));
        var claimed = bot.Clock.GetUtcNow();

        var (login, _) = await bot.RevealsAsync(Ana);

        (await bot.ValidUntilAsync(login)).ShouldBe(claimed + TimeSpan.FromMinutes(30), TimeSpan.FromSeconds(10));
        await bot.PassesAsync(TimeSpan.FromMinutes(29));
        (await bot.LoginsAsync()).ShouldBe(login);
        await bot.PassesAsync(TimeSpan.FromMinutes(1));
        (await bot.LoginsAsync()).ShouldBe("");
    }

    [Theory]
    [InlineData("30m", 19 * 60, 8 * 60)]
    [InlineData("6m", 3 * 60 + 40, 48)]
    public async Task The_holder_is_warned_twice_and_both_warnings_can_be_acted_on(string window, int secondsBefore, int secondsBetween)
    {
        await using var bot = await StartAsync(stage);
        await bot.HasAccessAsync($"/db access orders-prod read {window} checking INC-42");
        await bot.Driver.Closes(Ana);
        await bot.PassesAsync(TimeSpan.FromSeconds(secondsBefore));
        Warnings(bot).ShouldBeEmpty();

        await bot.PassesAsync(TimeSpan.FromSeconds(70));
        var first = Warnings(bot).ShouldHaveSingleItem();
        await bot.PressesOn(Ana, first, "Extend…");
        bot.Dialog(Ana).ShouldContain("How much longer");
        await bot.Submits(Ana, ("window", "10m"));
        await bot.Driver.Closes(Ana);

        await bot.PassesAsync(TimeSpan.FromSeconds(secondsBetween));
        Warnings(bot).Count.ShouldBe(2);
        await bot.PressesOn(Ana, Warnings(bot)[^1], "Done");
        await bot.SettlesAsync();

        (await bot.GrantsAsync()).Single().Ending!.Reason.ShouldBe(EndReason.Released);
        (await bot.LoginsAsync()).ShouldBe("");
    }

    [Fact]
    public async Task After_an_extension_the_warnings_come_again_before_the_new_end()
    {
        await using var bot = await StartAsync(stage);
        await bot.HasAccessAsync();
        await bot.PassesAsync(TimeSpan.FromMinutes(29));
        Warnings(bot).Count.ShouldBe(2);
        await bot.Says(Ana, "/db extend 30m more");
        await bot.ApprovesAsync(Bo);

        await bot.PassesAsync(TimeSpan.FromMinutes(22));
        Warnings(bot).Count.ShouldBe(3);
        await bot.PassesAsync(TimeSpan.FromMinutes(8));
        Warnings(bot).Count.ShouldBe(4);
    }

    [Fact]
    public async Task An_extension_asked_at_the_last_second_lapses_with_the_window()
    {
        await using var bot = await StartAsync(stage);
        await bot.HasAccessAsync();
        var expiry = (await bot.GrantsAsync()).Single().Expiry!.Value;
        bot.Clock.Advance(expiry - TimeSpan.FromSeconds(5) - bot.Clock.GetUtcNow());

        await bot.Driver.Says(Ana, "/db extend 30m nearly there");
        (await bot.RequestsAsync()).Single(request => request.Kind == RequestKind.Extension).LapsesAt.ShouldBe(expiry);
        await bot.PassesAsync(TimeSpan.FromSeconds(6));

        (await bot.LoginsAsync()).ShouldBe("");
        (await bot.GrantsAsync()).Single().Ending!.Reason.ShouldBe(EndReason.Expired);
        (await bot.RequestsAsync()).Single(request => request.Kind == RequestKind.Extension).State.ShouldBe(RequestState.Lapsed);
    }

    [Fact]
    public async Task An_extension_approved_at_the_last_second_counts()
    {
        await using var bot = await StartAsync(stage);
        var (login, _) = await bot.HasAccessAsync();
        await bot.Says(Ana, "/db extend 30m nearly there");
        await bot.Presses(Bo, "Approve…", Seed.Approvals);
        var expiry = (await bot.GrantsAsync()).Single().Expiry!.Value;
        bot.Clock.Advance(expiry - TimeSpan.FromSeconds(4) - bot.Clock.GetUtcNow());

        await bot.Submits(Bo);
        await bot.PassesAsync(TimeSpan.FromMinutes(5));

        (await bot.LoginsAsync()).ShouldBe(login);
        (await bot.ValidUntilAsync(login)).ShouldBe(expiry + TimeSpan.FromMinutes(30), TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task An_extension_of_access_that_was_given_back_meanwhile_is_not_approved_any_more()
    {
        await using var bot = await StartAsync(stage);
        await bot.HasAccessAsync();
        await bot.Says(Ana, "/db extend 30m nearly there");
        await bot.Presses(Bo, "Approve…", Seed.Approvals);
        await bot.Says(Ana, "/db done");

        await bot.Submits(Bo);

        bot.Dialog(Bo).ShouldContain("ended");
        (await bot.RequestsAsync()).Single(request => request.Kind == RequestKind.Extension).State.ShouldNotBe(RequestState.Approved);
        (await bot.LoginsAsync()).ShouldBe("");
    }

    [Fact]
    public async Task Overlapping_grants_of_one_person_end_each_at_its_own_time()
    {
        await using var bot = await StartAsync(stage);
        var (shorter, _) = await bot.HasAccessAsync();
        var (longer, password) = await bot.HasAccessAsync("/db access orders-prod read 1h the same again");
        shorter.ShouldNotBe(longer);
        await using var session = await stage.ConnectAsync(longer, password);
        await bot.Says(Ana, "/db done");
        bot.LastAnswer(Ana).ShouldContain("Which one?");

        await bot.PassesAsync(TimeSpan.FromMinutes(31));

        (await bot.LoginsAsync()).ShouldBe(longer);
        await using var count = new Npgsql.NpgsqlCommand("SELECT count(*) FROM app.orders", session);
        (await count.ExecuteScalarAsync(TestContext.Current.CancellationToken)).ShouldBe(100L);
        await bot.PassesAsync(TimeSpan.FromMinutes(30));
        (await bot.LoginsAsync()).ShouldBe("");
    }

    private static IReadOnlyList<SlackMessage> Warnings(BotUnderTest bot) =>
        [.. bot.Sights.Direct(Ana).Where(message => bot.Sights.Read(message).Contains("⏰", StringComparison.Ordinal))];
}
