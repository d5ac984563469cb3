using DbChatOps.Access;
using DbChatOps.Alerts;
using DbChatOps.Chat;
using DbChatOps.Host.Flow;
using DbChatOps.Ledger;

namespace DbChatOps.Host.Operations.Alerts;

/// <summary>
/// Carries pages out of chat, to <c>Alerts.WebhookUrl</c>, as the state is now: raised or over. Tried until the receiver takes it.
/// Without an address the page stays in chat.
/// </summary>
public sealed class AlertLane(ILedger ledger, AlertPost post, TimeProvider clock, ILogger<AlertLane> log) : ILaneWorker
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(60);

    public string LanePrefix => "alert:";

    public async Task<IReadOnlyList<RowResult>> WorkAsync(LaneClaim claim, CancellationToken ct)
    {
        var results = new List<RowResult>();
        foreach (var row in claim.Rows)
        {
            results.Add(await SendAsync(row, ct));
        }

        return results;
    }

    private async Task<RowResult> SendAsync(ClaimedRow row, CancellationToken ct)
    {
        if (row.Row.Item is not AgendaItem.Show show || await MessageAsync(show.Card, ct) is not { } message || await post.SendAsync(message, ct) is not { } why)
        {
            return new RowResult(row, null);
        }

        log.AlertNotSent(message.Key, why);
        return new RowResult(row, clock.GetUtcNow() + Backoff.After(row.Attempts, LongestPause));
    }

    private async Task<AlertMessage?> MessageAsync(string card, CancellationToken ct)
    {
        var colon = card.IndexOf(':', StringComparison.Ordinal);
        var (kind, key) = (card[..colon], card[(colon + 1)..]);
        return kind switch
        {
            "alert" when await ledger.LoadAsync<Alert>(key, ct) is { } alert => Of(alert.State),
            "alert-overdue" when await ledger.LoadAsync<Grant>(key, ct) is { State.Ending: not null } grant => Overdue(card, grant.State, grant.State.Ending),
            "alert-addresses" when await ledger.LoadAsync<Grant>(key, ct) is { } grant => Addresses(card, grant.State),
            _ => null,
        };
    }

    private static AlertMessage Of(Alert alert) => new()
    {
        Key = alert.Key,
        Resolves = alert.State == AlertState.Resolved,
        Summary = alert.Summary,
        Source = "dbchatops",
        Component = alert.Component,
        At = alert.RaisedAt,
        Details = alert.Details,
    };

    private static AlertMessage Overdue(string key, Grant grant, Ending ending) => new()
    {
        Key = key,
        Resolves = grant.State == GrantState.Revoked,
        Summary = $"Access that should be over: {grant.Login} on {grant.Target}",
        Source = grant.Server.Value,
        Component = grant.Target.Value,
        At = ending.DueAt,
        Details = [$"grant {grant.Id.Handle}", $"had to end {PlainText.Utc(ending.DueAt)}", $"{ending.Stage}", .. Running(ending), .. ending.Blockers],
    };

    private static IEnumerable<string> Running(Ending ending) =>
        (ending.Uninterruptible ?? []).Select(static session => $"process {session.ProcessId} on {session.Node} runs a statement since {PlainText.Utc(session.StatementSince)}");

    private static AlertMessage Addresses(string key, Grant grant) => new()
    {
        Key = key,
        Resolves = grant.State == GrantState.Revoked,
        Summary = $"{grant.Login} on {grant.Target} is used from {grant.Receipt.ClientAddresses.Count} addresses",
        Source = grant.Server.Value,
        Component = grant.Target.Value,
        At = grant.Receipt.LastSeen ?? grant.OpenedAt,
        Details = [$"grant {grant.Id.Handle}", .. grant.Receipt.ClientAddresses],
    };
}
