using DbChatOps.Configurations;
using DbChatOps.Host.Configuration;
using DbChatOps.Host.Flow;
using DbChatOps.Host.Operations.CommandLine;
using DbChatOps.Host.Operations.EndingOnly;
using DbChatOps.Host.Slack;
using DbChatOps.Host.Slack.Socket;
using DbChatOps.Host.Storage;
using DbChatOps.Ledger;
using DbChatOps.Policies;

namespace DbChatOps.Host.Operations;

/// <summary>The whole bot, ready to run on a store whose lock is held.</summary>
public static class Bot
{
    public static async Task<WebApplication> CreateAsync(
        WebApplicationBuilder builder, SettingsLoader loader, Settings configured, SqliteStore store, TimeProvider clock, CancellationToken ct)
    {
        var lastGood = await LastGood.ReadAsync(configured.Store.Path, ct);
        var (settings, flags) = await OwedServers.KeepAsync(configured, lastGood, store.Ledger, ct);
        var source = new SettingsSource(loader, settings);
        builder.Services.AddFlow(source, store, clock).AddChat(source).AddSingleton<Readiness>();
        builder.Services
            .AddHostedService<TakeUp>()
            .AddHostedService(provider => provider.GetRequiredService<Pulse>())
            .AddHostedService(provider => provider.GetRequiredService<Surveys>())
            .AddHostedService(provider => provider.GetRequiredService<OperatorDesk>())
            .AddHostedService(provider => provider.GetRequiredService<Reconciler>())
            .AddHostedService(provider => provider.GetRequiredService<HeldConnections>())
            .AddHostedService(provider => provider.GetRequiredService<SessionWatch>())
            .AddHostedService(provider => provider.GetRequiredService<SelfCheck>())
            .AddHostedService(provider => provider.GetRequiredService<PeopleWatch>())
            .AddHostedService(provider => provider.GetRequiredService<TokenWatch>())
            .AddHostedService(provider => provider.GetRequiredService<Reload>())
            .AddHostedService(ExpiryWatch.Beside);

        var isSocket = settings.SlackMode == SlackMode.Socket;
        if (isSocket)
        {
            builder.Services.AddHostedService(provider => provider.GetRequiredService<SocketMode>());
        }

        var app = builder.Build();
        if (!isSocket)
        {
            app.MapSlack();
            app.Services.GetRequiredService<WayIn>().Opened();
        }

        app.MapHealth();
        await RecordAsync(app, settings, flags, ct);
        app.Logger.ConfigurationRead(Release.Version, settings.Targets.Targets.Count, settings.Targets.Servers.Count);
        return app;
    }

    /// <summary>What is in force is in the ledger, and what ending needs of it beside the store, before anybody is served.</summary>
    private static async Task RecordAsync(WebApplication app, Settings settings, IReadOnlyList<string> flags, CancellationToken ct)
    {
        var (services, log) = (app.Services, app.Logger);
        foreach (var warning in settings.Warnings)
        {
            log.ConfigurationWarning(warning);
        }

        foreach (var flag in flags)
        {
            log.OwedServer(flag);
            services.GetRequiredService<Health>().Degrade(flag, flag);
        }

        await services.GetRequiredService<Alarms>().ResolveAsync(EndingOnlyBot.AlarmKey, ct);
        await services.GetRequiredService<Spool>().IngestAsync(services.GetRequiredService<ILedger>(), ct);
        var noted = new NoteConfiguration(settings.SectionHashes, services.GetRequiredService<Func<Rules>>()().AuditChannel);
        (await services.GetRequiredService<Decider>().DecideAsync(noted, Principal.Bot, null, ct)).OrThrow();
        await Reload.KeepAsync(settings, log, ct);
    }
}
