using DbChatOps.Host.Desk;
using DbChatOps.Tests.Slack;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Desk;

public sealed class TurnsTests : IDisposable
{
    private readonly StoppedClock _clock = new(SlackWorld.Now);
    private readonly Turns _turns;
    private readonly TaskCompletionSource<bool> _decided = new();
    private readonly TaskCompletionSource<bool> _stored = new();

    public TurnsTests() => _turns = new Turns(_clock);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _turns.Dispose();

    [Fact]
    public async Task Whoever_finds_a_free_turn_takes_it_whatever_arrives()
    {
        var arrival = _turns.ArriveAsync(() => _stored.Task);

        (await _turns.TakeAsync(() => Task.FromResult("decided"), Ct)).ShouldBe("decided");

        arrival.IsCompleted.ShouldBeFalse();
        _stored.SetResult(true);
        (await arrival).ShouldBeTrue();
    }

    [Fact]
    public async Task Without_arrivals_nobody_gives_way()
    {
        _turns.GiveWayAsync(Ct).IsCompletedSuccessfully.ShouldBeTrue();
        _stored.SetResult(true);
        await _turns.ArriveAsync(() => _stored.Task);

        _turns.GiveWayAsync(Ct).IsCompletedSuccessfully.ShouldBeTrue();
    }

    [Fact]
    public async Task Whoever_gives_way_goes_on_when_the_last_arrival_is_stored()
    {
        var last = new TaskCompletionSource<bool>();
        var arrivals = Task.WhenAll(_turns.ArriveAsync(() => _stored.Task), _turns.ArriveAsync(() => last.Task));
        var givesWay = _turns.GiveWayAsync(Ct);

        _stored.SetResult(true);
        givesWay.IsCompleted.ShouldBeFalse();
        last.SetResult(true);

        await givesWay.WaitAsync(TimeSpan.FromSeconds(30), Ct);
        await arrivals;
    }

    [Fact]
    public async Task Arrivals_without_end_slow_decisions_down_and_do_not_stop_them()
    {
        var arrival = _turns.ArriveAsync(() => _stored.Task);
        var givesWay = _turns.GiveWayAsync(Ct);

        _clock.Advance(TimeSpan.FromMilliseconds(99));
        givesWay.IsCompleted.ShouldBeFalse();
        _clock.Advance(TimeSpan.FromMilliseconds(1));

        await givesWay.WaitAsync(TimeSpan.FromSeconds(30), Ct);
        _stored.SetResult(true);
        await arrival;
    }

    [Fact]
    public async Task A_write_that_fails_is_no_arrival_any_more()
    {
        var arrival = _turns.ArriveAsync(() => _stored.Task);
        var givesWay = _turns.GiveWayAsync(Ct);

        _stored.SetException(new InvalidOperationException("disk"));

        await Should.ThrowAsync<InvalidOperationException>(() => arrival);
        await givesWay.WaitAsync(TimeSpan.FromSeconds(30), Ct);
    }

    [Fact]
    public async Task Four_decide_at_a_time()
    {
        var four = Task.WhenAll(Enumerable.Range(0, 4).Select(_ => _turns.TakeAsync(() => _decided.Task, Ct)));
        var isDecided = false;
        var fifth = _turns.TakeAsync(() => Task.FromResult(isDecided = true), Ct);
        _turns.AreFree.ShouldBeFalse();
        isDecided.ShouldBeFalse();

        _decided.SetResult(true);

        await Task.WhenAll(four, fifth);
        isDecided.ShouldBeTrue();
        _turns.AreFree.ShouldBeTrue();
    }
}
