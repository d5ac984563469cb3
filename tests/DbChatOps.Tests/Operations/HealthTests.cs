using System.Net;
using DbChatOps.Host.Configuration;
using DbChatOps.Host.Flow;
using DbChatOps.Host.Operations;
using DbChatOps.Tests.Configuration;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Operations;

/// <summary>What a load balancer and an operator read.</summary>
public sealed class HealthTests : IAsyncLifetime
{
    private readonly SettingsFolder _folder = new();
    private readonly Readiness _readiness = new();
    private readonly Health _health = new();
    private WebApplication? _app;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var loader = SettingsLoader.ForProcess(_folder.File);
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(_readiness).AddSingleton(_health).AddSingleton(new SettingsSource(loader, await loader.LoadAsync(Ct)));
        _app = builder.Build();
        _app.MapHealth();
        await _app.StartAsync(Ct);
    }

    [Fact]
    public async Task While_it_starts_it_lives_and_is_not_ready()
    {
        (await GetAsync("live")).ShouldBe((HttpStatusCode.OK, "live"));
        (await GetAsync("ready")).ShouldBe((HttpStatusCode.ServiceUnavailable, "starting"));

        _health.Degrade("chat", "Slack cannot be reached");
        (await GetAsync("ready")).ShouldBe((HttpStatusCode.ServiceUnavailable, "starting\nSlack cannot be reached"));
    }

    [Fact]
    public async Task Ready_and_degraded_both_receive_what_they_can()
    {
        _readiness.IsReady = true;
        (await GetAsync("ready")).ShouldBe((HttpStatusCode.OK, "ready"));

        _health.Degrade("server", "orders cannot be reached");
        (await GetAsync("ready")).ShouldBe((HttpStatusCode.OK, "degraded\norders cannot be reached"));
        (await GetAsync("live")).ShouldBe((HttpStatusCode.OK, "live"));
    }

    public async ValueTask DisposeAsync()
    {
        await _app!.DisposeAsync();
        _folder.Dispose();
    }

    private async Task<(HttpStatusCode Status, string Text)> GetAsync(string what)
    {
        using var http = new HttpClient();
        var answer = await http.GetAsync(new Uri($"{_app!.Urls.First()}/healthz/{what}"), Ct);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Ct));
    }
}
