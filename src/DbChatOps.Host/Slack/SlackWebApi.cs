using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using DbChatOps.Chat;

namespace DbChatOps.Host.Slack;

/// <summary>
/// Slack's Web API: every call is a form post with the token in a header, to the one configured host, without redirects. Slack's "no" becomes
/// <see cref="ChatRefusedException"/>; a wish for patience, an error page, silence or a broken line becomes <see cref="ChatUnavailableException"/>.
/// <c>botToken</c> is asked at every call, so that a rotated token is used at once; of one that Slack no longer takes, Slack is not asked again.
/// </summary>
public sealed class SlackWebApi(HttpClient http, SlackSettings settings, Func<Secret> botToken, TimeProvider time, ILogger<SlackWebApi> log)
{
    private static readonly TimeSpan PatienceWithoutAdvice = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PatienceForToken = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, DateTimeOffset> _notBefore = new(StringComparer.Ordinal);
    private readonly OutageLog _outage = new(time, log);

    public SlackHosts Hosts { get; } = new(settings.ApiBaseUrl);

    /// <summary>The bot's token as it is now.</summary>
    public Secret Token => botToken();

    /// <summary>What is known against the bot's token.</summary>
    internal DeadToken Dead { get; } = new();

    /// <summary>A client that follows nobody and remembers nothing, for <see cref="SlackWebApi"/> alone.</summary>
    public static HttpClient CreateClient() => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.All,
        ConnectTimeout = TimeSpan.FromSeconds(5),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
        MaxResponseContentBufferSize = 8 * 1024 * 1024,
    };

    /// <summary>Calls a method and returns its answer, which says <c>ok</c>.</summary>
    /// <exception cref="ChatRefusedException">Slack said no; the code is Slack's.</exception>
    /// <exception cref="ChatUnavailableException">Later, perhaps; <see cref="ChatUnavailableException.OutcomeUnknown"/> tells whether it may have happened.</exception>
    public Task<JsonElement> CallAsync(string method, IEnumerable<KeyValuePair<string, string>> arguments, CancellationToken ct)
    {
        var token = botToken();
        return Dead.Why(token) is { } why ? throw NotTaken(why) : CallAsBotAsync(method, token, arguments, ct);
    }

    /// <summary>Asks Slack who we are, also with a token that it did not take before.</summary>
    /// <exception cref="ChatUnavailableException">It is not taken, or Slack cannot be reached.</exception>
    public Task<JsonElement> ProbeAsync(CancellationToken ct) => CallAsBotAsync("auth.test", botToken(), [], ct, IsOurs);

    /// <summary>Calls a method with a token of its own; what Slack says against it counts nothing against the bot's.</summary>
    /// <exception cref="ChatRefusedException">Slack said no; the code is Slack's.</exception>
    /// <exception cref="ChatUnavailableException">Later, perhaps.</exception>
    public async Task<JsonElement> CallAsync(string method, Secret token, IEnumerable<KeyValuePair<string, string>> arguments, CancellationToken ct)
    {
        var form = arguments.ToList();
        // Slack counts by method, and of posting also by channel.
        var queue = method == "chat.postMessage" ? method + " " + form.Find(argument => argument.Key == "channel").Value : method;
        if (_notBefore.TryGetValue(queue, out var notBefore) && notBefore - time.GetUtcNow() is { Ticks: > 0 } wait)
        {
            throw new ChatUnavailableException($"Slack asked for patience with {method}.", wait);
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, Hosts.Method(method)) { Content = new FormUrlEncodedContent(form) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token.Reveal());
        try
        {
            var (status, body, retryAfter) = await SendAsync(request, method, ct);
            if (status == HttpStatusCode.TooManyRequests)
            {
                throw Patience(method, queue, retryAfter);
            }

            var answer = Answer(method, queue, status, body, retryAfter);
            _outage.Answered();
            return answer;
        }
        catch (ChatRefusedException)
        {
            _outage.Answered();
            throw;
        }
        catch (ChatUnavailableException e) when (e.RetryAfter is null)
        {
            _outage.Failed(method, e.Message);
            throw;
        }
    }

    /// <summary>Posts a message to a response URL that belongs to Slack; no token travels there.</summary>
    /// <exception cref="ChatRefusedException">The address is not Slack's, used up or expired.</exception>
    /// <exception cref="ChatUnavailableException">It cannot be reached.</exception>
    public async Task RespondAsync(Secret responseUrl, JsonObject message, CancellationToken ct)
    {
        var url = Hosts.ResponseUrl(responseUrl.Reveal())
            ?? throw new ChatRefusedException("foreign_response_url", "The response URL does not belong to Slack.");
        using var request = new HttpRequestMessage(HttpMethod.Post, url)
        {
            Content = new StringContent(BlockKitText.Json(message), Encoding.UTF8, "application/json"),
        };
        var (status, _, retryAfter) = await SendAsync(request, "response_url", ct);
        if (status == HttpStatusCode.TooManyRequests)
        {
            throw new ChatUnavailableException("Slack asked for patience with response_url.", retryAfter ?? PatienceWithoutAdvice);
        }

        if ((int)status >= 500)
        {
            throw new ChatUnavailableException($"Slack answered response_url with HTTP {(int)status}.") { OutcomeUnknown = true };
        }

        if (status != HttpStatusCode.OK)
        {
            throw new ChatRefusedException("response_url_gone", $"The response URL was refused with HTTP {(int)status}.");
        }
    }

    private async Task<JsonElement> CallAsBotAsync(string method, Secret token, IEnumerable<KeyValuePair<string, string>> arguments, CancellationToken ct, Func<JsonElement, bool>? isGood = null)
    {
        try
        {
            var answer = await CallAsync(method, token, arguments, ct);
            if (isGood?.Invoke(answer) == false)
            {
                throw new ChatRefusedException(DeadToken.AnotherWorkspace, "The token belongs to another workspace than the configured ones.");
            }

            Dead.Lives();
            return answer;
        }
        catch (ChatRefusedException e) when (DeadToken.IsAbout(e.Code) || method == "auth.test")
        {
            if (Dead.Why(token) is null)
            {
                log.TokenDied(e.Code);
            }

            Dead.Died(token, e.Code);
            throw NotTaken(e.Code);
        }
    }

    private bool IsOurs(JsonElement answer)
    {
        try
        {
            SlackAccount.Of(answer, settings);
            return true;
        }
        catch (SlackAccountException)
        {
            return false;
        }
    }

    /// <summary>Later, because an operator can put another token in place at any time.</summary>
    private static ChatUnavailableException NotTaken(string code) => new($"Slack does not take the bot's token any more: {code}.", PatienceForToken);

    private async Task<(HttpStatusCode Status, byte[] Body, TimeSpan? RetryAfter)> SendAsync(HttpRequestMessage request, string method, CancellationToken ct)
    {
        using var timeout = new CancellationTokenSource(settings.CallTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, ct);
        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseContentRead, either.Token);
            return (response.StatusCode, await response.Content.ReadAsByteArrayAsync(either.Token), RetryAfter(response.Headers.RetryAfter));
        }
        catch (OperationCanceledException e) when (!ct.IsCancellationRequested)
        {
            throw new ChatUnavailableException($"Slack did not answer {method} in time.", inner: e) { OutcomeUnknown = true };
        }
        catch (HttpRequestException e)
        {
            throw new ChatUnavailableException($"Slack cannot be reached for {method}: {e.HttpRequestError}.", inner: e)
            {
                OutcomeUnknown = e.HttpRequestError is not (HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError
                    or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError),
            };
        }
    }

    private JsonElement Answer(string method, string queue, HttpStatusCode status, byte[] body, TimeSpan? retryAfter)
    {
        // A gateway's page may stand where JSON is expected; it says nothing about what became of the call.
        if (Parse(body) is not { } answer || answer.At("ok").ValueKind is not (JsonValueKind.True or JsonValueKind.False))
        {
            throw new ChatUnavailableException($"Slack answered {method} with HTTP {(int)status} and no JSON.") { OutcomeUnknown = true };
        }

        if (answer.IsTrue("ok"))
        {
            return (int)status < 300 ? answer : throw new ChatUnavailableException($"Slack answered {method} with HTTP {(int)status}.") { OutcomeUnknown = true };
        }

        var code = answer.Text("error") ?? "unknown_error";
        throw code switch
        {
            "ratelimited" or "rate_limited" => Patience(method, queue, retryAfter),
            "internal_error" or "fatal_error" or "service_unavailable" or "request_timeout" => new ChatUnavailableException($"Slack failed {method}: {code}.")
            {
                OutcomeUnknown = true,
            },
            _ => new ChatRefusedException(code, Explain(method, code, answer)),
        };
    }

    private ChatUnavailableException Patience(string method, string queue, TimeSpan? retryAfter)
    {
        var wait = retryAfter ?? PatienceWithoutAdvice;
        log.AskedForPatience(method, wait);
        _notBefore[queue] = time.GetUtcNow() + wait;
        return new ChatUnavailableException($"Slack asked for patience with {method}.", wait);
    }

    private static string Explain(string method, string code, JsonElement answer)
    {
        var text = new StringBuilder($"Slack refused {method}: {code}");
        if (answer.Text("needed") is { } needed)
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"; needed {needed}, provided {answer.Text("provided")}");
        }

        foreach (var message in answer.Items("response_metadata", "messages").Concat(answer.Items("errors")).Take(5))
        {
            text.Append("; ").Append(PlainText.Clean(message.AsText() ?? message.Text("error") ?? "", 200));
        }

        return text.ToString();
    }

    private static JsonElement? Parse(byte[] body)
    {
        try
        {
            using var document = JsonPayload.Parse(body);
            return document.RootElement.Clone();
        }
        catch (MalformedPayloadException)
        {
            return null;
        }
    }

    private TimeSpan? RetryAfter(RetryConditionHeaderValue? header)
    {
        var wait = header?.Delta ?? header?.Date - time.GetUtcNow();
        return wait is null ? null : TimeSpan.FromSeconds(Math.Clamp(wait.Value.TotalSeconds, 1, 3600));
    }
}
