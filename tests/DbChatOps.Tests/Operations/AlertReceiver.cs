using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using DbChatOps.Host.Operations.Alerts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Xunit;

namespace DbChatOps.Tests.Operations;

/// <summary>What listens at the other end of <c>Alerts.WebhookUrl</c>: a real HTTP server that can be told to say no.</summary>
internal sealed class AlertReceiver : IAsyncDisposable
{
    private readonly ConcurrentQueue<JsonObject> _received = new();
    private readonly WebApplication _app;

    private AlertReceiver(WebApplication app) => _app = app;

    /// <summary>Bodies that were taken, in order.</summary>
    public IReadOnlyList<JsonObject> Taken => [.. _received];

    /// <summary>What every delivery is answered with.</summary>
    public int Answer { get; set; } = StatusCodes.Status202Accepted;

    public int Refused { get; private set; }

    public AlertAddress Address => new() { Url = new Secret(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First() + "/hook") };

    public static async Task<AlertReceiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var app = builder.Build();
        var receiver = new AlertReceiver(app);
        app.MapPost("/hook", async (HttpRequest request) =>
        {
            var body = (await JsonNode.ParseAsync(request.Body))!.AsObject();
            if (receiver.Answer < 300)
            {
                receiver._received.Enqueue(body);
            }
            else
            {
                receiver.Refused++;
            }

            return Results.StatusCode(receiver.Answer);
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
        return receiver;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
