using DbChatOps.Access;
using DbChatOps.Chat;
using DbChatOps.Ledger;
using DbChatOps.Policies;

namespace DbChatOps.Host.Flow;

/// <summary>
/// Asks the directory about everybody who holds access or has asked for it, every ten minutes: whoever was deactivated, made a guest or is unknown
/// loses it now, by every linked account. A directory that does not answer changes nothing; the windows end by themselves.
/// </summary>
public sealed class PeopleWatch(ILedger ledger, IDirectory directory, CuttingOff cuttingOff, Func<Rules> rules, TimeProvider clock, ILogger<PeopleWatch> log) : Recurring(clock, log)
{
    private static readonly TimeSpan Between = TimeSpan.FromMinutes(10);
    private readonly TimeProvider _clock = clock;

    /// <summary>Looks once at everybody. Returns how many grants and requests were ended.</summary>
    public async Task<int> LookAsync(CancellationToken ct)
    {
        var ended = 0;
        foreach (var human in (await AccountsAsync(ct)).GroupBy(account => rules().Policies.People.Of(account)))
        {
            if (await WhyNotAsync(human.Key, human.ToHashSet(), ct) is not { } why)
            {
                continue;
            }

            var cut = await cuttingOff.RunAsync(new CutOffOrder(human.First(), why), EndReason.PersonDeactivated, Principal.Bot, null, null, ct);
            foreach (var grant in cut.Ending)
            {
                log.HolderGone(grant.Id.Handle, grant.Holder.Id.ToString());
            }

            ended += cut.Ending.Count + cut.Closed.Count;
        }

        return ended;
    }

    protected override async Task<TimeSpan> TurnAsync(CancellationToken ct)
    {
        await LookAsync(ct);
        return Between;
    }

    /// <summary>Accounts that hold access, wait for it, or were approved so lately that it may still be opened.</summary>
    private async Task<HashSet<PersonId>> AccountsAsync(CancellationToken ct)
    {
        var grants = await ledger.FindAsync<Grant>(
            new SnapshotQuery
            {
                Kind = "grant",
                Open = true,
                States = [nameof(GrantState.Provisioning), nameof(GrantState.Ready), nameof(GrantState.Active)],
                Limit = 5000,
            },
            ct);
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
        foreach (var account in human.Identities)
        {
            var why = await WhyNotAsync(account, concerned.Contains(account), ct);
            if (why is not null)
            {
                return why;
            }
        }

        return null;
    }

    private async Task<string?> WhyNotAsync(PersonId account, bool isConcerned, CancellationToken ct)
    {
        try
        {
            var person = await directory.FindPersonAsync(account, ct);
            return (person, isConcerned) switch
            {
                (null, true) => "The account is unknown.",
                ({ } known, true) => Eligibility.Refuse(known)?.Message,
                ({ Kind: PrincipalKind.Deactivated } known, false) => Eligibility.Refuse(known)?.Message,
                _ => null,
            };
        }
        catch (Exception fault) when (fault is ChatUnavailableException or ChatRefusedException)
        {
            return null;
        }
    }
}
