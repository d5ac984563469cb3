using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace DbChatOps.Playground.Deliveries;

/// <summary>The way to the bot: signs a request, sends it to one of its three addresses, and waits as long as Slack would.</summary>
public sealed class BotDoorway : IDisposable
{
    private static readonly TimeSpan TooOld = TimeSpan.FromMinutes(6);

    private readonly SlackWorkspaceSettings _settings;
    private readonly Journal _journal;
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = Timeout.InfiniteTimeSpan };
    private ImmutableList<SentDelivery> _sent = [];

    internal BotDoorway(SlackWorkspaceSettings settings, Journal journal, SocketHub sockets) => (_settings, _journal, Sockets) = (settings, journal, sockets);

    /// <summary>The sockets of the app; the only way to it where Socket Mode is on.</summary>
    public SocketHub Sockets { get; }

    /// <summary>Where the bot listens, for example <c>http://127.0.0.1:5005/</c>.</summary>
    public Uri? Address { get; set; }

    /// <summary>There is a way to the bot: its address, or the sockets that it opens itself.</summary>
    public bool IsKnown => Address is not null || _settings.SocketMode;

    /// <summary>Spoils the signature of the next delivery only.</summary>
    public SignatureFault NextSignature { get; set; }

    /// <summary>How many of the next deliveries are sent twice, as Slack does when an answer was lost on its way.</summary>
    public int RepeatNext { get; set; }

    /// <summary>All deliveries that were tried, oldest first.</summary>
    public IReadOnlyList<SentDelivery> Sent => _sent;

    /// <summary>Sends the last delivery again, the same bytes under the same headers.</summary>
    public Task<BotAnswer> RepeatLastAsync(CancellationToken ct) => PostAsync(_sent[^1], ct);

    public Task<BotAnswer> RepeatAsync(SentDelivery delivery, CancellationToken ct) => PostAsync(delivery, ct);

    public void Dispose() => _http.Dispose();

    internal Task<BotAnswer> SendFormAsync(string doorway, IEnumerable<KeyValuePair<string, string>> fields, CancellationToken ct)
    {
        var body = string.Join('&', fields.Select(field => $"{Encoded(field.Key)}={Encoded(field.Value)}"));
        return SendAsync(doorway, "application/x-www-form-urlencoded", body, [], ct);
    }

    internal Task<BotAnswer> SendPayloadAsync(JsonObject payload, CancellationToken ct) =>
        SendFormAsync("interactions", [new("payload", Json.Write(payload))], ct);

    internal async Task<BotAnswer> SendAsync(
        string doorway, string contentType, string body, IEnumerable<KeyValuePair<string, string>> extraHeaders, CancellationToken ct)
    {
        var headers = Signed(ref body);
        foreach (var (name, value) in extraHeaders) headers[name] = value;
        var delivery = new SentDelivery { Doorway = doorway, ContentType = contentType, Body = body, Headers = headers };
        ImmutableInterlocked.Update(ref _sent, sent => sent.Add(delivery));
        var answer = await PostAsync(delivery, ct);
        if (RepeatNext > 0)
        {
            RepeatNext--;
            await PostAsync(delivery, ct);
        }

        return answer;
    }

    private static string Encoded(string text) => Uri.EscapeDataString(text).Replace("%20", "+", StringComparison.Ordinal);

    private Dictionary<string, string> Signed(ref string body)
    {
        var fault = NextSignature;
        NextSignature = SignatureFault.None;
        var at = _settings.Clock.GetUtcNow() + fault switch
        {
            SignatureFault.StaleTimestamp => -TooOld,
            SignatureFault.FutureTimestamp => TooOld,
            _ => TimeSpan.Zero,
        };
        var timestamp = at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var secret = fault is SignatureFault.WrongSecret ? _settings.SigningSecret + "?" : _settings.SigningSecret;
        var signature = RequestSignature.Of(secret, timestamp, body);
        if (fault is SignatureFault.BodyAltered) body += "&";

        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { ["X-Slack-Request-Timestamp"] = timestamp };
        if (fault is not SignatureFault.Missing) headers["X-Slack-Signature"] = signature;
        return headers;
    }

    private async Task<BotAnswer> PostAsync(SentDelivery delivery, CancellationToken ct)
    {
        if (_settings.SocketMode) return await Sockets.SendAsync(delivery, ct);
        if (Address is null) throw new InvalidOperationException("The workspace does not know where the bot listens.");

        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(Address, $"slack/{delivery.Doorway}"))
        {
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes(delivery.Body)),
        };
        request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(delivery.ContentType);
        request.Headers.UserAgent.ParseAdd("Slackbot/1.0");
        foreach (var (name, value) in delivery.Headers) request.Headers.TryAddWithoutValidation(name, value);

        var started = Stopwatch.GetTimestamp();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(_settings.AnswerBudget);
        try
        {
            using var response = await _http.SendAsync(request, patience.Token);
            var body = await response.Content.ReadAsStringAsync(patience.Token);
            Record(Json.TryParse(body) ?? JsonValue.Create(body), (int)response.StatusCode);
            return new BotAnswer
            {
                Status = (int)response.StatusCode,
                Body = body,
                ContentType = response.Content.Headers.ContentType?.MediaType ?? "",
                WantsNoRetry = response.Headers.TryGetValues("x-slack-no-retry", out var values) && values.Contains("1", StringComparer.Ordinal),
                Took = Stopwatch.GetElapsedTime(started),
            };
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            Record(answer: null, status: 0);
            return new BotAnswer { TimedOut = true, Took = Stopwatch.GetElapsedTime(started) };
        }
        catch (HttpRequestException)
        {
            Record(answer: null, status: 0);
            return new BotAnswer { Took = Stopwatch.GetElapsedTime(started) };
        }

        void Record(JsonNode? answer, int status) =>
            _journal.Record("answer:" + delivery.Doorway, answer, answer: null, status, Stopwatch.GetElapsedTime(started), delivery);
    }
}
