using DbChatOps.Chat;
using DbChatOps.Host.Configuration;
using DbChatOps.Host.Flow;
using DbChatOps.Host.Operations;
using DbChatOps.Host.Slack;
using DbChatOps.Host.Storage;
using DbChatOps.Ledger;
using DbChatOps.Playground;
using DbChatOps.Playground.Demo;
using DbChatOps.Playground.Driving;
using DbChatOps.Targets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DbChatOps.Benchmarks;

/// <summary>The whole bot in this process, with its real pulse, in front of real PostgreSQL servers (with fsync) and the look-alike.</summary>
internal sealed class BenchRig : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dbchatops-bench-").FullName;
    private WebApplication _app = null!;
    private SqliteStore _store = null!;

    private BenchRig(PostgreSqlServers servers, SlackWorkspace slack, CancellationToken ct) =>
        (Servers, Slack, Driver) = (servers, slack, new SlackDriver(slack, ct));

    public PostgreSqlServers Servers { get; }

    public SlackWorkspace Slack { get; }

    public SlackDriver Driver { get; }

    /// <summary>Moves past the end of windows; the servers' clock follows in what the engine compares.</summary>
    public MovableClock Clock { get; } = new();

    public ILedger Ledger => _store.Ledger;

    public Decider Decider => _app.Services.GetRequiredService<Decider>();

    public Rules Rules => _app.Services.GetRequiredService<Func<Rules>>()();

    public static async Task<BenchRig> StartAsync(CancellationToken ct)
    {
        var servers = await PostgreSqlServers.StartAsync(ct);
        var slack = await SlackWorkspace.StartAsync(new SlackWorkspaceSettings { BotToken = "xoxb-bench", SigningSecret = BotConfiguration.NewSecret() }, ct);
        var rig = new BenchRig(servers, slack, ct);
        await rig.ServeAsync(ct);
        return rig;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
        await _store.DisposeAsync();
        await Slack.DisposeAsync();
        await Servers.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task ServeAsync(CancellationToken ct)
    {
        var configuration = new BotConfiguration
        {
            Workspace = Slack,
            Guarded = Servers,
            Folder = _folder,
            ListensOn = FreePort.Next(),
            ProductionPassword = BotConfiguration.NewSecret(),
            StagingPassword = BotConfiguration.NewSecret(),
        };
        await configuration.WriteAsync(ct);
        await GuardedServers.InstallAsync(Servers, SetUpScript(), configuration, ct);
        await MakeDurableAsync(ct);
        var loader = SettingsLoader.ForProcess(configuration.File);
        var settings = await loader.LoadAsync(ct);
        var servers = settings.Targets.Servers.Select(server => server with { MaximumLiveGrants = 2000, ServerTimeOffset = () => Clock.Offset });
        settings = settings with { Targets = new TargetBook([.. servers], settings.Targets.Targets) };

        _store = SqliteStore.Open(settings.Store.Path, Clock);
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls(configuration.Address.AbsoluteUri);
        builder.Logging.ClearProviders();
        var source = new SettingsSource(loader, settings);
        builder.Services.AddFlow(source, _store, Clock).AddChat(source);
        builder.Services.AddHostedService(provider => provider.GetRequiredService<Pulse>());
        _app = builder.Build();
        _app.MapSlack();
        await _app.Services.GetRequiredService<SlackPlatform>().ConnectAsync(ct);
        await _app.Services.GetRequiredService<Surveys>().LookAsync(ct);
        await _app.StartAsync(ct);
        Slack.Bot.Address = configuration.Address;
    }

    /// <summary>The demo's servers forget everything when the machine stops; what is measured must wait for the disk, as production does.</summary>
    private async Task MakeDurableAsync(CancellationToken ct)
    {
        foreach (var server in new[] { Servers.Production, Servers.Standby, Servers.Staging })
        {
            await server.PsqlAsync("postgres", "ALTER SYSTEM SET fsync = on;", ct);
            await server.PsqlAsync("postgres", "SELECT pg_reload_conf();", ct);
            while ((await server.PsqlAsync("postgres", "SHOW fsync;", ct)).Trim() != "on")
            {
                await Task.Delay(20, ct);
            }
        }
    }

    private static string SetUpScript()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "deploy/targets/postgresql.sql")))
        {
            folder = folder.Parent;
        }

        return Path.Combine((folder ?? throw new InvalidOperationException("Run it inside the checkout.")).FullName, "deploy/targets/postgresql.sql");
    }
}

/// <summary>The real clock plus an offset; the only way to see a thousand windows end at once without waiting for them.</summary>
internal sealed class MovableClock : TimeProvider
{
    private long _offset;

    public TimeSpan Offset => TimeSpan.FromTicks(Interlocked.Read(ref _offset));

    public void Advance(TimeSpan by) => Interlocked.Add(ref _offset, by.Ticks);

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Offset;
}
