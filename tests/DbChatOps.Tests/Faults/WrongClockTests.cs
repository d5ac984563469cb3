using DbChatOps.Access;
using DbChatOps.Host.Flow;
using DbChatOps.Playground.World;
using DbChatOps.Tests.Journeys;
using DbChatOps.Tests.PostgreSql;
using Shouldly;
using Xunit;
using static DbChatOps.Tests.Journeys.BotUnderTest;

namespace DbChatOps.Tests.Faults;

/// <summary>The clock of the bot's machine is set wrong, or changes as clocks do. No window is longer for it.</summary>
[Trait("Trap", "T-19")]
public sealed class WrongClockTests(PostgreSqlStage stage) : IClassFixture<PostgreSqlStage>
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_clock_set_back_by_twenty_minutes_lengthens_no_window()
    {
        await using var bot = await StartAsync(stage);
        var (login, password) = await bot.HasAccessAsync();
        await using var session = await stage.ConnectAsync(login, password);

        bot.Wall.Jump = -20 * Minute;
        await bot.PassesAsync(29 * Minute);
        (await bot.LoginsAsync()).ShouldBe(login);
        await bot.PassesAsync(Minute + Second);

        await bot.LeavesNothingBehindAsync();
        (await bot.GrantsAsync()).ShouldHaveSingleItem().Ending!.Reason.ShouldBe(EndReason.Expired);
    }

    [Fact]
    public async Task A_clock_set_back_keeps_no_question_and_no_offer_open_for_longer()
    {
        await using var bot = await StartAsync(stage);
        await bot.Says(Ana, "/db access orders-prod read 30m checking INC-42");
        await bot.ApprovesAsync(Bo);
        await bot.Says(Cy, "/db access orders-prod read 30m checking INC-43");

        bot.Wall.Jump = -50 * Minute;
        await bot.PassesAsync(61 * Minute);
        (await bot.GrantsAsync()).ShouldHaveSingleItem().Ending!.Reason.ShouldBe(EndReason.Unclaimed);
        await bot.PassesAsync(180 * Minute);

        (await bot.RequestsAsync()).ShouldContain(request => request.State == RequestState.Lapsed);
        await bot.LeavesNothingBehindAsync();
    }

    [Fact]
    public async Task A_clock_that_jumps_back_and_forth_moves_no_end_beyond_the_window()
    {
        await using var bot = await StartAsync(stage);
        var (login, _) = await bot.HasAccessAsync();

        foreach (var (jump, passes) in new[] { (-20, 10), (0, 10), (-300, 9) })
        {
            bot.Wall.Jump = jump * Minute;
            await bot.PassesAsync(passes * Minute);
            (await bot.LoginsAsync()).ShouldBe(login);
        }

        bot.Wall.Jump = -10 * Minute;
        await bot.PassesAsync(Minute + Second);

        await bot.LeavesNothingBehindAsync();
    }

    [Theory]
    [InlineData(5, 25)]
    [InlineData(-5, 30)]
    public async Task A_clock_that_goes_wrong_by_five_minutes_ends_access_early_or_on_time(int wrong, int minutes)
    {
        await using var bot = await StartAsync(stage);
        var (login, _) = await bot.HasAccessAsync();

        bot.Wall.Jump = wrong * Minute;
        await bot.PassesAsync((minutes - 1) * Minute);
        (await bot.LoginsAsync()).ShouldBe(login);
        await bot.PassesAsync(Minute + Second);

        await bot.LeavesNothingBehindAsync();
    }

    [Theory]
    [InlineData(290)]
    [InlineData(-290)]
    public async Task A_bot_that_starts_with_a_wrong_clock_grants_nothing(int seconds)
    {
        await using var bot = await StartAsync(stage);
        bot.Wall.Jump = seconds * Second;
        await bot.RestartAsync();

        await bot.Says(Ana, "/db access orders-prod read 30m checking INC-42");

        bot.LastAnswer(Ana).ShouldContain("clock");
        (await bot.RequestsAsync()).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(290)]
    [InlineData(-290)]
    public async Task What_is_handed_over_after_a_jump_ends_with_its_window_by_true_time_or_is_not_handed_over(int seconds)
    {
        await using var bot = await StartAsync(stage);
        await bot.Says(Ana, "/db access orders-prod read 30m checking INC-42");
        await bot.ApprovesAsync(Bo);
        var login = await bot.LoginsAsync();

        bot.Wall.Jump = seconds * Second;
        var claimed = bot.Clock.GetUtcNow();
        await bot.Presses(Ana, "Show credentials");

        if (seconds > 0)
        {
            bot.Dialog(Ana).ShouldContain("clock");
        }
        else
        {
            (await bot.ValidUntilAsync(login)).ShouldBe(claimed + (30 * Minute), TimeSpan.FromSeconds(10));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task A_leap_second_is_no_jump_and_moves_no_end(int step)
    {
        await using var bot = await StartAsync(stage);
        var (login, _) = await bot.HasAccessAsync();
        var check = bot.Get<SelfCheck>();
        await check.CompareClocksAsync(Ct);

        bot.Wall.Jump = step * Second;
        await check.CompareClocksAsync(Ct);
        await bot.PassesAsync((30 * Minute) - (10 * Second));
        (await bot.LoginsAsync()).ShouldBe(login);
        await bot.PassesAsync(10 * Second);

        await bot.LeavesNothingBehindAsync();
        bot.Approvals.ShouldNotContain("jumped");
        bot.Sights.Read(Seed.Audit).ShouldNotContain("jumped");
    }

    /// <summary>The servers of this stage live in Berlin; the hour that comes twice there is one like any other.</summary>
    [Fact]
    public async Task A_window_across_the_end_of_summer_time_is_as_long_as_any()
    {
        await using var bot = await StartAsync(stage);
        await stage.Pair.PsqlAsync("ALTER ROLE dbchatops_bot SET timezone = 'Europe/Berlin'");
        try
        {
            var change = NextEndOfSummerTime(bot.Clock.GetUtcNow());
            await bot.PassesAsync(change - (15 * Minute) - bot.Clock.GetUtcNow());
            var (login, _) = await bot.HasAccessAsync();
            var grant = (await bot.GrantsAsync(open: true)).ShouldHaveSingleItem();
            (grant.Expiry!.Value - grant.ClaimedAt!.Value).ShouldBe(grant.Window, TimeSpan.FromSeconds(5));
            (await bot.ValidUntilAsync(login)).ShouldBe(grant.Expiry.Value, Second);

            await bot.PassesAsync(29 * Minute);
            (await bot.LoginsAsync()).ShouldBe(login);
            await bot.PassesAsync(Minute);

            await bot.LeavesNothingBehindAsync();
        }
        finally
        {
            await stage.Pair.PsqlAsync("ALTER ROLE dbchatops_bot RESET timezone");
        }
    }

    /// <summary>Last Sunday of October, 01:00 UTC.</summary>
    private static DateTimeOffset NextEndOfSummerTime(DateTimeOffset now)
    {
        var year = now.Month >= 10 ? now.Year + 1 : now.Year;
        var last = new DateTimeOffset(year, 10, 31, 1, 0, 0, TimeSpan.Zero);
        return last.AddDays(-(int)last.DayOfWeek);
    }
}
