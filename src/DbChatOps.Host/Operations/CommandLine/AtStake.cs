using DbChatOps.Access;
using DbChatOps.Host.Flow;
using DbChatOps.Ledger;

namespace DbChatOps.Host.Operations.CommandLine;

/// <summary>What a revocation is about: the open grants, and the requests that may still become one.</summary>
internal sealed record AtStake(IReadOnlyList<GrantId> Grants, IReadOnlyList<RequestId> Requests)
{
    public static AtStake Nothing { get; } = new([], []);

    public bool IsNothing => Grants.Count == 0 && Requests.Count == 0;

    public static async Task<AtStake> FindAsync(ILedger ledger, IEnumerable<GrantSelection> selections, DateTimeOffset now, CancellationToken ct)
    {
        var found = Nothing;
        foreach (var which in selections)
        {
            var grants = await which.FindAsync(ledger, ct);
            var requests = which is GrantSelection.Of of ? await CuttingOff.MayBecomeAccessAsync(ledger, of.Person, now, ct) : [];
            found = found.And(new AtStake([.. grants.Select(grant => grant.Id)], [.. requests.Select(request => request.Id)]));
        }

        return found;
    }

    /// <summary>Both together; what an approval became while one looked is in the second.</summary>
    public AtStake And(AtStake other) => new([.. Grants.Union(other.Grants)], [.. Requests.Union(other.Requests)]);

    public async Task<IReadOnlyList<Grant>> LoadGrantsAsync(ILedger ledger, CancellationToken ct)
    {
        List<Grant> grants = [];
        foreach (var id in Grants)
        {
            grants.Add((await ledger.LoadAsync<Grant>(id.ToString(), ct))!.State);
        }

        return grants;
    }

    /// <summary>Those of the requests that nothing will come of any more.</summary>
    public async Task<IReadOnlyList<AccessRequest>> LoadClosedAsync(ILedger ledger, CancellationToken ct)
    {
        List<AccessRequest> closed = [];
        foreach (var id in Requests)
        {
            if ((await ledger.LoadAsync<AccessRequest>(id.ToString(), ct))?.State is { State: not (RequestState.Pending or RequestState.Approved) } request)
            {
                closed.Add(request);
            }
        }

        return closed;
    }
}
