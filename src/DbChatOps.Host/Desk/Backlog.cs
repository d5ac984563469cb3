using System.Collections.Concurrent;
using DbChatOps.Chat;
using DbChatOps.Host.Flow;
using DbChatOps.Ledger;

namespace DbChatOps.Host.Desk;

/// <summary>
/// Deliveries from their acceptance to their decision. Each is in one hand at a time; typed commands whose turn has not come wait in the inbox and not in
/// memory: a flood costs rows, and a crash loses none of them. Whatever arrives goes first. What waits is taken up in the order of arrival, several people's
/// at once and one person's one after another.
/// </summary>
public sealed class Backlog(IInbox inbox, Turns turns, TimeProvider clock, ILogger<Backlog> log)
{
    /// <summary>Decided between two looks at what arrives.</summary>
    private const int Portion = 8;

    /// <summary>
    /// Between full portions: one command a second. The directory is asked about the person of each, and Slack answers about a hundred such questions a minute
    /// (tier 4); some must be left for whoever ends access.
    /// </summary>
    private static readonly TimeSpan Breath = TimeSpan.FromSeconds(Portion);

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    /// <summary>By delivery key, what this process is deciding already, or has given up: neither is to be taken out of the inbox.</summary>
    private readonly ConcurrentDictionary<string, Hold> _held = new(StringComparer.Ordinal);

    private readonly OpenWork _closing = new();
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

    /// <summary>The work on what was left, and on rows that could not be closed.</summary>
    public IReadOnlyCollection<Task> UnderWay
    {
        get
        {
            lock (_gate)
            {
                return [_draining, .. _closing.Tasks];
            }
        }
    }

    /// <summary>
    /// Makes a delivery durable, in the hand of the caller, who decides it (<see cref="HoldAsync"/>) or leaves it (<see cref="Leave"/>). False for a redelivery.
    /// </summary>
    /// <exception cref="LedgerUnavailableException">It is not durable; nobody may be told otherwise.</exception>
    public async Task<bool> AcceptAsync(Delivery delivery, CancellationToken ct)
    {
        if (!_held.TryAdd(delivery.Key, Hold.InHand))
        {
            return false;
        }

        var isStored = false;
        try
        {
            return isStored = await turns.ArriveAsync(() => inbox.AcceptAsync(delivery, ct));
        }
        finally
        {
            if (!isStored)
            {
                LetGo(delivery.Key);
            }
        }
    }

    /// <summary>A delivery that was accepted or taken over is in hand until <paramref name="work"/> has decided it.</summary>
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

    /// <summary>
    /// Leaves a command that was accepted for later, when <paramref name="decide"/> is called with it as it was stored. It answers false for "not now":
    /// then the command waits on. <paramref name="ct"/> ends with the process.
    /// </summary>
    public void Leave(Delivery delivery, Func<Delivery, Task<bool>> decide, CancellationToken ct)
    {
        LetGo(delivery.Key);
        Resume(decide, ct);
    }

