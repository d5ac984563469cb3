using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Net.WebSockets;
using System.Text.Json.Nodes;
using DbChatOps.Playground.World;

namespace DbChatOps.Playground.Deliveries;

/// <summary>
/// The sockets that the app holds open. Each delivery goes to one of them, whichever is next; the answer must come back on the same one. What
/// Slack does to sockets can be done to these: announce an end, switch Socket Mode off, cut the line.
/// </summary>
public sealed class SocketHub
{
    private const int Most = 10;

    private readonly SlackWorld _world;
    private readonly SlackWorkspaceSettings _settings;
    private readonly Journal _journal;
    private ImmutableList<SocketLine> _lines = [];
    private ImmutableList<int?> _closings = [];
    private int _next;
    private int _opened;

    internal SocketHub(SlackWorld world, SlackWorkspaceSettings settings, Journal journal) => (_world, _settings, _journal) = (world, settings, journal);

    /// <summary>Sockets open now.</summary>
    public int Count => _lines.Count;

    /// <summary>How many were ever greeted.</summary>
    public int Opened => Volatile.Read(ref _opened);

    /// <summary>Codes with which the app closed its sockets, in order; null where a line was just gone.</summary>
    public IReadOnlyList<int?> Closings => _closings;

    /// <summary>Tells the oldest socket that it will be recycled; Slack cuts it some ten seconds later.</summary>
    public Task RefreshOldestAsync(CancellationToken ct) => EndOldestAsync("refresh_requested", ct);

    /// <summary>Tells the oldest socket that its end is near, for Slack's own reasons.</summary>
    public Task WarnOldestAsync(CancellationToken ct) => EndOldestAsync("warning", ct);

    /// <summary>Somebody switches Socket Mode off.</summary>
    public Task DisableAsync(CancellationToken ct) => Task.WhenAll(_lines.Select(line => line.SayGoodbyeAsync("link_disabled", ct)));

    /// <summary>Cuts every line without a word, as a lost network does; none of them counts from here on.</summary>
    public void Cut()
    {
        foreach (var line in Interlocked.Exchange(ref _lines, [])) line.Cut();
    }

    internal async Task AcceptAsync(HttpContext http)
    {
        if (!http.WebSockets.IsWebSocketRequest || http.Request.Query["ticket"] is not [{ } ticket] || !_world.TakeSocketTicket(ticket))
        {
            http.Response.StatusCode = StatusCodes.Status403Forbidden;
            return;
        }

        using var socket = await http.WebSockets.AcceptWebSocketAsync();
        using var line = new SocketLine(socket);
        if (Count >= Most)
        {
            await line.SayGoodbyeAsync("too_many_websockets", http.RequestAborted);
            return;
        }

        ImmutableInterlocked.Update(ref _lines, lines => lines.Add(line));
        try
        {
            await line.SayAsync(Hello(), http.RequestAborted);
            Interlocked.Increment(ref _opened);
            _world.Signal();
            var code = await line.ListenAsync(http.RequestAborted);
            ImmutableInterlocked.Update(ref _closings, closings => closings.Add(code));
        }
        finally
        {
            ImmutableInterlocked.Update(ref _lines, lines => lines.Remove(line));
            _world.Signal();
        }
    }

    /// <summary>Sends one delivery in an envelope and waits as long as Slack would.</summary>
    internal async Task<BotAnswer> SendAsync(SentDelivery delivery, CancellationToken ct)
    {
        var started = Stopwatch.GetTimestamp();
        var lines = _lines.Where(line => line.TakesWork).ToList();
        if (lines.Count == 0) return new BotAnswer { Took = TimeSpan.Zero };

        var envelope = Envelope(delivery);
        var id = envelope.Text("envelope_id")!;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(_settings.AnswerBudget);
        try
        {
            var line = lines[(Interlocked.Increment(ref _next) & int.MaxValue) % lines.Count];
            var answer = await line.AskAsync(id, envelope, patience.Token);
            Record(delivery, answer, 200, started);
            return new BotAnswer
            {
                Status = 200,
                Body = answer["payload"] is { } payload ? Json.Write(payload) : "",
                ContentType = answer["payload"] is null ? "" : "application/json",
                Took = Stopwatch.GetElapsedTime(started),
            };
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            Record(delivery, null, 0, started);
            return new BotAnswer { TimedOut = true, Took = Stopwatch.GetElapsedTime(started) };
        }
        catch (Exception fault) when (fault is WebSocketException or ObjectDisposedException)
        {
            Record(delivery, null, 0, started);
            return new BotAnswer { Took = Stopwatch.GetElapsedTime(started) };
        }
    }

    private Task EndOldestAsync(string reason, CancellationToken ct) =>
        _lines.Find(line => line.TakesWork) is { } oldest ? oldest.SayGoodbyeAsync(reason, ct) : Task.CompletedTask;

    private static JsonObject Envelope(SentDelivery delivery)
    {
        var readable = delivery.Readable();
        var payload = delivery.Doorway is "interactions" ? readable["payload"] : readable;
        var envelope = new JsonObject
        {
            ["envelope_id"] = Guid.NewGuid().ToString("D", CultureInfo.InvariantCulture),
            ["type"] = delivery.Doorway switch { "commands" => "slash_commands", "interactions" => "interactive", _ => "events_api" },
            ["accepts_response_payload"] = delivery.Doorway is "commands" || (delivery.Doorway is "interactions" && payload?.Text("type") is not "block_actions"),
            ["payload"] = payload?.DeepClone(),
        };
        if (delivery.Doorway is "events")
        {
            envelope["retry_attempt"] = int.Parse(delivery.Headers.GetValueOrDefault("x-slack-retry-num", "0"), CultureInfo.InvariantCulture);
            envelope["retry_reason"] = delivery.Headers.GetValueOrDefault("x-slack-retry-reason", "");
        }

        return envelope;
    }

    private JsonObject Hello() => new()
    {
        ["type"] = "hello",
        ["num_connections"] = Count,
        ["debug_info"] = new JsonObject { ["host"] = "applink-playground", ["build_number"] = 1, ["approximate_connection_time"] = 18060 },
        ["connection_info"] = new JsonObject { ["app_id"] = Seed.AppId },
    };

    private void Record(SentDelivery delivery, JsonNode? answer, int status, long started) =>
        _journal.Record("answer:" + delivery.Doorway, answer, answer: null, status, Stopwatch.GetElapsedTime(started), delivery);
}
