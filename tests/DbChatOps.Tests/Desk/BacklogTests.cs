using System.Collections.Concurrent;
using DbChatOps.Chat;
using DbChatOps.Host.Desk;
using DbChatOps.Host.Flow;
using DbChatOps.Tests.Slack;
using DbChatOps.Tests.Storage;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Desk;

/// <summary>Commands that were acknowledged before their turn, on a real inbox.</summary>
public sealed class BacklogTests : IAsyncDisposable
{
    private readonly SqliteStoreUnderTest _store = new();
    private readonly StoppedClock _clock = new(SlackWorld.Now);
    private readonly Turns _turns;
    private readonly ConcurrentQueue<string> _decided = new();
    private readonly Backlog _backlog;
    private int _arrived;

    public BacklogTests()
    {
        _turns = new Turns(_clock);
        _backlog = new Backlog(Inbox, _turns, new SkippingClock(), NullLogger<Backlog>.Instance);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private IInbox Inbox => _store.Store.Inbox;

    public async ValueTask DisposeAsync()
    {
        _turns.Dispose();
        await _store.DisposeAsync();
    }

    [Fact]
    public async Task What_was_left_is_decided_once_each_in_the_order_of_arrival()
    {
        for (var command = 1; command <= 30; command++)
        {
            Leave(await AcceptedAsync());
        }

        await DoneAsync(_backlog);

        _decided.Order(StringComparer.Ordinal).ShouldBe(Enumerable.Range(1, 30).Select(Key));
        _decided.First().ShouldBe(Key(1));
        (await Inbox.UndecidedAsync(Ct)).ShouldBeEmpty();
        _backlog.IsNeeded.ShouldBeFalse();
    }

    [Fact]
    public async Task What_is_in_somebodys_hand_is_not_taken_from_the_inbox()
    {
        var inHand = await AcceptedAsync();
        Leave(await AcceptedAsync());

        await DoneAsync(_backlog);

        _decided.ShouldBe([Key(2)]);
        (await Inbox.UndecidedAsync(Ct)).ShouldHaveSingleItem().Key.ShouldBe(inHand.Key);
    }

    [Fact]
    public async Task What_is_left_while_the_last_is_decided_is_decided_too()
    {
        var first = await AcceptedAsync();
        var second = await AcceptedAsync();
        _backlog.Leave(first, async delivery =>
        {
            Leave(second);
            return await DecideAsync(delivery);
        }, Ct);

        while (_decided.Count < 2)
        {
            await DoneAsync(_backlog);
        }

        _decided.Order(StringComparer.Ordinal).ShouldBe([Key(1), Key(2)]);
    }

    [Fact]
    public async Task What_was_left_gives_way_to_what_arrives()
    {
        var stored = new TaskCompletionSource<bool>();
        var left = await AcceptedAsync();
        var arrival = _turns.ArriveAsync(() => stored.Task);
        var givesWay = _clock.SomebodyWaits();
        Leave(left);
        await givesWay.WaitAsync(TimeSpan.FromSeconds(30), Ct);
        _decided.ShouldBeEmpty();
        _turns.AreFree.ShouldBeTrue();
        _backlog.IsNeeded.ShouldBeTrue("whoever comes now comes after it");

        stored.SetResult(true);

        await arrival;
        await DoneAsync(_backlog);
        _decided.ShouldBe([Key(1)]);
    }

    [Fact]
    public async Task What_was_decided_while_it_was_looked_for_is_not_decided_again()
    {
        var watched = new WatchedInbox(Inbox);
        var backlog = new Backlog(watched, _turns, _clock, NullLogger<Backlog>.Instance);
        var inHand = Typed();
        await backlog.AcceptAsync(inHand, Ct);
        var left = Typed();
        await backlog.AcceptAsync(left, Ct);
        watched.AfterFirstLook = () => backlog.HoldAsync(inHand, DecideAsync(inHand));

        backlog.Leave(left, DecideAsync, Ct);
        await DoneAsync(backlog);

        _decided.ShouldBe([Key(1), Key(2)]);
        backlog.IsNeeded.ShouldBeFalse();
    }

    [Fact]
    public async Task An_inbox_that_cannot_be_read_is_read_again()
    {
        var watched = new WatchedInbox(Inbox) { AfterFirstLook = () => throw new Ledger.LedgerUnavailableException("locked") };
        var backlog = new Backlog(watched, _turns, _clock, NullLogger<Backlog>.Instance);
        var left = Typed();
        await backlog.AcceptAsync(left, Ct);
        var pauses = _clock.SomebodyWaits();
        backlog.Leave(left, DecideAsync, Ct);
        await pauses.WaitAsync(TimeSpan.FromSeconds(30), Ct);
        _decided.ShouldBeEmpty();

        _clock.Advance(TimeSpan.FromSeconds(1));
        await DoneAsync(backlog);

        _decided.ShouldBe([Key(1)]);
    }

    [Fact]
    public async Task What_fails_is_closed_and_not_tried_in_a_loop()
    {
        var tries = 0;
        _backlog.Leave(await AcceptedAsync(), _ => Task.FromException<bool>(new InvalidOperationException($"broken {++tries}")), Ct);
        await DoneAsync(_backlog);
        Leave(await AcceptedAsync());
        await DoneAsync(_backlog);

        tries.ShouldBe(1);
        _decided.ShouldBe([Key(2)]);
        (await Inbox.UndecidedAsync(Ct)).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_was_given_up_is_closed_when_the_store_can_be_written_again_and_taken_up_by_nobody_meanwhile()
    {
        var watched = new WatchedInbox(Inbox) { FailsToForget = 2 };
        var backlog = new Backlog(watched, _turns, _clock, NullLogger<Backlog>.Instance);
        var failed = Typed();
        await backlog.AcceptAsync(failed, Ct);
        var pauses = _clock.SomebodyWaits();
        backlog.GiveUp(failed.Key, Ct);
        await pauses.WaitAsync(TimeSpan.FromSeconds(30), Ct);
        (await backlog.TakeOverAsync(_ => true, Ct)).ShouldBeEmpty();

        pauses = _clock.SomebodyWaits();
        _clock.Advance(TimeSpan.FromMinutes(1));
        await pauses.WaitAsync(TimeSpan.FromSeconds(30), Ct);
        _clock.Advance(TimeSpan.FromMinutes(1));
        await DoneAsync(backlog);

        (await Inbox.UndecidedAsync(Ct)).ShouldBeEmpty();
        _decided.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_cannot_be_decided_now_waits_on_and_whatever_its_person_typed_later_waits_behind_it()
    {
        var tries = 0;
        for (var command = 1; command <= 3; command++)
        {
            var left = await AcceptedAsync();
            _backlog.Leave(left, async delivery => ++tries > 2 && await DecideAsync(delivery), Ct);
        }

        await DoneAsync(_backlog);

        tries.ShouldBe(5);
        _decided.ShouldBe([Key(1), Key(2), Key(3)]);
    }

    [Fact]
    public async Task One_persons_commands_are_decided_one_after_another()
    {
        var atOnce = 0;
        var most = 0;
        for (var command = 1; command <= 12; command++)
        {
            _backlog.Leave(await AcceptedAsync(), async delivery =>
            {
                most = Math.Max(most, Interlocked.Increment(ref atOnce));
                await Task.Yield();
                Interlocked.Decrement(ref atOnce);
                return await DecideAsync(delivery);
            }, Ct);
        }

        await DoneAsync(_backlog);

        most.ShouldBe(1);
        _decided.ShouldBe(Enumerable.Range(1, 12).Select(Key));
    }

    /// <summary>Slack's directory answers about a hundred questions a minute, and some must be left for whoever ends access.</summary>
    [Fact]
    public async Task A_flood_is_decided_at_one_a_second()
    {
        var backlog = new Backlog(Inbox, _turns, _clock, NullLogger<Backlog>.Instance);
        var pauses = _clock.SomebodyWaits();
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
        _decided.Count.ShouldBe(8);
        _clock.Advance(TimeSpan.FromSeconds(8));
        await DoneAsync(backlog);

        _decided.Count.ShouldBe(12);
    }

    [Fact]
    public async Task What_an_earlier_process_left_is_taken_over_once_and_not_out_of_anybodys_hand()
    {
        var earlier = Typed();
        await Inbox.AcceptAsync(earlier, Ct);
        var live = await AcceptedAsync();

        (await _backlog.TakeOverAsync(_ => true, Ct)).ShouldHaveSingleItem().Key.ShouldBe(earlier.Key);
        (await _backlog.TakeOverAsync(_ => true, Ct)).ShouldBeEmpty();
        _backlog.Resume(DecideAsync, Ct);
        await DoneAsync(_backlog);
        _decided.ShouldBeEmpty();

        await _backlog.HoldAsync(live, Task.FromResult(true));
        _backlog.Resume(DecideAsync, Ct);
        await DoneAsync(_backlog);
        _decided.ShouldBe([live.Key]);
    }

    [Fact]
    public async Task What_is_decided_while_it_is_taken_over_is_left_alone()
    {
        var watched = new WatchedInbox(Inbox);
        var backlog = new Backlog(watched, _turns, _clock, NullLogger<Backlog>.Instance);
        var delivery = Typed();
        await Inbox.AcceptAsync(delivery, Ct);
        watched.AfterFirstLook = () => Inbox.ForgetAsync(delivery.Key, Ct);

        (await backlog.TakeOverAsync(_ => true, Ct)).ShouldBeEmpty();
    }

    /// <summary>Whoever stops the work with a token of their own must not stop it for everybody.</summary>
    [Fact]
    public async Task Work_that_was_stopped_begins_again_with_the_next_that_is_left()
    {
        using var gone = new CancellationTokenSource();
        var left = await AcceptedAsync();
        await gone.CancelAsync();
        _backlog.Leave(left, DecideAsync, gone.Token);
        await DoneAsync(_backlog);
        _backlog.IsNeeded.ShouldBeFalse();

        Leave(await AcceptedAsync());
        await DoneAsync(_backlog);

        _decided.ShouldBe([Key(1), Key(2)]);
    }

    [Fact]
    public async Task A_redelivery_takes_nothing_out_of_the_first_ones_hand()
    {
        var first = await AcceptedAsync();

        (await _backlog.AcceptAsync(first, Ct)).ShouldBeFalse();
        Leave(await AcceptedAsync());
        await DoneAsync(_backlog);

        _decided.ShouldBe([Key(2)]);
    }

    private static string Key(int number) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"trigger:{number:00}");

    private Delivery Typed() => new()
    {
        Key = Key(++_arrived),
        Kind = DeliveryKind.SlashCommand,
        ReceivedAt = SlackWorld.Now.AddSeconds(_arrived),
        Person = new PersonId("slack", "T0ACME", "U1"),
        Action = "/db",
        Text = "withdraw",
    };

    private async Task<Delivery> AcceptedAsync()
    {
        var delivery = Typed();
        (await _backlog.AcceptAsync(delivery, Ct)).ShouldBeTrue();
        return delivery;
    }

    private void Leave(Delivery delivery) => _backlog.Leave(delivery, DecideAsync, Ct);

    private async Task<bool> DecideAsync(Delivery delivery)
    {
        _decided.Enqueue(delivery.Key);
        await Inbox.ForgetAsync(delivery.Key, Ct);
        return true;
    }

    private static Task DoneAsync(Backlog backlog) => Task.WhenAll(backlog.UnderWay).WaitAsync(TimeSpan.FromSeconds(30), Ct);

    /// <summary>Something happens between the first look and what is made of it.</summary>
    private sealed class WatchedInbox(IInbox inner) : IInbox
    {
        public Func<Task>? AfterFirstLook { get; set; }

        public int FailsToForget { get; set; }

        public Task<bool> AcceptAsync(Delivery delivery, CancellationToken ct) => inner.AcceptAsync(delivery, ct);

        public async Task<IReadOnlyList<Delivery>> UndecidedAsync(CancellationToken ct) => await LookedAsync(await inner.UndecidedAsync(ct));

        public async Task<IReadOnlyList<Delivery>> UndecidedAsync(DeliveryKind kind, int most, CancellationToken ct) =>
            await LookedAsync(await inner.UndecidedAsync(kind, most, ct));

        public Task ForgetAsync(string deliveryKey, CancellationToken ct) =>
            FailsToForget-- > 0 ? throw new Ledger.LedgerUnavailableException("disk full") : inner.ForgetAsync(deliveryKey, ct);

        private async Task<IReadOnlyList<Delivery>> LookedAsync(IReadOnlyList<Delivery> found)
        {
            if (AfterFirstLook is { } happens)
            {
                AfterFirstLook = null;
                await happens();
            }

            return found;
        }
    }
}
