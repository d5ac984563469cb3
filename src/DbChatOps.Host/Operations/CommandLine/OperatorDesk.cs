using DbChatOps.Access;
using DbChatOps.Chat;
using DbChatOps.Host.Flow;
using DbChatOps.Ledger;
using DbChatOps.Targets;

namespace DbChatOps.Host.Operations.CommandLine;

/// <summary>
/// Looks into the inbox every second for what the host's operator asked by command line, and decides it here: another process wrote the row, so
/// no signal comes with it.
/// </summary>
public sealed class OperatorDesk(
    IInbox inbox, ILedger ledger, Decider decider, Reconciler reconciler, TimeProvider clock, ILogger<OperatorDesk> log) : Recurring(clock, log)
{
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(1);
    private readonly TimeProvider _clock = clock;

    protected override TimeSpan AfterFault => Between;

    /// <summary>Decides what is there. Returns how many requests that were.</summary>
    public async Task<int> TakeUpAsync(CancellationToken ct)
    {
        var waiting = (await inbox.UndecidedAsync(ct)).Where(delivery => delivery.Kind == DeliveryKind.CommandLine).ToList();
        foreach (var delivery in waiting)
        {
            await DecideAsync(delivery, ct);
            await inbox.ForgetAsync(delivery.Key, ct);
        }

        return waiting.Count;
    }

    /// <summary>Gives the end of each selected grant to the decider, as the operator. Returns what was refused.</summary>
    public static async Task<IReadOnlyList<(Grant Grant, Refusal Refusal)>> RevokeAsync(
        ILedger ledger, Decider decider, OperatorRequest.Revoke revoke, CancellationToken ct)
    {
        List<(Grant, Refusal)> refused = [];
        foreach (var grant in await revoke.Which.FindAsync(ledger, ct))
        {
            if ((await decider.DecideAsync(new RevokeGrant(grant.Id, revoke.Because), Principal.CommandLine, null, ct)).Refused is { } refusal)
            {
                refused.Add((grant, refusal));
            }
        }

        return refused;
    }

    protected override async Task<TimeSpan> TurnAsync(CancellationToken ct)
    {
        await TakeUpAsync(ct);
        return Between;
    }

    private async Task DecideAsync(Delivery delivery, CancellationToken ct)
    {
        switch (OperatorRequest.From(delivery))
        {
            case OperatorRequest.Revoke revoke:
                foreach (var (grant, refusal) in await RevokeAsync(ledger, decider, revoke, ct))
                {
                    log.OperatorRefused(grant.Id.Handle, refusal.Code);
                }

                break;
            case OperatorRequest.Reconcile:
                var findings = await reconciler.LookAsync(ct);
                var ran = new Reconciled
                {
                    Asked = delivery.Key,
                    Findings = [.. findings.Select(finding => $"{finding.Server}: {finding.Message}")],
                    By = PersonId.CommandLine,
                    At = _clock.GetUtcNow(),
                };
                await ledger.CommitAsync(new Change { Entries = [ran.ToDraft()] }, ct);
                break;
            default:
                log.OperatorRefused(delivery.Action, "unknown_request");
                break;
        }
    }
}
