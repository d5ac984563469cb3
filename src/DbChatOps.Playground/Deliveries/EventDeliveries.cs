using System.Globalization;
using System.Text.Json.Nodes;
using DbChatOps.Playground.World;

namespace DbChatOps.Playground.Deliveries;

/// <summary>Sends events, and sends them again when they are not acknowledged: at once, after one minute, after five.</summary>
internal sealed class EventDeliveries(SlackWorld world, BotDoorway bot, SlackWorkspaceSettings settings) : IDisposable
{
    private readonly CancellationTokenSource _stopping = new();

    public JsonObject Envelope(JsonObject inner, bool isExternallyShared)
    {
        var now = world.Now;
        inner["event_ts"] ??= string.Create(CultureInfo.InvariantCulture, $"{now.ToUnixTimeSeconds()}.000000");
        return new JsonObject
        {
            ["token"] = Payloads.VerificationToken,
            ["team_id"] = Seed.TeamId,
            ["api_app_id"] = Seed.AppId,
            ["event"] = inner,
            ["type"] = "event_callback",
            ["event_id"] = world.NextId("Ev") + SlackWorld.Unguessable()[..6].ToUpperInvariant(),
            ["event_time"] = now.ToUnixTimeSeconds(),
            ["authorizations"] = new JsonArray(new JsonObject
            {
                ["enterprise_id"] = null,
                ["team_id"] = Seed.TeamId,
                ["user_id"] = Seed.BotUserId,
                ["is_bot"] = true,
                ["is_enterprise_install"] = false,
            }),
            ["is_ext_shared_channel"] = isExternallyShared,
            ["event_context"] = "4-" + SlackWorld.Unguessable(),
        };
    }

    /// <summary>Completes with the answer to the first attempt; further attempts follow in the background.</summary>
    public async Task<BotAnswer> SendAsync(JsonObject envelope, CancellationToken ct)
    {
        var body = Json.Write(envelope);
        var first = await AttemptAsync(body, retry: 0, reason: null, ct);
        if (MustRetry(first)) _ = RetryAsync(body, first);
        return first;
    }

    public void Dispose()
    {
        _stopping.Cancel();
        _stopping.Dispose();
    }

    private async Task RetryAsync(string body, BotAnswer last)
    {
        var stopping = _stopping.Token;
        try
        {
            for (var retry = 1; retry <= settings.EventRetries.Count && MustRetry(last); retry++)
            {
                await Task.Delay(settings.EventRetries[retry - 1], settings.Clock, stopping);
                last = await AttemptAsync(body, retry, ReasonOf(last), stopping);
                world.Signal();
            }
        }
        catch (OperationCanceledException)
        {
            // The workspace closes.
        }
    }

    private Task<BotAnswer> AttemptAsync(string body, int retry, string? reason, CancellationToken ct) => bot.SendAsync(
        "events",
        "application/json",
        body,
        reason is null ? [] : [new("x-slack-retry-num", retry.ToString(CultureInfo.InvariantCulture)), new("x-slack-retry-reason", reason)],
        ct);

    private static bool MustRetry(BotAnswer answer) => answer is { IsAcknowledged: false, WantsNoRetry: false };

    private static string ReasonOf(BotAnswer answer) =>
        answer.TimedOut ? "http_timeout" : answer.Status is null ? "connection_failed" : "http_error";
}
