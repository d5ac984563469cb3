using DbChatOps.Chat;
using DbChatOps.Ledger;

namespace DbChatOps.Alerts;

/// <summary>How an alert reads in chat, and under which keys it is carried.</summary>
public static class AlertCards
{
    public const string WebhookLane = "alert:webhook";

    /// <summary>The message in chat.</summary>
    public static string InChat(string key) => "alarm:" + key;

    /// <summary>The event for whatever listens at <c>Alerts.WebhookUrl</c>.</summary>
    public static string AtWebhook(string key) => "alert:" + key;

    public static Card ForOperators(Alert alert) => new()
    {
        Title = alert.State == AlertState.Resolved ? Phrase.Of($"✅ Over: {alert.Summary}") : Phrase.Of($"🚨 {alert.Summary}"),
        Lines = [.. alert.Details.Select(detail => Phrase.Of($"• {detail}"))],
        Footnotes =
        [
            alert.ResolvedAt is { } over ? Phrase.Of($"{alert.Component} · since {alert.RaisedAt:s}, over {over:s}") : Phrase.Of($"{alert.Component} · since {alert.RaisedAt:s}"),
        ],
    };

    internal static IEnumerable<AgendaRow> After(Alert alert, AlertEvent change)
    {
        yield return Rows.Show(AtWebhook(alert.Key), WebhookLane, change.At);
        if (alert.Channel.Length > 0)
        {
            yield return Rows.Show(InChat(alert.Key), Lanes.Channel(alert.Channel), change.At);
        }
    }
}
