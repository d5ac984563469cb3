using DbChatOps.Alerts;
using DbChatOps.Ledger;

namespace DbChatOps.Host.Flow;

/// <summary>Pages people through the ledger: said in chat and sent to the webhook, once per key, and taken back when it is over.</summary>
public sealed class Alarms(Decider decider, ILedger ledger, Func<Rules> rules, ILogger<Alarms> log)
{
    public Task RaiseAsync(string key, string component, string summary, CancellationToken ct) =>
        DecideAsync(new RaiseAlert(key, summary, component, rules().AuditChannel), ct);

    /// <summary>For what happened and is over: told once for this key, and never again.</summary>
    public Task TellAsync(string key, string component, string summary, CancellationToken ct) =>
        DecideAsync(new RaiseAlert(key, summary, component, rules().AuditChannel) { Lasts = false }, ct);

    /// <summary>Nothing happens when it was not raised.</summary>
    public Task ResolveAsync(string key, CancellationToken ct) => DecideAsync(new ResolveAlert(key), ct);

    /// <summary>Ends every raised alert whose key begins so and is not among <paramref name="still"/>.</summary>
    public async Task ResolveOthersAsync(string prefix, IReadOnlySet<string> still, CancellationToken ct)
    {
        var raised = await ledger.FindAsync<Alert>(new SnapshotQuery { Kind = Alert.Kind, Open = true, Limit = 1000 }, ct);
        foreach (var key in raised.Select(alert => alert.State.Key).Where(key => key.StartsWith(prefix, StringComparison.Ordinal) && !still.Contains(key)))
        {
            await ResolveAsync(key, ct);
        }
    }

    private async Task DecideAsync(Command command, CancellationToken ct)
    {
        try
        {
            await decider.DecideAsync(command, Principal.Bot, null, ct);
        }
        catch (LedgerUnavailableException fault)
        {
            log.AlarmNotStored(command.Subject.Key, fault.Message);
        }
    }
}
