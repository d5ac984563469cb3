using System.Runtime.ExceptionServices;
using DbChatOps.Access;
using DbChatOps.Chat;
using DbChatOps.Ledger;
using DbChatOps.Policies;

namespace DbChatOps.Host.Flow;

/// <summary>
/// Asks the directory about everybody who holds access or has asked for it, every ten minutes: whoever was deactivated, made a guest or is unknown
/// loses it now, by every linked account. A directory that does not answer changes nothing; the windows end by themselves. A hint that somebody's
/// account changed (<see cref="Hint"/>) only makes it look earlier: hints live in memory, because the first look after a start is at everybody.
/// </summary>
public sealed class PeopleWatch(ILedger ledger, IDirectory directory, CuttingOff cuttingOff, Func<Rules> rules, TimeProvider clock, ILogger<PeopleWatch> log) : Recurring(clock, log)
{
    private static readonly TimeSpan Between = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan BetweenTries = TimeSpan.FromSeconds(30);

    /// <summary>More at once, such as an import of the whole staff, and one look at everybody is cheaper.</summary>
    private const int MostHints = 500;

    /// <summary>Grants that give access or will; what is ending already needs no further word.</summary>
    private static readonly SnapshotQuery Live = new()
    {
        Kind = Grant.Kind,
        Open = true,
        States = [nameof(GrantState.Provisioning), nameof(GrantState.Ready), nameof(GrantState.Active)],
        Limit = 5000,
    };

    private readonly TimeProvider _clock = clock;
    private readonly Lock _gate = new();
    private HashSet<PersonId> _hinted = [];
    private readonly Dictionary<string, DateTimeOffset> _lookedAt = new(StringComparer.Ordinal);
    private DateTimeOffset _nextLook = DateTimeOffset.MinValue;
    private DateTimeOffset _nextLookAtAll = DateTimeOffset.MinValue;

    /// <summary>Something about this account changed. Costs nothing and waits for nobody; repeats are one look.</summary>
    public void Hint(PersonId account)
    {
        lock (_gate)
        {
            if (_hinted.Count <= MostHints)
            {
                _hinted.Add(account);
            }
        }

        Wake();
    }

    /// <summary>Looks once at everybody. Returns how many grants and requests were ended.</summary>
    public async Task<int> LookAsync(CancellationToken ct)
    {
        var ended = 0;
        foreach (var human in (await AccountsAsync(ct)).GroupBy(account => rules().Policies.People.Of(account)))
        {
            ended += await LookAtAsync(human.Key, human.ToHashSet(), ct) ?? 0;
        }

        return ended;
    }

    /// <summary>Looks at those of the hints who have or wait for something. Returns how many grants and requests were ended.</summary>
    public async Task<int> LookAtHintedAsync(CancellationToken ct)
    {
        HashSet<PersonId> hinted;
        lock (_gate)
        {
            (hinted, _hinted) = (_hinted, []);
        }

        if (hinted.Count > MostHints)
        {
            return await LookAtAllAsync(hinted, ct);
        }

        var ended = 0;
        foreach (var human in hinted.Select(account => rules().Policies.People.Of(account)).DistinctBy(human => human.Key, StringComparer.Ordinal))
        {
            if (_lookedAt.TryGetValue(human.Key, out var last) && _clock.GetUtcNow() - last < BetweenTries)
            {
                Again(human.Identities.Where(hinted.Contains));
                continue;
            }

            var concerned = await ConcernedAsync(human, ct);
            if (concerned.Count == 0)
            {
                continue;
            }

            if (await LookAtAsync(human, concerned, ct) is { } count)
            {
                ended += count;
                _lookedAt[human.Key] = _clock.GetUtcNow();
                continue;
            }

            Again(concerned);
        }

        foreach (var old in _lookedAt.Where(pair => _clock.GetUtcNow() - pair.Value > Between).Select(pair => pair.Key).ToList())
        {
            _lookedAt.Remove(old);
        }

        return ended;
    }

    /// <summary>Not more often than once a minute, however many imports there are.</summary>
    private async Task<int> LookAtAllAsync(HashSet<PersonId> hinted, CancellationToken ct)
    {
        if (_clock.GetUtcNow() < _nextLookAtAll)
        {
            Again(hinted);
            return 0;
        }

        _nextLookAtAll = _clock.GetUtcNow() + TimeSpan.FromMinutes(1);
        return await LookAsync(ct);
    }

