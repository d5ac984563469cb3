using DbChatOps.Host.Flow;

namespace DbChatOps.Host.Operations.CommandLine;

/// <summary>Confirms for the host's operator that the store was restored on purpose, and takes the page back.</summary>
public sealed class OperatorConfirmation(Decider decider, RestoreWatch restores)
{
    public async Task<Result<Decided>> RunAsync(OperatorRequest.ConfirmRestore confirm, Principal by, CancellationToken ct)
    {
        var decided = await decider.DecideAsync(new Targets.ConfirmRestore(confirm.Server, confirm.UpTo, confirm.Because), by, null, ct);
        if (decided.Refused is null)
        {
            await restores.SayAsync(confirm.Server, null, ct);
        }

        return decided;
    }
}
