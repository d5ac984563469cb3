using System.Collections.Concurrent;
using DbChatOps.Host.Slack;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;
using Xunit;

namespace DbChatOps.Tests.Slack;

/// <summary>A small Web API that answers what a test tells it to and remembers what it was asked.</summary>
internal sealed class FakeSlack : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HttpClient _http = SlackWebApi.CreateClient();
    private readonly ILoggerFactory _logging;

    private FakeSlack(WebApplication app)
    {
        _app = app;
        _logging = LoggerFactory.Create(builder => builder.AddProvider(Log).SetMinimumLevel(LogLevel.Trace));
        Settings = SlackWorld.Settings(new Uri(app.Urls.Single() + "/api/"));
    }

    public SlackSettings Settings { get; set; }

    /// <summary>Put in place of the configured one, as a reload does.</summary>
    public Secret? Token { get; set; }

    public StoppedClock Clock { get; } = new(SlackWorld.Now);

    public LogBook Log { get; } = new();

    public ConcurrentQueue<Asked> Calls { get; } = new();

    /// <summary>Null lets the default sample answer.</summary>
    public Func<HttpContext, Asked, Task<bool>> Answer { get; set; } = (_, _) => Task.FromResult(false);

    public SlackWebApi Api => new(_http, Settings, () => Token ?? Settings.BotToken, Clock, _logging.CreateLogger<SlackWebApi>());

    public SlackPlatform Platform => new(Api, Settings, new ChannelPace(Clock), _logging.CreateLogger<SlackPlatform>());

    public static async Task<FakeSlack> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        FakeSlack? slack = null;
        // Every verb: a call that was turned into another must be seen.
        app.Map("/{**path}", http => slack!.AnswerAsync(http));
        await app.StartAsync(TestContext.Current.CancellationToken);
        return slack = new FakeSlack(app);
    }

    /// <summary>Answers every call with one status and text.</summary>
    public void Says(int status, string body, string type = "application/json", string? retryAfter = null) => Answer = async (http, _) =>
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = type;
        if (retryAfter is not null)
        {
            http.Response.Headers.RetryAfter = retryAfter;
        }

        await http.Response.WriteAsync(body);
        return true;
    };

    public Task<System.Text.Json.JsonElement> CallAsync(string method, params KeyValuePair<string, string>[] arguments) =>
        Api.CallAsync(method, arguments, TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        _logging.Dispose();
        await _app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body);
        var body = await reader.ReadToEndAsync();
        var method = http.Request.Path.Value!.Split('/')[^1];
        var form = http.Request.ContentType?.StartsWith("application/x-www-form-urlencoded", StringComparison.Ordinal) == true
            ? QueryHelpers.ParseQuery(body).ToDictionary(field => field.Key, field => field.Value.ToString(), StringComparer.Ordinal)
            : [];
        var asked = new Asked(method, form, body, http.Request.Headers.Authorization.ToString());
        Calls.Enqueue(asked);
        if (!await Answer(http, asked))
        {
            http.Response.ContentType = "application/json";
            await http.Response.WriteAsync(Sample.Json("webapi-success")[method]?.ToJsonString() ?? "{\"ok\":true}");
        }
    }
}

internal sealed record Asked(string Method, IReadOnlyDictionary<string, string> Form, string Body, string Authorization);
