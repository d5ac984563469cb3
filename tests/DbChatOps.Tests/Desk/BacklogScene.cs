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

/// <summary>A backlog on a real inbox, with commands of one person and what was decided of them.</summary>
public abstract class BacklogScene : IAsyncDisposable
{
    private readonly SqliteStoreUnderTest _store = new();
    private int _arrived;

    protected BacklogScene()
    {
        Turns = new Turns(Clock);
        Backlog = NewBacklog(Inbox, new SkippingClock());
    }

    private protected StoppedClock Clock { get; } = new(SlackWorld.Now);

    protected Turns Turns { get; }

    protected ConcurrentQueue<string> Decided { get; } = new();

    /// <summary>Does not wait between two portions.</summary>
    protected Backlog Backlog { get; }

    protected IInbox Inbox => _store.Store.Inbox;

    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        Turns.Dispose();
        await _store.DisposeAsync();
    }

    protected Backlog NewBacklog(IInbox inbox, TimeProvider? clock = null) => new(inbox, Turns, clock ?? Clock, NullLogger<Backlog>.Instance);

    protected static string Key(int number) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"trigger:{number:00}");

    protected Delivery Typed() => new()
    {
        Key = Key(++_arrived),
        Kind = DeliveryKind.SlashCommand,
        ReceivedAt = SlackWorld.Now.AddSeconds(_arrived),
        Person = new PersonId("slack", "T0ACME", "U1"),
        Action = "/db",
        Text = "withdraw",
    };

    protected async Task<Delivery> AcceptedAsync()
    {
        var delivery = Typed();
        (await Backlog.AcceptAsync(delivery, Ct)).ShouldBeTrue();
        return delivery;
    }

    protected void Leave(Delivery delivery) => Backlog.Leave(delivery, DecideAsync, Ct);

    protected async Task<bool> DecideAsync(Delivery delivery)
    {
        Decided.Enqueue(delivery.Key);
        await Inbox.ForgetAsync(delivery.Key, Ct);
        return true;
    }

    protected static Task DoneAsync(Backlog backlog) => Task.WhenAll(backlog.UnderWay).WaitAsync(TimeSpan.FromSeconds(30), Ct);
}
