using DbChatOps.Access;
using DbChatOps.Host.Flow;
using DbChatOps.Ledger;

namespace DbChatOps.Host.Operations.CommandLine;

/// <summary>Takes access away for the host's operator: one grant, everything on a server, or everything of a person.</summary>
public sealed class OperatorRevocation(ILedger ledger, Decider decider, CuttingOff cuttingOff)
{
    /// <summary>Gives each end to the decider. What is refused does not keep the rest from ending.</summary>
    public async Task<CutOff> RunAsync(OperatorRequest.Revoke revoke, Principal by, CancellationToken ct)
    {
        if (revoke.Which is GrantSelection.Of { Person: var person })
        {
            return await cuttingOff.RunAsync(new CutOffOrder(person, revoke.Because), EndReason.Revoked, by, null, null, ct);
        }

        List<Grant> ending = [];
        List<Refusal> refused = [];
        foreach (var grant in await revoke.Which.FindAsync(ledger, ct))
        {
            var decided = await decider.DecideAsync(new RevokeGrant(grant.Id, revoke.Because), by, null, ct);
            if (decided.TryGet(out var done, out var refusal))
            {
                ending.Add((Grant)done.State);
            }
            else
            {
                refused.Add(refusal);
            }
        }

        return new CutOff([], ending, refused);
    }
}
