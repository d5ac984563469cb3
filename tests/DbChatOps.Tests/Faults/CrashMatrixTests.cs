using System.Globalization;
using DbChatOps.Tests.PostgreSql;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Faults;

/// <summary>
/// The process dies before and after every effect of a grant's whole story. Whatever came of it, one restart and the clock bring it to its end:
/// no login, nothing open, no second mint, no second card. By default a sample of the points, another one each day; <c>DBCHATOPS_SOAK=1</c> takes all.
/// </summary>
[Trait("Trap", "T-10")]
public sealed class CrashMatrixTests(PostgreSqlStage stage) : IClassFixture<PostgreSqlStage>
{
    /// <summary>Prime, so that the sample does not fall into step with the story.</summary>
    private const int SampledEach = 29;

    private const string OffsetVariable = "DBCHATOPS_CRASH_OFFSET";

    private static bool Soaks => string.Equals(Environment.GetEnvironmentVariable("DBCHATOPS_SOAK"), "1", StringComparison.Ordinal);

    /// <summary>Where the sample begins. It is said with every run, so that a failure can be repeated on another day.</summary>
    private static int Offset => int.TryParse(Environment.GetEnvironmentVariable(OffsetVariable), NumberStyles.None, CultureInfo.InvariantCulture, out var given)
        ? given
        : TimeProvider.System.GetUtcNow().DayOfYear % SampledEach;

    private static string HowToRepeat => Soaks ? "" : string.Create(CultureInfo.InvariantCulture, $"the same points again: {OffsetVariable}={Offset}");

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task Dying_at_any_effect_leaves_nothing_behind(bool releases, bool after)
    {
        stage.Pair.Require();
        var effects = await new CrashStory(stage, releases).CountAsync(CrashStory.IsEffect);
        var output = TestContext.Current.TestOutputHelper;
        output?.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{effects.Count} effects; {HowToRepeat}"));

        List<string> failures = [];
        var (points, deaths) = (0, 0);
        var first = Soaks ? 1 : 1 + ((Offset + (releases ? 0 : 3) + (after ? 0 : 6)) % SampledEach);
        for (var point = first; point <= effects.Count; point += Soaks ? 1 : SampledEach)
        {
            points++;
            try
            {
                deaths += await new CrashStory(stage, releases).SurvivesAsync(after ? null : point, after ? point : null, CrashStory.IsEffect) ? 1 : 0;
            }
            catch (Exception fault) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
            {
                deaths++;
                failures.Add($"{(after ? "after" : "before")} {point} {effects[point - 1]}: {fault}");
            }
        }

        failures.ShouldBeEmpty(HowToRepeat);

        // The last points may fall behind the end: how lanes share their claims differs a little from run to run.
        deaths.ShouldBeGreaterThan(points * 3 / 4);
    }

    [Fact]
    public async Task Dying_again_while_taking_up_leaves_nothing_behind()
    {
        stage.Pair.Require();
        var (first, second) = Soaks ? (7, 3) : (29, 11);
        TestContext.Current.TestOutputHelper?.WriteLine(HowToRepeat);
        List<string> failures = [];
        var deaths = 0;
        var isOver = false;
        for (var point = 5 + (Soaks ? 0 : Offset); !isOver; point += first)
        {
            for (var calls = 1; calls <= 30; calls += second)
            {
                var story = new CrashStory(stage, releases: false) { DiesAgainAfter = calls };
                try
                {
                    isOver = !await story.SurvivesAsync(null, point, CrashStory.IsEffect);
                }
                catch (Exception fault) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
                {
                    failures.Add($"after effect {point}, then after {calls} calls: {fault}");
                }

                deaths += story.DiedAgain ? 1 : 0;
            }
        }

        failures.ShouldBeEmpty(HowToRepeat);
        deaths.ShouldBeGreaterThan(5);
    }
}
