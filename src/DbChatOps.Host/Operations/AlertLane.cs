using System.Net.Http.Json;
using DbChatOps.Access;
using DbChatOps.Host.Flow;
using DbChatOps.Ledger;

namespace DbChatOps.Host.Operations;

/// <summary>
/// Carries pages out of chat, to <c>Alerts.WebhookUrl</c>: one JSON object per event with a key by which the receiver drops repeats.
/// Tried until the receiver takes it. Without an address the page stays in chat, which <c>check</c> says.
/// </summary>
public sealed class AlertLane(ILedger ledger, HttpClient http, Func<Secret?> address, TimeProvider clock, ILogger<AlertLane> log) : ILaneWorker
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
        if (address() is not { } url || row.Row.Item is not AgendaItem.Show show)
        {
            return new RowResult(row, null);
        }

        var id = show.Card[(show.Card.IndexOf(':', StringComparison.Ordinal) + 1)..];
        if ((await ledger.LoadAsync<Grant>(id, ct))?.State is not { Ending: { } ending } grant)
        {
            return new RowResult(row, null);
        }

        try
        {
            using var response = await http.PostAsJsonAsync(new Uri(url.Reveal()), Event(show.Card, grant, ending), ct);
            if (response.IsSuccessStatusCode)
            {
                return new RowResult(row, null);
            }

            log.AlertRefused(show.Card, (int)response.StatusCode);
        }
        catch (Exception fault) when (fault is HttpRequestException || (fault is OperationCanceledException && !ct.IsCancellationRequested))
        {
            log.AlertNotSent(show.Card, fault.GetType().Name);
        }

        return new RowResult(row, clock.GetUtcNow() + Backoff.After(row.Attempts, LongestPause));
    }

    private static object Event(string key, Grant grant, Ending ending) => new
    {
        event_action = grant.State == GrantState.Revoked ? "resolve" : "trigger",
        dedup_key = key,
        payload = new
        {
            summary = $"Access that should be over: {grant.Login} on {grant.Target}",
            severity = "critical",
            source = grant.Server.Value,
            component = grant.Target.Value,
            custom_details = new { grant = grant.Id.Handle, due_at = ending.DueAt, stage = ending.Stage.ToString(), blockers = ending.Blockers },
        },
    };
}
