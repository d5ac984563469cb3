using DbChatOps.Host.Flow;
using DbChatOps.Host.Slack;
using DbChatOps.Playground.Driving;
using DbChatOps.Playground.World;
using DbChatOps.Tests.Journeys;
using DbChatOps.Tests.PostgreSql;
using DbChatOps.Tests.Storage;
using Shouldly;
using Xunit;
using static DbChatOps.Tests.Journeys.BotUnderTest;

namespace DbChatOps.Tests.Faults;

/// <summary>
/// A whole story of a grant: asked, approved, revealed, extended, revealed again, and released or left to expire. The process dies where the plan says;
/// a new one takes up the same store, and the people go on from the gesture that was cut off.
/// </summary>
internal sealed class CrashStory(PostgreSqlStage stage, bool releases)
{
    private readonly EngineRecord _engine = new();

    /// <summary>The second process dies too, after so many calls (reads among them) of its start, take-up and first work.</summary>
    public int? DiesAgainAfter { get; init; }

    /// <summary>The second death has come.</summary>
    public bool DiedAgain { get; private set; }

    private bool _isArmed;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Dying at a read is dying after the effect before it.</summary>
    public static bool IsEffect(string call) => call
        is "ILedger.CommitAsync" or "IInbox.AcceptAsync" or "IInbox.ForgetAsync" or "IAgendaStore.ClaimDueLanesAsync" or "IAgendaStore.ReleaseAsync"
        or "IMessageBook.SaveAsync" or "ILoginEngine.EnsureAsync" or "ILoginEngine.HandOverAsync" or "ILoginEngine.ExtendAsync" or "ILoginEngine.EndAsync"
        or "IChatPlatform.PostAsync" or "IChatPlatform.UpdateAsync" or "IChatPlatform.OpenAsync" or "IChatPlatform.UpdateDialogAsync";

    /// <summary>The calls of the undisturbed story that <paramref name="counts"/> counts, in order.</summary>
    public async Task<IReadOnlyList<string>> CountAsync(Func<string, bool> counts)
    {
        var plan = new CrashPlan { Counts = call => _isArmed && counts(call) };
        await PlayAsync(plan);
        return plan.Calls;
    }

    /// <summary>Plays the story with its death, and checks what must be true afterwards. False when it ended before the planned call came.</summary>
    public async Task<bool> SurvivesAsync(int? before, int? after, Func<string, bool> counts)
    {
        var plan = new CrashPlan { Before = before, After = after, Counts = call => _isArmed && counts(call) };
        await PlayAsync(plan);
        return plan.Died;
    }

    private async Task PlayAsync(CrashPlan plan)
    {
        await using var bot = await BotUnderTest.StartAsync(stage, crash: plan, compose: services => services.Decorate<DbChatOps.Targets.ILoginEngine>(_engine.Watch));
        await bot.Get<SlackPlatform>().ConnectAsync(Ct);
        (await bot.Get<Surveys>().LookAsync(Ct)).ShouldBeTrue();
        _isArmed = true;

        var lives = 1;
        foreach (var gesture in Gestures(bot))
        {
            // Chat's pace is not what is tested here.
            bot.Clock.Advance(TimeSpan.FromSeconds(5));
            if (await DiesAsync(gesture, isFirstLife: lives == 1))
            {
                lives++;
                await ReviveAsync(bot);
                await DiesAsync(gesture, isFirstLife: false);
            }

            (await bot.LivePasswordsAsync(stage)).ShouldBeLessThanOrEqualTo(1);
        }

        _isArmed = false;
        if (plan.Died && lives == 1)
        {
            await ReviveAsync(bot);
        }

        await bot.PassesAsync(TimeSpan.FromHours(6));
        await bot.EndsAllAsync(TimeSpan.FromSeconds(20), Ct);
        await bot.LeavesNothingBehindAsync();
        _engine.ShouldBeOnceEach();
        bot.ShowsEachCardOnce();
        (await bot.GrantsAsync()).Count.ShouldBeLessThanOrEqualTo(2);
    }

    private async Task ReviveAsync(BotUnderTest bot)
    {
        if (DiesAgainAfter is { } calls)
        {
            var again = new CrashPlan { After = calls };
            await bot.StopAsync();
            await bot.StartAsync(again);
            try
            {
                await bot.TakesUpAsync();
                await bot.SettlesAsync();
            }
            catch (CrashException)
            {
                // As planned.
            }

            DiedAgain = again.Died;
        }

        await bot.RestartAsync();
    }

    private List<Func<Task>> Gestures(BotUnderTest bot) =>
    [
        () => bot.Says(Ana, "/db access orders-prod read 30m checking INC-42"),
        () => bot.Presses(Bo, "Approve…", Seed.Approvals),
        () => bot.Submits(Bo),
        () => bot.Presses(Ana, "Show credentials"),
        () => bot.Says(Ana, "/db extend 10m still looking"),
        () => bot.Presses(Bo, "Approve…", Seed.Approvals),
        () => bot.Submits(Bo),
        () => bot.Presses(Ana, "New password"),
        () => releases ? bot.Says(Ana, "/db release") : bot.PassesAsync(TimeSpan.FromMinutes(41)),
    ];

    /// <summary>After a death people see older screens, so a gesture may be impossible then.</summary>
    private static async Task<bool> DiesAsync(Func<Task> gesture, bool isFirstLife)
    {
        try
        {
            await gesture();
            return false;
        }
        catch (CrashException)
        {
            return true;
        }
        catch (ImpossibleGestureException) when (!isFirstLife)
        {
            return false;
        }
    }
}
