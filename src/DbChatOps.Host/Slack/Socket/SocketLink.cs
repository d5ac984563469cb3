using System.Globalization;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using DbChatOps.Chat;
using DbChatOps.Host.Flow;

namespace DbChatOps.Host.Slack.Socket;

/// <summary>
/// One WebSocket to Slack, from the greeting to its close. Every envelope is acknowledged on the socket that brought it, after it is durable;
/// a click is not sent twice, so that an acknowledgement that comes too late loses its answer and never the decision, which outlives the line.
/// </summary>
internal sealed class SocketLink : IAsyncDisposable
{
    /// <summary>Slack waits three seconds for each; what is more than this at once waits in the line.</summary>
    private const int MostAtOnce = 32;

    private static readonly TimeSpan GreetingPatience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan DrainPatience = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan ClosePatience = TimeSpan.FromSeconds(5);

    private readonly SocketWire _wire;
    private readonly SlackReception _reception;
    private readonly ILogger _log;
    private readonly SemaphoreSlim _room = new(MostAtOnce);
    private readonly OpenWork _pending = new();
    private readonly TaskCompletionSource<SocketEnd> _ending = new(TaskCreationOptions.RunContinuationsAsynchronously);
    /// <summary>Of its own: a receive that is cancelled aborts the line, and then Slack never hears the close.</summary>
    private readonly CancellationTokenSource _stopping = new();
    private Task _receiving = Task.CompletedTask;
    private bool _isDisposed;

    private SocketLink(TimeSpan heartbeat, SlackReception reception, ILogger log) => (_wire, _reception, _log) = (new SocketWire(heartbeat), reception, log);

    /// <summary>Completes when Slack announces the end or the line is gone, whichever is first.</summary>
    public Task<SocketEnd> Ending => _ending.Task;

    /// <summary>Completes when nothing can come any more.</summary>
    public Task Closed => _receiving;

    /// <summary>How many connections of this app Slack counted at the greeting, this one included.</summary>
    public int CountedBySlack { get; private set; }

    /// <summary>Connects and waits for Slack's greeting: only then does anything come this way.</summary>
    /// <exception cref="ChatUnavailableException">It cannot be reached, or does not greet.</exception>
    /// <exception cref="ChatRefusedException">The greeting is for another app than ours.</exception>
    public static async Task<SocketLink> OpenAsync(Uri url, string appId, TimeSpan heartbeat, SlackReception reception, ILogger log, CancellationToken ct)
    {
        var link = new SocketLink(heartbeat, reception, log);
        try
        {
            await link.GreetAsync(url, appId, ct);
            link._receiving = link.ReceiveAsync();
            return link;
        }
        catch
        {
            await link.DisposeAsync();
            throw;
        }
    }

    /// <summary>Lets what is under way answer on this socket, then closes it in order: a close that never reaches Slack leaves a ghost that clicks are sent to.</summary>
    public async Task RetireAsync()
    {
        try
        {
            await Task.WhenAll(_pending.Tasks).WaitAsync(DrainPatience);
        }
        catch (TimeoutException)
        {
            // Slack has stopped waiting for them as well.
        }

        await DisposeAsync();
    }

    /// <summary>A second time does nothing.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, true))
        {
            return;
        }

        if (_wire.IsOpen)
        {
            using var patience = new CancellationTokenSource(ClosePatience);
            try
            {
                await _wire.CloseAsync(patience.Token);
                await _receiving.WaitAsync(patience.Token);
            }
            catch (Exception fault) when (fault is WebSocketException or OperationCanceledException or ObjectDisposedException)
            {
                _log.SocketCloseFailed(fault.GetType().Name);
            }
        }

