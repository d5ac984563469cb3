using DbChatOps.Chat;
using DbChatOps.Host.Desk;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Desk;

/// <summary>Commands that were acknowledged before their turn, on a real inbox.</summary>
public sealed class BacklogTests : BacklogScene
{
    [Fact]
    public async Task What_was_left_isDecided_once_each_in_the_order_of_arrival()
    {
        for (var command = 1; command <= 30; command++)
        {
            Leave(await AcceptedAsync());
        }

        await DoneAsync(Backlog);

        Decided.Order(StringComparer.Ordinal).ShouldBe(Enumerable.Range(1, 30).Select(Key));
        Decided.First().ShouldBe(Key(1));
        (await Inbox.UndecidedAsync(Ct)).ShouldBeEmpty();
        Backlog.IsNeeded.ShouldBeFalse();
    }

    [Fact]
    public async Task What_is_left_while_the_last_isDecided_isDecided_too()
    {
        var first = await AcceptedAsync();
        var second = await AcceptedAsync();
        Backlog.Leave(first, async delivery =>
        {
            Leave(second);
            return await DecideAsync(delivery);
        }, Ct);

        while (Decided.Count < 2)
        {
            await DoneAsync(Backlog);
        }

        Decided.Order(StringComparer.Ordinal).ShouldBe([Key(1), Key(2)]);
    }

    [Fact]
    public async Task What_was_left_gives_way_to_what_arrives()
    {
        var stored = new TaskCompletionSource<bool>();
        var left = await AcceptedAsync();
        var arrival = Turns.ArriveAsync(() => stored.Task);
        var givesWay = Clock.SomebodyWaits();
        Leave(left);
        await givesWay.WaitAsync(TimeSpan.FromSeconds(30), Ct);
        Decided.ShouldBeEmpty();
        Turns.AreFree.ShouldBeTrue();
        Backlog.IsNeeded.ShouldBeTrue("whoever comes now comes after it");

        stored.SetResult(true);

        await arrival;
        await DoneAsync(Backlog);
        Decided.ShouldBe([Key(1)]);
    }

    [Fact]
    public async Task An_inbox_that_cannot_be_read_is_read_again()
    {
        var watched = new WatchedInbox(Inbox) { AfterFirstLook = () => throw new Ledger.LedgerUnavailableException("locked") };
        var backlog = NewBacklog(watched);
        var left = Typed();
        await backlog.AcceptAsync(left, Ct);
        var pauses = Clock.SomebodyWaits();
        backlog.Leave(left, DecideAsync, Ct);
        await pauses.WaitAsync(TimeSpan.FromSeconds(30), Ct);
        Decided.ShouldBeEmpty();

        Clock.Advance(TimeSpan.FromSeconds(1));
        await DoneAsync(backlog);

        Decided.ShouldBe([Key(1)]);
    }

    [Fact]
    public async Task What_cannot_beDecided_now_waits_on_and_whatever_its_person_typed_later_waits_behind_it()
    {
        var tries = 0;
        for (var command = 1; command <= 3; command++)
        {
            var left = await AcceptedAsync();
            Backlog.Leave(left, async delivery => ++tries > 2 && await DecideAsync(delivery), Ct);
        }

        await DoneAsync(Backlog);

        tries.ShouldBe(5);
        Decided.ShouldBe([Key(1), Key(2), Key(3)]);
    }

    [Fact]
    public async Task One_persons_commands_areDecided_one_after_another()
    {
        var atOnce = 0;
        var most = 0;
        for (var command = 1; command <= 12; command++)
        {
            Backlog.Leave(await AcceptedAsync(), async delivery =>
            {
                most = Math.Max(most, Interlocked.Increment(ref atOnce));
                await Task.Yield();
                Interlocked.Decrement(ref atOnce);
                return await DecideAsync(delivery);
            }, Ct);
        }

        await DoneAsync(Backlog);

        most.ShouldBe(1);
        Decided.ShouldBe(Enumerable.Range(1, 12).Select(Key));
    }

    /// <summary>Slack's directory answers about a hundred questions a minute, and some must be left for whoever ends access.</summary>
    [Fact]
    public async Task A_flood_isDecided_at_one_a_second()
    {
        var backlog = NewBacklog(Inbox);
        var pauses = Clock.SomebodyWaits();
        for (var command = 1; command <= 12; command++)
        {
            var left = Typed();
            await backlog.AcceptAsync(left, Ct);
            if (command == 12)
            {
                backlog.Leave(left, DecideAsync, Ct);
            }
            else
            {
                await backlog.HoldAsync(left, Task.FromResult(true));
            }
        }

        await pauses.WaitAsync(TimeSpan.FromSeconds(30), Ct);
        Decided.Count.ShouldBe(8);
        Clock.Advance(TimeSpan.FromSeconds(8));
        await DoneAsync(backlog);

        Decided.Count.ShouldBe(12);
    }

    /// <summary>Whoever stops the work with a token of their own must not stop it for everybody.</summary>
    [Fact]
    public async Task Work_that_was_stopped_begins_again_with_the_next_that_is_left()
    {
        using var gone = new CancellationTokenSource();
        var left = await AcceptedAsync();
        await gone.CancelAsync();
        Backlog.Leave(left, DecideAsync, gone.Token);
        await DoneAsync(Backlog);
        Backlog.IsNeeded.ShouldBeFalse();

        Leave(await AcceptedAsync());
        await DoneAsync(Backlog);

        Decided.ShouldBe([Key(1), Key(2)]);
    }
}
