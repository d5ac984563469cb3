using DbChatOps.Host.Flow;
using DbChatOps.Tests.Journeys;
using DbChatOps.Tests.Slack;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Operations;

[Trait("Trap", "T-19")]
public sealed class SteadyClockTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Set_back_it_goes_on_set_forward_it_follows_and_stays()
    {
        var (time, wall, clock) = Make();

        wall.Jump = TimeSpan.FromMinutes(-20);
        time.Advance(TimeSpan.FromMinutes(1));
        clock.GetUtcNow().ShouldBe(Noon.AddMinutes(1));

        wall.Jump = TimeSpan.FromMinutes(10);
        clock.GetUtcNow().ShouldBe(Noon.AddMinutes(11));
        wall.Jump = TimeSpan.Zero;
        time.Advance(TimeSpan.FromMinutes(1));
        clock.GetUtcNow().ShouldBe(Noon.AddMinutes(12));
    }

    /// <summary>However the wall clock is set and however often somebody looks.</summary>
    [Fact]
    public void It_never_runs_slower_than_time() => Prop.ForAll(Gen.Zip(Gen.Choose(0, 900), Gen.Choose(-3600, 3600)).ArrayOf(20).ToArbitrary(), moves =>
    {
        var (time, wall, clock) = Make();
        var before = (True: time.GetUtcNow(), Steady: clock.GetUtcNow());
        foreach (var (seconds, jump) in moves)
        {
            wall.Jump = TimeSpan.FromSeconds(jump);
            time.Advance(TimeSpan.FromSeconds(seconds));
            var now = (True: time.GetUtcNow(), Steady: clock.GetUtcNow());
            if (now.Steady - before.Steady < now.True - before.True || now.Steady < wall.GetUtcNow())
            {
                return false;
            }

            before = now;
        }

        return true;
    }).QuickCheckThrowOnFailure();

    private static (StoppedClock Time, JumpingClock Wall, SteadyClock Clock) Make()
    {
        var time = new StoppedClock(Noon);
        var wall = new JumpingClock(time);
        var clock = new SteadyClock(wall);
        clock.GetUtcNow().ShouldBe(Noon);
        return (time, wall, clock);
    }
}
