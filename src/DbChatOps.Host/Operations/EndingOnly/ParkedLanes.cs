using DbChatOps.Host.Flow;

namespace DbChatOps.Host.Operations.EndingOnly;

/// <summary>Lanes that nobody can work now, such as chat's while its settings are unusable: held until the claim runs out, the rows untouched for later.</summary>
public sealed class ParkedLanes(string prefix, TimeProvider clock) : ILaneWorker
{
    public string LanePrefix => prefix;

    public async Task<IReadOnlyList<RowResult>> WorkAsync(LaneClaim claim, CancellationToken ct)
    {
        var rest = claim.Until - clock.GetUtcNow();
        await Task.Delay(rest > TimeSpan.Zero ? rest : TimeSpan.Zero, clock, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return [];
    }
}
