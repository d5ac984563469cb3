namespace DbChatOps.Host.Flow;

/// <summary>
/// The clock that windows run by: the later of the wall clock and of what the monotonic clock says since the wall clock was last ahead. A wall
/// clock that is set back lengthens nothing; one that is set forward is followed, because then the end may already have passed, and stays
/// followed when it is put right: until a restart the bot is early, never late. Within one process only: a restart believes the wall clock, and
/// then the servers' own VALID UNTIL and the comparison of clocks at every hand-over bound the window.
/// <para>
/// What the bot decides, and what it compares with a server's clock before it writes an end there, is this clock. Only what needs to know what
/// the machine's clock claims uses <see cref="Wall"/>: the look for jumps, and the age of signed requests. Their time is another machine's wall
/// clock; a clock that stayed ahead would refuse chat, and with it every revocation, until a restart, while a wall clock that is set back lets
/// in nothing twice, because the inbox remembers what it took.
/// </para>
/// </summary>
public sealed class SteadyClock(TimeProvider wall) : TimeProvider
{
    private readonly Lock _gate = new();
    private DateTimeOffset _ahead = DateTimeOffset.MinValue;
    private long _aheadAt = wall.GetTimestamp();

    /// <summary>The machine's own clock, jumps included.</summary>
    public TimeProvider Wall => wall;

    public override long TimestampFrequency => wall.TimestampFrequency;

    public override TimeZoneInfo LocalTimeZone => wall.LocalTimeZone;

    /// <summary>The same clock when it is steady already: one process has one.</summary>
    public static SteadyClock Over(TimeProvider clock) => clock as SteadyClock ?? new SteadyClock(clock);

    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate)
        {
            // In this order a pause between the two readings counts for the monotonic clock, and moves nothing ahead for good.
            var (said, ticks) = (wall.GetUtcNow(), wall.GetTimestamp());
            var steady = _ahead + wall.GetElapsedTime(_aheadAt, ticks);
            if (said <= steady)
            {
                return steady;
            }

            (_ahead, _aheadAt) = (said, ticks);
            return said;
        }
    }

    public override long GetTimestamp() => wall.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => wall.CreateTimer(callback, state, dueTime, period);
}
