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
        _backlog = new Backlog(Inbox, _turns, _clock, NullLogger<Backlog>.Instance);
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

        await _backlog.Draining;

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

        await _backlog.Draining;

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
            await _backlog.Draining.WaitAsync(TimeSpan.FromSeconds(30), Ct);
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
        await _backlog.Draining;
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
        await backlog.Draining;

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
        await backlog.Draining;

        _decided.ShouldBe([Key(1)]);
    }

    [Fact]
    public async Task What_fails_stays_for_the_next_start_and_is_not_tried_in_a_loop()
    {
        var tries = 0;
        _backlog.Leave(await AcceptedAsync(), _ => Task.FromException<Acknowledgement>(new InvalidOperationException($"broken {++tries}")), Ct);
        await _backlog.Draining;
        Leave(await AcceptedAsync());
        await _backlog.Draining;

        tries.ShouldBe(1);
        _decided.ShouldBe([Key(2)]);
        (await Inbox.UndecidedAsync(Ct)).ShouldHaveSingleItem().Key.ShouldBe(Key(1));
    }

    [Fact]
    public async Task A_redelivery_takes_nothing_out_of_the_first_ones_hand()
    {
        var first = await AcceptedAsync();

        (await _backlog.AcceptAsync(first, Ct)).ShouldBeFalse();
        Leave(await AcceptedAsync());
        await _backlog.Draining;

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

    private async Task<Acknowledgement> DecideAsync(Delivery delivery)
    {
        _decided.Enqueue(delivery.Key);
        await Inbox.ForgetAsync(delivery.Key, Ct);
        return new Acknowledgement.Nothing();
    }

    /// <summary>Something happens between the first look and what is made of it.</summary>
    private sealed class WatchedInbox(IInbox inner) : IInbox
    {
        public Func<Task>? AfterFirstLook { get; set; }

        public Task<bool> AcceptAsync(Delivery delivery, CancellationToken ct) => inner.AcceptAsync(delivery, ct);

        public Task<IReadOnlyList<Delivery>> UndecidedAsync(CancellationToken ct) => inner.UndecidedAsync(ct);

        public async Task<IReadOnlyList<Delivery>> UndecidedAsync(DeliveryKind kind, int most, CancellationToken ct)
        {
            var found = await inner.UndecidedAsync(kind, most, ct);
            if (AfterFirstLook is { } happens)
            {
                AfterFirstLook = null;
                await happens();
            }

            return found;
        }

        public Task ForgetAsync(string deliveryKey, CancellationToken ct) => inner.ForgetAsync(deliveryKey, ct);
    }
}
