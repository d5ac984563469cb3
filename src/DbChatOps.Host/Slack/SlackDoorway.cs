using System.Text;
using DbChatOps.Chat;
using DbChatOps.Host.Flow;
using DbChatOps.Ledger;

namespace DbChatOps.Host.Slack;

/// <summary>
/// Where Slack comes in over HTTP: signature and age on the raw bytes, then app and tenant, then an allow-list of fields; only then is anything
/// handed on. Redeliveries and replays carry the same delivery key, which the inbox remembers for a day.
/// </summary>
public sealed class SlackDoorway
{
    /// <summary>Slack's largest payload, a submitted dialog, stays far below.</summary>
    private const int MostBytes = 1024 * 1024;

    private readonly string _command;
    private readonly SlackSignature _signature;
    private readonly SlackTenant _tenant;
    private readonly SlackHosts _hosts;
    private readonly IDeliveryHandler _handler;
    private readonly IChatPlatform _platform;
    private readonly SteadyClock _clock;
    private readonly CancellationToken _stopping;
    private readonly ILogger _log;

    /// <summary>Checks the settings it depends on.</summary>
    /// <exception cref="ArgumentException">No signing secret, no app id, or an unsafe API address.</exception>
    public SlackDoorway(
        SlackSettings settings,
        IDeliveryHandler handler,
        IChatPlatform platform,
        SteadyClock clock,
        IHostApplicationLifetime lifetime,
        ILogger<SlackDoorway> log)
    {
        _command = settings.DatabaseCommand;
        _signature = new SlackSignature(settings.SigningSecret, clock.Wall);
        _tenant = new SlackTenant(settings);
        _hosts = new SlackHosts(settings.ApiBaseUrl);
        (_handler, _platform, _clock, _stopping, _log) = (handler, platform, clock, lifetime.ApplicationStopping, log);
    }

    public Task CommandAsync(HttpContext http) => EnterAsync(http, (body, reading) =>
    {
        var form = FormBody.Parse(body.Span);
        return form["ssl_check"] is { } probe && probe != "0" ? new Arrival.Ignored("a certificate probe") : SlashCommandPayload.Read(form, reading);
    });

    public Task InteractionAsync(HttpContext http) => EnterAsync(http, (body, reading) =>
    {
        var form = FormBody.Parse(body.Span);
        if (form["ssl_check"] is not null)
        {
            return new Arrival.Ignored("a certificate probe");
        }

        using var payload = JsonPayload.Parse(Encoding.UTF8.GetBytes(form["payload"] ?? ""));
        return InteractionPayload.Read(payload.RootElement, reading);
    });

    public Task EventAsync(HttpContext http)
    {
        string? challenge = null;
        return EnterAsync(
            http,
            (body, reading) =>
            {
                using var payload = JsonPayload.Parse(body);
                switch (payload.RootElement.Text("type"))
                {
                    case "url_verification":
                        challenge = payload.RootElement.Text("challenge");
                        return new Arrival.Ignored("the address check");
                    case "app_rate_limited":
                        _log.EventsWereDropped();
                        return new Arrival.Ignored("a note about dropped events");
                    case "event_callback":
                        return EventPayload.Read(payload.RootElement, reading);
                    default:
                        return new Arrival.Ignored("an outer event of an unknown type");
                }
            },
            () => challenge);
    }

    private async Task EnterAsync(HttpContext http, Func<ReadOnlyMemory<byte>, Reading, Arrival> read, Func<string?>? ignoredAnswer = null)
    {
        if (await ReadAsync(http.Request) is not { } body)
        {
            http.Response.StatusCode = StatusCodes.Status413PayloadTooLarge;
            return;
        }

        var headers = http.Request.Headers;
        if (!_signature.IsValid(headers[SlackSignature.TimestampHeader], headers[SlackSignature.SignatureHeader], body.Span))
        {
            _log.SignatureRefused(http.Request.Path);
            http.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        try
        {
            switch (read(body, new Reading(_tenant, _hosts, _clock.GetUtcNow())))
            {
                case Arrival.Accepted accepted:
                    await DecideAsync(http, accepted.Deliveries);
                    break;
                case Arrival.NotOurs other:
                    _log.ForeignPayloadRefused(other.What);
                    http.Response.StatusCode = StatusCodes.Status403Forbidden;
                    http.Response.Headers["X-Slack-No-Retry"] = "1";
                    break;
                case Arrival.Ignored ignored:
                    _log.PayloadIgnored(ignored.What);
                    if (ignoredAnswer?.Invoke() is { } answer)
                    {
                        await http.Response.WriteAsync(answer, _stopping);
                    }

                    break;
            }
        }
        catch (MalformedPayloadException e)
        {
            _log.PayloadMalformed(e.Message);
            http.Response.StatusCode = StatusCodes.Status400BadRequest;
            http.Response.Headers["X-Slack-No-Retry"] = "1";
        }
    }

    private async Task DecideAsync(HttpContext http, IReadOnlyList<Delivery> deliveries)
    {
        foreach (var delivery in deliveries)
        {
            try
            {
                await AnswerAsync(http, delivery, await _handler.HandleAsync(delivery, _stopping));
            }
            catch (LedgerUnavailableException) when (delivery.Kind == DeliveryKind.SlashCommand && !http.Response.HasStarted)
            {
                _log.DeliveryNotStored(delivery.Kind);
                await AcknowledgementBody.WriteAsync(http.Response, AcknowledgementBody.Sorry("Nothing was done: the store cannot be written. Please try again."), _stopping);
            }
            catch (LedgerUnavailableException) when (!http.Response.HasStarted)
            {
                // Slack repeats an event and tells a person that the press failed; both are true.
                _log.DeliveryNotStored(delivery.Kind);
                http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            }
        }
    }

    private async Task AnswerAsync(HttpContext http, Delivery delivery, Acknowledgement acknowledgement)
    {
        if (acknowledgement is Acknowledgement.Reply reply && delivery.Kind == DeliveryKind.ButtonPressed)
        {
            // The body of an answer to a press is not shown. Slack has its 200 before we call back.
            await http.Response.CompleteAsync();
            await ReplyAsync(delivery, reply.Card);
            return;
        }

        if (AcknowledgementBody.Of(delivery.Kind, acknowledgement) is { } body)
        {
            await AcknowledgementBody.WriteAsync(http.Response, body.Speaking(_command), _stopping);
        }
        else if (acknowledgement is not Acknowledgement.Nothing)
        {
            _log.AnswerNotShown(acknowledgement.GetType().Name, delivery.Kind);
        }
    }

    private async Task ReplyAsync(Delivery delivery, Card card)
    {
        if (delivery.ResponseUrl is not { } url)
        {
            _log.AnswerNotShown(nameof(Acknowledgement.Reply), delivery.Kind);
            return;
        }

        try
        {
            await _platform.ReplyAsync(url, card, _stopping);
        }
        catch (Exception e) when (e is ChatUnavailableException or ChatRefusedException)
        {
            _log.AnswerLost(delivery.Kind, e.Message);
        }
    }

    private static async Task<ReadOnlyMemory<byte>?> ReadAsync(HttpRequest request)
    {
        if (request.ContentLength > MostBytes)
        {
            return null;
        }

        using var buffer = new MemoryStream((int)(request.ContentLength ?? 0));
        var chunk = new byte[16 * 1024];
        int read;
        while ((read = await request.Body.ReadAsync(chunk, request.HttpContext.RequestAborted)) > 0)
        {
            if (buffer.Length + read > MostBytes)
            {
                return null;
            }

            buffer.Write(chunk, 0, read);
        }

        return buffer.ToArray();
    }
}
