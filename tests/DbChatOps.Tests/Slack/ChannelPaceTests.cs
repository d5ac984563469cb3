using DbChatOps.Chat;
using DbChatOps.Host.Slack;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Slack;

public sealed class ChannelPaceTests
{
    private readonly StoppedClock _clock = new(SlackWorld.Now);

    [Fact]
    public async Task A_short_burst_passes_and_then_one_a_second()
    {
        var pace = new ChannelPace(_clock);
        for (var message = 0; message < 4; message++)
        {
            pace.WaitAsync("C1", TestContext.Current.CancellationToken).IsCompleted.ShouldBeTrue();
        }

        var fifth = pace.WaitAsync("C1", TestContext.Current.CancellationToken);
        var sixth = pace.WaitAsync("C1", TestContext.Current.CancellationToken);
        fifth.IsCompleted.ShouldBeFalse();
        _clock.Advance(TimeSpan.FromSeconds(1));
        await fifth;
        sixth.IsCompleted.ShouldBeFalse();
        _clock.Advance(TimeSpan.FromSeconds(1));
        await sixth;
    }

    [Fact]
    public void Channels_do_not_wait_for_each_other()
    {
        var pace = new ChannelPace(_clock);
        for (var message = 0; message < 6; message++)
        {
            _ = pace.WaitAsync("C1", TestContext.Current.CancellationToken);
        }

        pace.WaitAsync("C2", TestContext.Current.CancellationToken).IsCompleted.ShouldBeTrue();
    }

    [Fact]
    public void A_long_queue_is_sent_away_with_a_time_to_come_back()
    {
        var pace = new ChannelPace(_clock);
        for (var message = 0; message < 7; message++)
        {
            _ = pace.WaitAsync("C1", TestContext.Current.CancellationToken);
        }

        Should.Throw<ChatUnavailableException>(() => { _ = pace.WaitAsync("C1", TestContext.Current.CancellationToken); }).RetryAfter.ShouldBe(TimeSpan.FromSeconds(4));
        _clock.Advance(TimeSpan.FromSeconds(60));
        pace.WaitAsync("C1", TestContext.Current.CancellationToken).IsCompleted.ShouldBeTrue();
    }
}
