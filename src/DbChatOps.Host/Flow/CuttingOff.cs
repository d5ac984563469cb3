using DbChatOps.Access;
using DbChatOps.Ledger;

namespace DbChatOps.Host.Flow;

/// <summary>
/// Takes everything from one human, by all of their linked accounts: first what waits or was approved and not opened, so that nothing
/// comes after, then what runs. It does not keep them from asking again; their account or their groups do.
/// </summary>
public sealed class CuttingOff(ILedger ledger, Decider decider, Func<Rules> rules)
{
    public async Task<CutOff> RunAsync(PersonId person, string reason, EndReason because, Principal by, CancellationToken ct)
    {
        var accounts = rules().Policies.People.Of(person).Identities;
        List<AccessRequest> closed = [];
        List<Grant> ending = [];
        List<Refusal> refused = [];
        foreach (var account in accounts)
        {
            foreach (var request in await RequestsAsync(account, ct))
            {
                var decided = await decider.DecideAsync(new CutRequest(request.Id, reason), by, null, ct);
                if (!decided.TryGet(out var done, out var refusal))
                {
                    refused.Add(refusal);
                }
                else if (done.Events.Count > 0)
                {
                    closed.Add((AccessRequest)done.State);
                }
            }
        }

        foreach (var account in accounts)
        {
            foreach (var grant in await ledger.FindAsync<Grant>(new SnapshotQuery { Kind = "grant", Open = true, Person = account.ToString(), Limit = 1000 }, ct))
            {
                var decided = await decider.DecideAsync(new RevokeGrant(grant.State.Id, reason, because), by, null, ct);
                if (decided.TryGet(out var done, out var refusal))
                {
                    ending.Add((Grant)done.State);
                }
                else
                {
                    refused.Add(refusal);
                }
            }
        }

        return new CutOff(closed, ending, refused);
    }

    /// <summary>What may still become access. An approval is spent within its claim clock, so that the newest are more than anybody can have unspent.</summary>
    private async Task<IEnumerable<AccessRequest>> RequestsAsync(PersonId account, CancellationToken ct)
    {
        var theirs = new SnapshotQuery { Kind = "request", Person = account.ToString(), Limit = 5000 };
        var waiting = await ledger.FindAsync<AccessRequest>(theirs with { Open = true }, ct);
        var approved = await ledger.FindAsync<AccessRequest>(theirs with { States = [nameof(RequestState.Approved)] }, ct);
        return waiting.Concat(approved).Select(stored => stored.State);
    }
}

/// <summary>What cutting somebody off did: requests that were closed, grants that are ending, and what was refused.</summary>
public sealed record CutOff(IReadOnlyList<AccessRequest> Closed, IReadOnlyList<Grant> Ending, IReadOnlyList<Refusal> Refused);
