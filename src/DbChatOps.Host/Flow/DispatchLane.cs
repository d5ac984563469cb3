using DbChatOps.Access;
using DbChatOps.Ledger;
using DbChatOps.Policies;

namespace DbChatOps.Host.Flow;

/// <summary>Gives timers' commands to the decider, side by side: a thousand expiries in one second share few commits.</summary>
public sealed class DispatchLane(Decider decider, UnclaimedEndings unclaimed, TimeProvider clock, ILogger<DispatchLane> log) : ILaneWorker
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public string LanePrefix => Lanes.Dispatch;

    public async Task<IReadOnlyList<RowResult>> WorkAsync(LaneClaim claim, CancellationToken ct) =>
        await Task.WhenAll(claim.Rows.Select(row => DispatchAsync(row, ct)));

    private async Task<RowResult> DispatchAsync(ClaimedRow row, CancellationToken ct)
    {
        var command = ((AgendaItem.Dispatch)row.Row.Item).Command;
        if (command is EndGrant { Reason: EndReason.Unclaimed } ends)
        {
            await unclaimed.LookAsync(ends.Grant, ct);
        }

        var result = await decider.DecideAsync(command, Principal.Bot, null, ct);
        if (result.Refused is not { } refusal)
        {
            return new RowResult(row, null);
        }

        log.TimerRefused(command.GetType().Name, command.Subject.ToString(), refusal.Code);
        switch (command)
        {
            case OpenGrant open:
                await decider.DecideAsync(new NoteGrantRefused(open.Request, refusal), Principal.Bot, null, ct);
                return new RowResult(row, open.ClaimBy > clock.GetUtcNow() ? clock.GetUtcNow() + Patience : null);
            case ExtendGrant when refusal.Code == Membership.DirectoryUnavailable:
                return new RowResult(row, clock.GetUtcNow() + Patience);
            case ExtendGrant extend:
                await decider.DecideAsync(new NoteGrantRefused(extend.Request, refusal), Principal.Bot, null, ct);
                return new RowResult(row, null);
            default:
                return new RowResult(row, null);
        }
    }
}
