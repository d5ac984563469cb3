using System.Collections.Concurrent;
using DbChatOps.Chat;
using DbChatOps.Host.Flow;

namespace DbChatOps.Host.Desk;

/// <summary>
/// Typed commands that were acknowledged before their turn. They wait in the inbox and not in memory: a flood costs rows, and a crash loses none of them.
/// Whatever arrives goes first; what waits is decided in the order of arrival.
/// </summary>
public sealed class Backlog(IInbox inbox, Turns turns, TimeProvider clock, ILogger<Backlog> log)
{
    /// <summary>Decided between two looks at what arrives.</summary>
    private const int Portion = 8;

    /// <summary>Before an inbox that could not be read is read again.</summary>
    private static readonly TimeSpan AfterFault = TimeSpan.FromSeconds(1);

    /// <summary>By delivery key, what this process is deciding already, or has given up: neither is to be taken out of the inbox.</summary>
    private readonly ConcurrentDictionary<string, Hold> _held = new(StringComparer.Ordinal);

    private readonly Lock _gate = new();
    private Task _draining = Task.CompletedTask;
    private bool _isDraining;
    private bool _hasMore;

    private enum Hold
    {
        InHand,
        GivenUp,
    }

    /// <summary>Whoever comes now is to be left: somebody waits already, or no turn is free.</summary>
    public bool IsNeeded
    {
        get
        {
            lock (_gate)
            {
                return _isDraining || !turns.AreFree;
            }
        }
    }

    /// <summary>The work on what was left.</summary>
    public Task Draining
    {
        get
        {
            lock (_gate)
            {
                return _draining;
            }
        }
    }

    /// <summary>Makes a command durable, in the hand of the caller, who decides it or leaves it. False for a redelivery.</summary>
    /// <exception cref="Ledger.LedgerUnavailableException">It is not durable; nobody may be told otherwise.</exception>
    public async Task<bool> AcceptAsync(Delivery delivery, CancellationToken ct)
    {
        var isFirst = _held.TryAdd(delivery.Key, Hold.InHand);
        var isStored = false;
        try
        {
            return isStored = await turns.ArriveAsync(() => inbox.AcceptAsync(delivery, ct));
        }
        finally
        {
            if (isFirst && !isStored)
            {
                LetGo(delivery.Key);
            }
        }
    }

    /// <summary>A command that was accepted is in hand until <paramref name="work"/> has decided it.</summary>
    public async Task<T> HoldAsync<T>(Delivery delivery, Task<T> work)
    {
        try
        {
            return await work;
        }
        finally
        {
            LetGo(delivery.Key);
        }
    }

    /// <summary>Leaves a command that was accepted for later, when <paramref name="decide"/> is called with it as it was stored.</summary>
    public void Leave(Delivery delivery, Func<Delivery, Task<Acknowledgement>> decide, CancellationToken ct)
    {
        LetGo(delivery.Key);
        lock (_gate)
        {
            _hasMore = true;
            if (!_isDraining)
            {
                _isDraining = true;
                _draining = DrainAsync(decide, ct);
            }
        }
    }

    /// <summary>Not in this process any more: its row could not be closed.</summary>
    public void GiveUp(string deliveryKey) => _held[deliveryKey] = Hold.GivenUp;

    private void LetGo(string key) => _held.TryRemove(KeyValuePair.Create(key, Hold.InHand));

    private async Task DrainAsync(Func<Delivery, Task<Acknowledgement>> decide, CancellationToken ct)
    {
        await Task.Yield();
        while (!ct.IsCancellationRequested)
        {
            try
            {
                while (await NextAsync(ct) is { Count: > 0 } portion)
                {
                    await turns.GiveWayAsync(ct);
                    await Task.WhenAll(portion.Select(delivery => DecideLeftAsync(delivery, decide, ct)));
                }

                return;
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                // They stay in the inbox, and the next start takes them up.
            }
            catch (Exception fault)
            {
                log.BacklogUnreadable(fault);
                await Task.Delay(AfterFault, clock, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>Empty when nothing waits, and nothing was left since it was looked for.</summary>
    private async Task<IReadOnlyList<Delivery>> NextAsync(CancellationToken ct)
    {
        while (true)
        {
            lock (_gate)
            {
                _hasMore = false;
            }

            var most = Portion + _held.Count;
            var waiting = await inbox.UndecidedAsync(DeliveryKind.SlashCommand, most, ct);
            var taken = waiting.Select(delivery => delivery.Key).Where(key => _held.TryAdd(key, Hold.InHand)).Take(Portion).ToHashSet(StringComparer.Ordinal);
            var portion = taken.Count > 0 ? await StillUndecidedAsync(taken, most, ct) : [];
            lock (_gate)
            {
                if (portion.Count > 0 || (taken.Count == 0 && !_hasMore))
                {
                    _isDraining = portion.Count > 0;
                    return portion;
                }
            }
        }
    }

    /// <summary>Whoever had one in hand may have decided it after it was read. From now on nobody does but us, so a second look is the truth.</summary>
    private async Task<IReadOnlyList<Delivery>> StillUndecidedAsync(HashSet<string> taken, int most, CancellationToken ct)
    {
        IReadOnlyList<Delivery> undecided = [];
        try
        {
            return undecided = [.. (await inbox.UndecidedAsync(DeliveryKind.SlashCommand, most, ct)).Where(delivery => taken.Contains(delivery.Key))];
        }
        finally
        {
            foreach (var key in taken.Except(undecided.Select(delivery => delivery.Key), StringComparer.Ordinal))
            {
                LetGo(key);
            }
        }
    }

    private async Task DecideLeftAsync(Delivery delivery, Func<Delivery, Task<Acknowledgement>> decide, CancellationToken ct)
    {
        try
        {
            await turns.TakeAsync(() => decide(delivery), ct);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            log.DeliveryFailed(delivery.Key, fault);
            GiveUp(delivery.Key);
        }
        finally
        {
            LetGo(delivery.Key);
        }
    }
}