        await _stopping.CancelAsync();
        await _receiving;
        _wire.Dispose();
        _stopping.Dispose();
    }

    private async Task GreetAsync(Uri url, string appId, CancellationToken ct)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(GreetingPatience);
        try
        {
            await _wire.ConnectAsync(url, patience.Token);
            if (await _wire.ReceiveAsync(patience.Token) is not { } frame)
            {
                throw new ChatUnavailableException("Slack closed the socket before its greeting.");
            }

            using var hello = JsonPayload.Parse(frame);
            Greeted(hello.RootElement, appId);
        }
        catch (Exception fault) when (fault is WebSocketException or MalformedPayloadException || (fault is OperationCanceledException && !ct.IsCancellationRequested))
        {
            throw new ChatUnavailableException("The socket to Slack could not be opened.", inner: fault);
        }
    }

    private void Greeted(JsonElement hello, string appId)
    {
        switch (hello.Text("type"))
        {
            case "hello" when hello.Text("connection_info", "app_id") is { } app && app != appId:
                throw new ChatRefusedException("another_app", $"The app-level token belongs to app {PlainText.Clean(app, 20)}, and Slack.AppId says {appId}.");
            case "hello":
                CountedBySlack = int.TryParse(hello.Text("num_connections"), NumberStyles.None, CultureInfo.InvariantCulture, out var counted) ? counted : 0;
                break;
            case "disconnect" when hello.Text("reason") == "too_many_websockets":
                throw new ChatUnavailableException("Slack counts too many connections of this app.", TimeSpan.FromMinutes(1));
            case "disconnect" when hello.Text("reason") == "link_disabled":
                throw new ChatRefusedException("link_disabled", "Socket Mode is switched off for this app.");
            default:
                throw new ChatUnavailableException("Slack's socket did not greet.");
        }
    }

    private async Task ReceiveAsync()
    {
        var ct = _stopping.Token;
        try
        {
            while (await _wire.ReceiveAsync(ct) is { } frame)
            {
                await TakeAsync(frame, ct);
            }
        }
        catch (Exception fault) when (fault is WebSocketException or OperationCanceledException)
        {
            // The line is gone, or we are: the end below says what follows.
        }

        _ending.TrySetResult(SocketEnd.Lost);
    }

    private async Task TakeAsync(byte[] frame, CancellationToken ct)
    {
        try
        {
            var envelope = JsonPayload.Parse(frame);
            if (envelope.RootElement.Text("type") == "disconnect")
            {
                using (envelope)
                {
                    Announced(envelope.RootElement.Text("reason"));
                }

                return;
            }

            await _room.WaitAsync(ct);
            _pending.Add(WorkAsync(envelope));
        }
        catch (MalformedPayloadException fault)
        {
            _log.PayloadMalformed(fault.Message);
        }
    }

    private void Announced(string? reason)
    {
        var end = reason switch
        {
            "link_disabled" => SocketEnd.Disabled,
            "too_many_websockets" => SocketEnd.TooMany,
            _ => SocketEnd.Refreshed,
        };
        _log.SocketWillEnd(end);
        _ending.TrySetResult(end);
    }

    private async Task WorkAsync(JsonDocument envelope)
    {
        using (envelope)
        {
            try
            {
                // Nothing below may run on the thread that receives.
                await Task.Yield();
                await AnswerAsync(envelope.RootElement);
            }
            catch (Exception fault) when (fault is WebSocketException or OperationCanceledException or ObjectDisposedException)
            {
                _log.SocketAnswerLost(fault.GetType().Name);
            }
            catch (Exception fault)
            {
                _log.SocketEnvelopeFailed(fault);
            }
            finally
            {
                _room.Release();
            }
        }
    }

    private async Task AnswerAsync(JsonElement envelope)
    {
        if (envelope.Text("envelope_id") is not { Length: > 0 } id)
        {
            throw new MalformedPayloadException("An envelope has no id.");
        }

        var arrival = Read(envelope);
        if (arrival.Refused is { } what)
        {
            _log.ForeignPayloadRefused(what);
        }

        var deliveries = arrival is Arrival.Accepted accepted ? accepted.Deliveries : [];
        await AnswerAsync(id, envelope.IsTrue("accepts_response_payload"), deliveries, arrival is Arrival.Outsider ? AcknowledgementBody.ForOutsiders : null);
    }

    /// <summary>What cannot be read would only come again: it is acknowledged and logged.</summary>
    private Arrival Read(JsonElement envelope)
    {
        var payload = envelope.At("payload");
        try
        {
            return envelope.Text("type") switch
            {
                "slash_commands" => _reception.ReadCommand(name => payload.Text(name)),
                "interactive" => _reception.ReadInteraction(payload),
                "events_api" => _reception.ReadEvent(payload),
                _ => new Arrival.Ignored("an envelope of an unknown type"),
            };
        }
        catch (MalformedPayloadException fault)
        {
            _log.PayloadMalformed(fault.Message);
            return new Arrival.Ignored("a malformed payload");
        }
    }

    private async Task AnswerAsync(string envelope, bool acceptsPayload, IReadOnlyList<Delivery> deliveries, JsonObject? body)
    {
        List<(Delivery Delivery, Card Card)> afterwards = [];
        foreach (var delivery in deliveries)
        {
            var answer = await _reception.AnswerAsync(delivery);
            if (!answer.IsStored)
            {
                return;
            }

            body ??= answer.Body;
            if (answer.Afterwards is { } card)
            {
                afterwards.Add((delivery, card));
            }
        }

        await AcknowledgeAsync(envelope, acceptsPayload ? body : null);
        foreach (var (delivery, card) in afterwards)
        {
            _reception.ReplyAfterwards(delivery, card);
        }
    }

    private async Task AcknowledgeAsync(string envelope, JsonObject? payload)
    {
        var acknowledgement = new JsonObject { ["envelope_id"] = envelope };
        if (payload is not null)
        {
            acknowledgement["payload"] = payload;
        }

        await _wire.SendAsync(acknowledgement, _stopping.Token);
    }
}
