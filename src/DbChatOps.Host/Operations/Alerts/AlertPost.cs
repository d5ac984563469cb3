using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace DbChatOps.Host.Operations.Alerts;

/// <summary>Sends one alert. Whoever calls it tries again until it is taken; the key makes repeats harmless.</summary>
public sealed class AlertPost(HttpClient http, Func<AlertAddress?> address)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Follows no redirect: the address may carry a key that is nobody else's business.</summary>
    public static HttpClient CreateClient() => new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { Timeout = Patience };

    /// <summary>Null when it was taken or nobody listens; else why not, without the address.</summary>
    public async Task<string?> SendAsync(AlertMessage alert, CancellationToken ct)
    {
        if (address() is not { } to)
        {
            return null;
        }

        try
        {
            using var response = await http.PostAsJsonAsync(new Uri(to.Url.Reveal()), to.RoutingKey is { } key ? Event(alert, key) : Plain(alert), ct);
            return response.IsSuccessStatusCode ? null : string.Create(CultureInfo.InvariantCulture, $"it was answered with {(int)response.StatusCode}");
        }
        catch (HttpRequestException fault)
        {
            return $"it could not be sent ({fault.HttpRequestError})";
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return $"there was no answer within {Patience.TotalSeconds} s";
        }
    }

    private static JsonObject Event(AlertMessage alert, Secret routingKey)
    {
        var wire = new JsonObject
        {
            ["routing_key"] = routingKey.Reveal(),
            ["event_action"] = alert.Resolves ? "resolve" : "trigger",
            ["dedup_key"] = alert.Key,
        };
        if (!alert.Resolves)
        {
            wire["payload"] = new JsonObject
            {
                ["summary"] = alert.Summary,
                ["severity"] = "critical",
                ["source"] = alert.Source,
                ["component"] = alert.Component,
                ["timestamp"] = alert.At.ToString("O", CultureInfo.InvariantCulture),
                ["custom_details"] = new JsonObject { ["details"] = Details(alert) },
            };
        }

        return wire;
    }

    private static JsonObject Plain(AlertMessage alert) => new()
    {
        ["key"] = alert.Key,
        ["status"] = alert.Resolves ? "resolved" : "firing",
        ["summary"] = alert.Summary,
        ["severity"] = "critical",
        ["source"] = alert.Source,
        ["component"] = alert.Component,
        ["at"] = alert.At.ToString("O", CultureInfo.InvariantCulture),
        ["details"] = Details(alert),
    };

    private static JsonArray Details(AlertMessage alert) => [.. alert.Details.Select(detail => JsonValue.Create(detail))];
}
