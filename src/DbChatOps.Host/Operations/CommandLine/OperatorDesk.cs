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
    IInbox inbox, ILedger ledger, OperatorRevocation revocation, OperatorConfirmation confirmation, Reconciler reconciler, TimeProvider clock, ILogger<OperatorDesk> log) : Recurring(clock, log)
{
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(1);
    private readonly TimeProvider _clock = clock;

    /// <summary>Of operators' requests; the rest follows with the next turn.</summary>
    private const int MostAtOnce = 100;

    protected override TimeSpan AfterFault => Between;

    /// <summary>Decides what is there. Returns how many requests that were.</summary>
    public async Task<int> TakeUpAsync(CancellationToken ct)
    {
        var waiting = await inbox.UndecidedAsync(DeliveryKind.CommandLine, MostAtOnce, ct);
        foreach (var delivery in waiting)
        {
            await DecideAsync(delivery, ct);
            await inbox.ForgetAsync(delivery.Key, ct);
        }

        return waiting.Count;
    }

    protected override async Task<TimeSpan> TurnAsync(CancellationToken ct)
    {
        await TakeUpAsync(ct);
        return Between;
    }

    private async Task DecideAsync(Delivery delivery, CancellationToken ct)
    {
        var by = Principal.Operator(delivery.Person.IsOperator ? delivery.Person : PersonId.Operator("-"));
        switch (OperatorRequest.From(delivery))
        {
            case OperatorRequest.Revoke revoke:
                foreach (var refusal in (await revocation.RunAsync(revoke, by, ct)).Refused)
                {
                    log.OperatorRefused(revoke.Which.ToString(), refusal.Code);
                }

                break;
            case OperatorRequest.ConfirmRestore confirm:
                if ((await confirmation.RunAsync(confirm, by, ct)).Refused is { } refused)
                {
                    log.OperatorRefused($"confirm-restore of {confirm.Server}", refused.Code);
                }

                break;
            case OperatorRequest.Reconcile:
                var findings = await reconciler.LookAsync(ct);
                var ran = new Reconciled
                {
                    Asked = delivery.Key,
                    Findings = [.. findings.Select(finding => $"{finding.Server}: {finding.Message}")],
                    By = by.Id,
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
