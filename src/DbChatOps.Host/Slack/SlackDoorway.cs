using System.Buffers;
using System.Text;
using DbChatOps.Chat;
using DbChatOps.Host.Flow;

namespace DbChatOps.Host.Slack;

/// <summary>
/// Where Slack comes in over HTTP: signature and age on the raw bytes before anything is read, and HTTP's words for what becomes of it.
/// </summary>
public sealed class SlackDoorway
{
    /// <summary>Slack's largest payload, a submitted dialog, stays far below.</summary>
    private const int MostBytes = 1024 * 1024;

    private readonly SlackSignature _signature;
    private readonly SlackReception _reception;
    private readonly CancellationToken _stopping;
    private readonly ILogger _log;

    /// <summary>Checks the settings it depends on.</summary>
    /// <exception cref="ArgumentException">No signing secret.</exception>
    public SlackDoorway(SlackSettings settings, SlackReception reception, SteadyClock clock, IHostApplicationLifetime lifetime, ILogger<SlackDoorway> log)
    {
        _signature = new SlackSignature(settings.SigningSecret, clock.Wall);
        (_reception, _stopping, _log) = (reception, lifetime.ApplicationStopping, log);
    }

    public Task CommandAsync(HttpContext http) => EnterAsync(http, body =>
    {
        var form = FormBody.Parse(body.Span);
        return form["ssl_check"] is { } probe && probe != "0" ? new Arrival.Ignored("a certificate probe") : _reception.ReadCommand(name => form[name]);
    });

    public Task InteractionAsync(HttpContext http) => EnterAsync(http, body =>
    {
        var form = FormBody.Parse(body.Span);
        if (form["ssl_check"] is not null)
        {
            return new Arrival.Ignored("a certificate probe");
        }

        using var payload = JsonPayload.Parse(Encoding.UTF8.GetBytes(form["payload"] ?? ""));
        return _reception.ReadInteraction(payload.RootElement);
    });

    public Task EventAsync(HttpContext http)
    {
        string? challenge = null;
        return EnterAsync(
            http,
            body =>
            {
                using var payload = JsonPayload.Parse(body);
                if (payload.RootElement.Text("type") != "url_verification")
                {
                    return _reception.ReadEvent(payload.RootElement);
                }

                challenge = payload.RootElement.Text("challenge");
                return new Arrival.Ignored("the address check");
            },
            () => challenge);
    }

    private async Task EnterAsync(HttpContext http, Func<ReadOnlyMemory<byte>, Arrival> read, Func<string?>? ignoredAnswer = null)
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
            switch (read(body))
            {
                case Arrival.Accepted accepted:
                    foreach (var delivery in accepted.Deliveries)
                    {
                        await AnswerAsync(http, delivery);
                    }

                    break;
                case Arrival.Outsider outsider:
                    _log.ForeignPayloadRefused(outsider.What);
                    await AcknowledgementBody.WriteAsync(http.Response, AcknowledgementBody.ForOutsiders, _stopping);
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

    private async Task AnswerAsync(HttpContext http, Delivery delivery)
    {
        var answer = await _reception.AnswerAsync(delivery);
        if (!answer.IsStored && !http.Response.HasStarted)
        {
            http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        }

        if (answer.Body is { } body)
        {
            await AcknowledgementBody.WriteAsync(http.Response, body, _stopping);
        }

        if (answer.Afterwards is { } card)
        {
            // Slack has its 200 before we call back.
            await http.Response.CompleteAsync();
            _reception.ReplyAfterwards(delivery, card);
        }
    }

    private static async Task<ReadOnlyMemory<byte>?> ReadAsync(HttpRequest request)
    {
        if (request.ContentLength > MostBytes)
        {
            return null;
        }

        using var buffer = new MemoryStream((int)(request.ContentLength ?? 0));
        var chunk = ArrayPool<byte>.Shared.Rent(16 * 1024);
        try
        {
            int read;
            while ((read = await request.Body.ReadAsync(chunk, request.HttpContext.RequestAborted)) > 0)
            {
                if (buffer.Length + read > MostBytes)
                {
                    return null;
                }

                buffer.Write(chunk, 0, read);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }

        return buffer.GetBuffer().AsMemory(0, (int)buffer.Length);
    }
}
