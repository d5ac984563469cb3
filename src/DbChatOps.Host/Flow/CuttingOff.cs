using System.Globalization;
using DbChatOps.Access;
using DbChatOps.Chat;
using DbChatOps.Ledger;
using DbChatOps.Policies;

namespace DbChatOps.Host.Flow;

/// <summary>
/// Takes everything from one human, by all of their linked accounts: first what runs, then what waits or was approved and not opened, then what
/// was opened meanwhile; takes back what rests on their approval and was not claimed yet; and tells the audit channel. It does not keep them
/// from asking again; their account or their groups do.
/// </summary>
public sealed class CuttingOff(ILedger ledger, Decider decider, Alarms alarms, Func<Rules> rules, TimeProvider clock)
{
    /// <summary>
    /// <paramref name="occasion"/> names what asked for it, so that people are told once when it is repeated; null when it will not be.
    /// <paramref name="asked"/> are the groups that let <paramref name="by"/> do it: asked of the directory once, because an emergency does not wait for a call per grant.
    /// </summary>
    public async Task<CutOff> RunAsync(CutOffOrder order, EndReason because, Principal by, string? occasion, Membership? asked, CancellationToken ct)
    {
        var human = rules().Policies.People.Of(order.Person);
        var cut = new Cut(decider, by, asked);
        await EndAsync(human, order, because, cut, ct);
        foreach (var request in await UnspentAsync(human, ct))
        {
            await cut.CloseAsync(new CutRequest(request.Id, order.Reason), ct);
        }

        await EndAsync(human, order, because, cut, ct);
        if (cut.Result is { Closed.Count: > 0 } or { Ending.Count: > 0 })
        {
            await alarms.TellAsync($"cut_off:{occasion ?? $"{order.Person}@{clock.GetUtcNow():O}"}", "Access", Summary(order, by, cut.Result), ct);
        }

        return cut.Result;
    }

    /// <summary>What may still become access of this account: it waits, or it was approved and nothing was opened with it yet.</summary>
    public static async Task<IReadOnlyList<AccessRequest>> MayBecomeAccessAsync(ILedger ledger, PersonId account, DateTimeOffset now, CancellationToken ct)
    {
        var theirs = new SnapshotQuery { Kind = "request", Person = account.ToString(), Limit = 5000 };
        var waiting = await ledger.FindAsync<AccessRequest>(theirs with { Open = true }, ct);
        var approved = await ledger.FindAsync<AccessRequest>(theirs with { States = [nameof(RequestState.Approved)] }, ct);
        List<AccessRequest> found = [.. waiting.Select(stored => stored.State)];
        foreach (var request in approved.Select(stored => stored.State).Where(request => IsFresh(request, now)))
        {
            if (request.Grant is { } grant && await ledger.LoadAsync<Grant>(grant.ToString(), ct) is null)
            {
                found.Add(request);
            }
        }

        return found;
    }

    private static bool IsFresh(AccessRequest request, DateTimeOffset now) =>
        request.Kind == RequestKind.Access && request.DecidedAt + request.Policy.Policy.Rule.ClaimWithin > now;

    /// <summary>What they asked for, and what others asked for and may claim on their word.</summary>
    private async Task<IReadOnlyList<AccessRequest>> UnspentAsync(Human human, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        List<AccessRequest> found = [];
        foreach (var account in human.Identities)
        {
            found.AddRange(await MayBecomeAccessAsync(ledger, account, now, ct));
        }

        // The newest: a claim clock is hours, and nobody approves thousands in that time.
        var approved = await ledger.FindAsync<AccessRequest>(new SnapshotQuery { Kind = "request", States = [nameof(RequestState.Approved)], Limit = 5000 }, ct);
        found.AddRange(approved.Select(stored => stored.State).Where(request => IsFresh(request, now) && request.Reviews.Any(review => human.Identities.Contains(review.Reviewer.Id))));
        return found;
    }

    /// <summary>Their own grants, and those of others that they approved and nobody has claimed.</summary>
    private async Task EndAsync(Human human, CutOffOrder order, EndReason because, Cut cut, CancellationToken ct)
    {
        foreach (var account in human.Identities)
        {
            foreach (var grant in await ledger.FindAsync<Grant>(new SnapshotQuery { Kind = Grant.Kind, Open = true, Person = account.ToString(), Limit = 1000 }, ct))
            {
                await cut.EndAsync(new RevokeGrant(grant.State.Id, order.Reason, because), ct);
            }
        }

        var unclaimed = new SnapshotQuery { Kind = Grant.Kind, Open = true, States = [nameof(GrantState.Provisioning), nameof(GrantState.Ready)], Limit = 5000 };
        foreach (var grant in (await ledger.FindAsync<Grant>(unclaimed, ct)).Select(stored => stored.State))
        {
            if (grant.Approvers.Any(approver => human.Identities.Contains(approver.Id)))
            {
                await cut.EndAsync(new RevokeGrant(grant.Id, order.Reason, EndReason.NoLongerAllowed), ct);
            }
        }
    }

    private static string Summary(CutOffOrder order, Principal by, CutOff cut)
    {
        var name = cut.Ending.Select(grant => grant.Holder).Concat(cut.Closed.Select(request => request.Requester))
            .FirstOrDefault(person => person.Id == order.Person)?.Name;
        var who = name is null ? order.Person.ToString() : $"{name} ({order.Person})";
        return string.Create(
            CultureInfo.InvariantCulture, $"{who} was cut off by {by.Name}: {cut.Ending.Count} grant(s) ending, {cut.Closed.Count} request(s) closed. {PlainText.Clean(order.Reason, 300)}");
    }

    /// <summary>The decisions of one cut, in order, and what came of them.</summary>
    private sealed class Cut(Decider decider, Principal by, Membership? asked)
    {
        private readonly List<AccessRequest> _closed = [];
        private readonly Dictionary<GrantId, Grant> _ending = [];
        private readonly List<Refusal> _refused = [];

        public CutOff Result => new(_closed, [.. _ending.Values], _refused);

        public async Task CloseAsync(CutRequest close, CancellationToken ct)
        {
            if (await DecideAsync(close, ct) is { Events.Count: > 0, State: AccessRequest request })
            {
                _closed.Add(request);
            }
        }

        public async Task EndAsync(RevokeGrant end, CancellationToken ct)
        {
            if (await DecideAsync(end, ct) is { State: Grant grant })
            {
                _ending[grant.Id] = grant;
            }
        }

        private async Task<Decided?> DecideAsync(Command command, CancellationToken ct)
        {
            if ((await decider.DecideAsync(command, by, null, asked, ct)).TryGet(out var decided, out var refusal))
            {
                return decided;
            }

            _refused.Add(refusal);
            return null;
        }
    }
}

/// <summary>What cutting somebody off did: requests that were closed, grants that are ending, and what was refused.</summary>
public sealed record CutOff(IReadOnlyList<AccessRequest> Closed, IReadOnlyList<Grant> Ending, IReadOnlyList<Refusal> Refused);