    /// <summary>Works through the commands in the inbox that are in nobody's hand, an earlier process's among them.</summary>
    public void Resume(Func<Delivery, Task<bool>> decide, CancellationToken ct)
    {
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

    /// <summary>Undecided deliveries of an earlier process, now in the hand of the caller, who holds each until it is decided.</summary>
    public async Task<IReadOnlyList<Delivery>> TakeOverAsync(Func<Delivery, bool> which, CancellationToken ct)
    {
        var taken = Take((await inbox.UndecidedAsync(ct)).Where(which), int.MaxValue);
        return await StillUndecidedAsync(taken, inbox.UndecidedAsync, ct);
    }

    /// <summary>What somebody was told has failed must not be done later: its row is closed as soon as the store can be written.</summary>
    public void GiveUp(string deliveryKey, CancellationToken ct)
    {
        _held[deliveryKey] = Hold.GivenUp;
        _closing.Add(CloseAsync(deliveryKey, ct));
    }

    private async Task CloseAsync(string deliveryKey, CancellationToken ct)
    {
        for (var attempt = 1; !ct.IsCancellationRequested; attempt++)
        {
            try
            {
                await inbox.ForgetAsync(deliveryKey, ct);
                _held.TryRemove(deliveryKey, out _);
                return;
            }
            catch (LedgerUnavailableException fault)
            {
                log.DeliveryFailed(deliveryKey, fault);
                await PauseAsync(Backoff.After(attempt, LongestPause), ct);
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                // A store that is broken in a way of its own is not asked for ever.
                log.DeliveryFailed(deliveryKey, fault);
                return;
            }
        }
    }

    private async Task DrainAsync(Func<Delivery, Task<bool>> decide, CancellationToken ct)
    {
        await Task.Yield();
        var inVain = 0;
        while (!ct.IsCancellationRequested)
        {
            try
            {
                if (await NextAsync(ct) is not { Count: > 0 } portion)
                {
                    return;
                }

                var areDecided = await DecideAsync(portion, decide, ct);
                inVain = areDecided ? 0 : inVain + 1;
                await PauseAsync(!areDecided ? Backoff.After(inVain, LongestPause) : portion.Count == Portion ? Breath : TimeSpan.Zero, ct);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                // They stay in the inbox, and the next start takes them up.
            }
            catch (LedgerUnavailableException fault)
            {
                log.BacklogUnreadable(fault);
                await PauseAsync(Backoff.After(++inVain, LongestPause), ct);
            }
            catch (Exception fault)
            {
                // Not the store's trouble, which passes: the next that is left begins anew.
                log.BacklogUnreadable(fault);
                break;
            }
        }

        lock (_gate)
        {
            _isDraining = false;
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
            var taken = Take(await LookAsync(ct), Portion);
            var portion = taken.Count > 0 ? await StillUndecidedAsync(taken, LookAsync, ct) : [];
            lock (_gate)
            {
                if (portion.Count > 0 || (taken.Count == 0 && !_hasMore))
                {
                    _isDraining = portion.Count > 0;
                    return portion;
                }
            }

            Task<IReadOnlyList<Delivery>> LookAsync(CancellationToken token) => inbox.UndecidedAsync(DeliveryKind.SlashCommand, most, token);
        }
    }

    private HashSet<string> Take(IEnumerable<Delivery> waiting, int most) =>
        waiting.Select(delivery => delivery.Key).Where(key => _held.TryAdd(key, Hold.InHand)).Take(most).ToHashSet(StringComparer.Ordinal);

    /// <summary>Whoever had one in hand may have decided it after it was read. From now on nobody does but us, so a second look is the truth.</summary>
    private async Task<IReadOnlyList<Delivery>> StillUndecidedAsync(
        HashSet<string> taken, Func<CancellationToken, Task<IReadOnlyList<Delivery>>> look, CancellationToken ct)
    {
        IReadOnlyList<Delivery> undecided = [];
        try
        {
            return undecided = [.. (await look(ct)).Where(delivery => taken.Contains(delivery.Key))];
        }
        finally
        {
            LetGo(taken.Except(undecided.Select(delivery => delivery.Key), StringComparer.Ordinal));
        }
    }

    /// <summary>False when some of them have to wait on.</summary>
    private async Task<bool> DecideAsync(IReadOnlyList<Delivery> portion, Func<Delivery, Task<bool>> decide, CancellationToken ct)
    {
        try
        {
            await turns.GiveWayAsync(ct);
            var decided = await Task.WhenAll(portion.GroupBy(delivery => delivery.Person).Select(one => DecideInOrderAsync(one, decide, ct)));
            return decided.All(isDecided => isDecided);
        }
        finally
        {
            LetGo(portion.Select(delivery => delivery.Key));
        }
    }

    /// <summary>One person's: what they typed later may rest on what they typed before.</summary>
    private async Task<bool> DecideInOrderAsync(IEnumerable<Delivery> commands, Func<Delivery, Task<bool>> decide, CancellationToken ct)
    {
        foreach (var command in commands)
        {
            try
            {
                if (!await turns.TakeAsync(() => decide(command), ct))
                {
                    return false;
                }
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                log.DeliveryFailed(command.Key, fault);
                GiveUp(command.Key, ct);
            }
        }

        return true;
    }

    private async Task PauseAsync(TimeSpan time, CancellationToken ct) =>
        await Task.Delay(time, clock, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private void LetGo(IEnumerable<string> keys)
    {
        foreach (var key in keys)
        {
            LetGo(key);
        }
    }

    private void LetGo(string key) => _held.TryRemove(KeyValuePair.Create(key, Hold.InHand));
}
