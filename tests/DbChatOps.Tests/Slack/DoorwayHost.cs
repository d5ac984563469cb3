using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using DbChatOps.Chat;
using DbChatOps.Host.Flow;
using DbChatOps.Host.Slack;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace DbChatOps.Tests.Slack;

/// <summary>The doorway on a real socket, with a handler that remembers what it was given.</summary>
internal sealed class DoorwayHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HttpClient _http;

    private DoorwayHost(WebApplication app, RecordingHandler handler, StoppedClock clock, LogBook log)
    {
        (_app, Handler, Clock, Log) = (app, handler, clock, log);
        _http = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
    }

    public RecordingHandler Handler { get; }

    public StoppedClock Clock { get; }

    public LogBook Log { get; }

    public static async Task<DoorwayHost> StartAsync(SlackSettings? settings = null, IChatPlatform? platform = null)
    {
        var handler = new RecordingHandler();
        var clock = new StoppedClock(SlackWorld.Now);
        var log = new LogBook();
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders().AddProvider(log).SetMinimumLevel(LogLevel.Trace);
        builder.Services.AddSingleton(settings ?? SlackWorld.Settings())
            .AddSingleton<IDeliveryHandler>(handler)
            .AddSingleton(new SteadyClock(clock))
            .AddSingleton<TimeProvider>(clock)
            .AddSingleton(platform ?? new RecordingReplies())
            .AddSingleton<SlackReception>()
            .AddSingleton<SlackDoorway>();
        var app = builder.Build();
        app.MapSlack();
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new DoorwayHost(app, handler, clock, log);
    }

    public Task<HttpResponseMessage> CommandAsync(string form) => PostAsync("/slack/commands", Encoding.UTF8.GetBytes(form));

    public Task<HttpResponseMessage> InteractionAsync(string json) =>
        PostAsync("/slack/interactions", Encoding.UTF8.GetBytes("payload=" + Uri.EscapeDataString(json)));

    public Task<HttpResponseMessage> EventAsync(string json) => PostAsync("/slack/events", Encoding.UTF8.GetBytes(json), "application/json");

    /// <summary>Signs and posts; <paramref name="change"/> spoils the request afterwards.</summary>
    public Task<HttpResponseMessage> PostAsync(
        string path, byte[] body, string type = "application/x-www-form-urlencoded", DateTimeOffset? at = null, Action<HttpRequestMessage>? change = null)
    {
        var timestamp = (at ?? Clock.GetUtcNow()).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(type);
        request.Headers.Add(SlackSignature.TimestampHeader, timestamp);
        request.Headers.Add(SlackSignature.SignatureHeader, Sign(timestamp, body));
        change?.Invoke(request);
        return _http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _app.DisposeAsync();
    }

    private static string Sign(string timestamp, byte[] body) => "v0=" + Convert.ToHexStringLower(
        HMACSHA256.HashData(Encoding.UTF8.GetBytes(SlackWorld.SigningSecret), (byte[])[.. Encoding.ASCII.GetBytes($"v0:{timestamp}:"), .. body]));
}

internal sealed class RecordingHandler : IDeliveryHandler
{
    public List<Delivery> Deliveries { get; } = [];

    public Func<Delivery, Acknowledgement> Answer { get; set; } = _ => new Acknowledgement.Nothing();

    /// <summary>Is given the token with which work is told to stop.</summary>
    public Action<CancellationToken>? Watched { get; set; }

    public Task<Acknowledgement> HandleAsync(Delivery delivery, CancellationToken ct)
    {
        Deliveries.Add(delivery);
        Watched?.Invoke(ct);
        return Task.FromResult(Answer(delivery));
    }
}

/// <summary>A platform of which the doorway needs one thing.</summary>
internal sealed class RecordingReplies : IChatPlatform
{
    private readonly TaskCompletionSource<Card> _reply = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<Card> Reply => _reply.Task.Patiently("a reply");

    public Task ReplyAsync(Secret responseUrl, Card card, CancellationToken ct)
    {
        _reply.TrySetResult(card);
        return Task.CompletedTask;
    }

    public Task WhisperAsync(PersonId person, string channel, string? threadId, Card card, CancellationToken ct) => throw new NotSupportedException();

    public Task<MessageReference> PostAsync(Place place, Card card, string cardKey, CancellationToken ct) => throw new NotSupportedException();

    public Task UpdateAsync(MessageReference message, Card card, CancellationToken ct) => throw new NotSupportedException();

    public Task<MessageReference?> FindAsync(Place place, string cardKey, DateTimeOffset since, CancellationToken ct) => throw new NotSupportedException();

    public Task<string> OpenAsync(string triggerId, Dialog dialog, string externalId, CancellationToken ct) => throw new NotSupportedException();

    public Task<bool> UpdateDialogAsync(string viewId, Dialog dialog, CancellationToken ct) => throw new NotSupportedException();

    public Task PublishHomeAsync(PersonId person, Home home, CancellationToken ct) => throw new NotSupportedException();

    public Task<Uri?> LinkAsync(MessageReference message, CancellationToken ct) => throw new NotSupportedException();
}

/// <summary>Everything that was logged, rendered.</summary>
internal sealed class LogBook : ILoggerProvider, ILogger
{
    private readonly System.Collections.Concurrent.ConcurrentQueue<string> _lines = new();
    private readonly SemaphoreSlim _news = new(0);

    public string All => string.Join('\n', _lines);

    /// <summary>Waits until something is logged that holds these words.</summary>
    public async Task SaysAsync(string words, CancellationToken ct)
    {
        while (!All.Contains(words, StringComparison.Ordinal))
        {
            await _news.WaitAsync(ct).Patiently($"\"{words}\" in the log");
        }
    }

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        _lines.Enqueue($"{logLevel} {formatter(state, exception)} {exception}");
        _news.Release();
    }

    public void Dispose()
    {
        // Whoever logs last may do so after its factory is gone.
    }
}