    private void Again(IEnumerable<PersonId> accounts)
    {
        lock (_gate)
        {
            _hinted.UnionWith(accounts);
        }
    }

    protected override async Task<TimeSpan> TurnAsync(CancellationToken ct)
    {
        if (_clock.GetUtcNow() >= _nextLook)
        {
            await LookAsync(ct);
            _nextLook = _clock.GetUtcNow() + Between;
        }

        await LookAtHintedAsync(ct);
        var rest = _nextLook - _clock.GetUtcNow();
        lock (_gate)
        {
            return rest < TimeSpan.Zero ? TimeSpan.Zero : _hinted.Count > 0 && rest > BetweenTries ? BetweenTries : rest;
        }
    }

    /// <summary>Null when the directory did not answer and so nothing was found out.</summary>
    private async Task<int?> LookAtAsync(Human human, HashSet<PersonId> concerned, CancellationToken ct)
    {
        string? why;
        try
        {
            why = await WhyNotAsync(human, concerned, ct);
        }
        catch (Exception fault) when (fault is ChatUnavailableException or ChatRefusedException)
        {
            return null;
        }

        if (why is null)
        {
            return 0;
        }

        var cut = await cuttingOff.RunAsync(new CutOffOrder(concerned.First(), why), EndReason.PersonDeactivated, Principal.Bot, null, null, ct);
        foreach (var grant in cut.Ending)
        {
            log.HolderGone(grant.Id.Handle, grant.Holder.Id.ToString());
        }

        return cut.Ending.Count + cut.Closed.Count;
    }

    /// <summary>The accounts of one human that have or wait for something; for most people of a workspace, none.</summary>
    private async Task<HashSet<PersonId>> ConcernedAsync(Human human, CancellationToken ct)
    {
        var concerned = new HashSet<PersonId>();
        foreach (var account in human.Identities)
        {
            var held = await ledger.FindAsync<Grant>(Live with { Person = account.ToString(), Limit = 1 }, ct);
            if (held.Count > 0 || (await CuttingOff.MayBecomeAccessAsync(ledger, account, _clock.GetUtcNow(), ct)).Count > 0)
            {
                concerned.Add(account);
            }
        }

        return concerned;
    }

    /// <summary>Accounts that hold access, wait for it, or were approved so lately that it may still be opened.</summary>
    private async Task<HashSet<PersonId>> AccountsAsync(CancellationToken ct)
    {
        var grants = await ledger.FindAsync<Grant>(Live, ct);
        var waiting = await ledger.FindAsync<AccessRequest>(new SnapshotQuery { Kind = "request", Open = true, Limit = 5000 }, ct);
        var approved = await ledger.FindAsync<AccessRequest>(new SnapshotQuery { Kind = "request", States = [nameof(RequestState.Approved)], Limit = 5000 }, ct);
        return grants.Select(stored => stored.State.Holder.Id)
            .Concat(waiting.Select(stored => stored.State.Requester.Id))
            .Concat(approved.Select(stored => stored.State).Where(MayStillOpen).Select(request => request.Requester.Id))
            .ToHashSet();
    }

    private bool MayStillOpen(AccessRequest request) =>
        request.Kind == RequestKind.Access && request.DecidedAt + request.Policy.Policy.Rule.ClaimWithin > _clock.GetUtcNow();

    /// <summary>
    /// Null when nothing speaks against this human. An account that has something must be a full member's; a further one speaks only when it is
    /// known to be deactivated, since a directory need not know accounts elsewhere.
    /// </summary>
    private async Task<string?> WhyNotAsync(Human human, HashSet<PersonId> concerned, CancellationToken ct)
    {
        ExceptionDispatchInfo? silence = null;
        foreach (var account in human.Identities)
        {
            try
            {
                if (await WhyNotAsync(account, concerned.Contains(account), ct) is { } why)
                {
                    return why;
                }
            }
            catch (Exception fault) when (fault is ChatUnavailableException or ChatRefusedException)
            {
                silence = ExceptionDispatchInfo.Capture(fault);
            }
        }

        silence?.Throw();
        return null;
    }

    private async Task<string?> WhyNotAsync(PersonId account, bool isConcerned, CancellationToken ct) =>
        (await directory.FindPersonAsync(account, ct), isConcerned) switch
        {
            (null, true) => "The account is unknown.",
            ({ } known, true) => Eligibility.Refuse(known)?.Message,
            ({ Kind: PrincipalKind.Deactivated } known, false) => Eligibility.Refuse(known)?.Message,
            _ => null,
        };
}
