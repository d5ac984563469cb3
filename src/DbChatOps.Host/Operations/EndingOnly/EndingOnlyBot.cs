using DbChatOps.Chat;
using DbChatOps.Host.Configuration;
using DbChatOps.Host.Flow;
using DbChatOps.Host.Operations.Alerts;
using DbChatOps.Host.Operations.CommandLine;
using DbChatOps.Host.Slack;
using DbChatOps.Host.Storage;
using DbChatOps.Ledger;
using DbChatOps.Policies;
using DbChatOps.Targets;

namespace DbChatOps.Host.Operations.EndingOnly;

/// <summary>
/// The bot when it may only end access: the configuration is unusable (then the servers are those of the last good one), or the store is. With a
/// store the flow runs as ever and refuses everything else; without one only what is over by the servers' own word is ended.
/// </summary>
public static class EndingOnlyBot
{
    /// <summary>The alert of a bot that runs on the last good targets.</summary>
    public const string AlarmKey = "ending_only:configuration";

    /// <summary>The flow on the store, without chat: expiries, what was ending already, and what the operator asks by command line.</summary>
    public static async Task<WebApplication> WithStoreAsync(
        WebApplicationBuilder builder, Settings settings, SqliteStore store, string reason, TimeProvider clock, CancellationToken ct)
    {
        var source = Services(builder, settings);
        builder.Services.AddFlow(source, store, clock)
            .AddSingleton<Func<Rules>>(() => Composition.RulesOf(settings) with { EndingOnlyBecause = reason })
            .AddSingleton<ILaneWorker, EngineLane>()
            .AddSingleton<ILaneWorker, DispatchLane>()
            .AddSingleton<ILaneWorker, AlertLane>()
            .AddSingleton<ILaneWorker>(new ParkedLanes(Lanes.ChatPrefix, clock))
            .AddSingleton<ILaneWorker>(new ParkedLanes(Lanes.HandOverPrefix, clock))
            .AddSingleton<ILaneWorker>(new ParkedLanes(Lanes.Homes, clock))
            .AddSingleton<Agenda>()
            .AddSingleton<Pulse>()
            .AddHostedService(provider => provider.GetRequiredService<Pulse>())
            .AddHostedService(provider => provider.GetRequiredService<HeldConnections>())
            .AddHostedService(provider => provider.GetRequiredService<SelfCheck>())
            .AddHostedService(provider => provider.GetRequiredService<OperatorDesk>())
            .AddHostedService(ExpiryWatch.Beside);
        var app = Build(builder, reason);
        await app.Services.GetRequiredService<Alarms>().RaiseAsync(AlarmKey, "configuration", $"DbChatOps only ends access: {reason}", ct);
        return app;
    }

    /// <summary>No store: only <see cref="EndExpired"/>, until somebody cures it and restarts.</summary>
    public static WebApplication WithoutStore(WebApplicationBuilder builder, Settings settings, LedgerUnavailableException why, TimeProvider clock)
    {
        var source = Services(builder, settings);
        builder.Services.AddEnding(source, clock)
            .AddSingleton<Func<Rules>>(() => Composition.RulesOf(settings) with { EndingOnlyBecause = why.Message })
            .AddHostedService(provider => new HeldConnections(
                (server, _) => Task.FromResult(provider.GetRequiredService<EndExpired>().IsOwed(server.Id)),
                provider.GetRequiredService<ILoginEngine>(),
                provider.GetRequiredService<Func<Rules>>(),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<HeldConnections>>()))
            .AddHostedService(provider => ExpiryWatch.Without(why, provider));
        return Build(builder, why.Message);
    }

    /// <summary>What was kept beside the store of a configuration that cannot be used; null when there is nothing, or its key cannot be had.</summary>
    public static async Task<Settings?> FindSettingsAsync(string configFile, CancellationToken ct)
    {
        var environment = Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>()
            .ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? "", StringComparer.Ordinal);
        if (await StoreFinding.FindAsync(configFile, environment, ct) is not { } storePath || await LastGood.ReadAsync(storePath, ct) is not { } lastGood)
        {
            return null;
        }

        try
        {
            return await SettingsOfAsync(lastGood, storePath, ct);
        }
        catch (SecretUnavailableException)
        {
            return null;
        }
    }

    /// <summary>Settings that know servers and nothing else: nobody may ask, nobody may approve.</summary>
    private static async Task<Settings> SettingsOfAsync(LastGood lastGood, string storePath, CancellationToken ct) => new()
    {
        Instance = new InstanceSettings { Id = "ending-only", Key = await lastGood.InstanceKey.ReadAsync(ct), KeySource = lastGood.InstanceKey },
        SlackMode = SlackMode.Http,
        Slack = new SlackSettings { BotToken = new Secret(""), SigningSecret = new Secret(""), AppId = "", TeamIds = [] },
        Security = new SecuritySettings { AcceptChatOnly = false, CutOffGroups = [] },
        Store = new StoreSettings { ConnectionString = new Secret(""), Path = storePath },
        Targets = new TargetBook(lastGood.Servers, []),
        Policies = new PolicyBook([], [], People.Unlinked),
        MinterSources = lastGood.Minters,
        AlertWebhookUrl = lastGood.Alerts.Url is { } url ? await url.ReadAsync(ct) : null,
        AlertRoutingKey = lastGood.Alerts.RoutingKey is { } key ? await key.ReadAsync(ct) : null,
        AlertSources = lastGood.Alerts,
        SectionHashes = new Dictionary<string, string>(StringComparer.Ordinal),
        Warnings = [],
    };

    private static SettingsSource Services(WebApplicationBuilder builder, Settings settings)
    {
        // Never reloaded: the cure is a restart with a configuration that loads.
        var source = new SettingsSource(new SettingsLoader("", []), settings);
        builder.Services.AddSingleton<IDirectory, NoDirectory>().AddSingleton(new Readiness { IsReady = true });
        return source;
    }

    private static WebApplication Build(WebApplicationBuilder builder, string reason)
    {
        var app = builder.Build();
        app.Services.GetRequiredService<Health>().Degrade("ending-only", $"ending-only: {reason}");
        app.Logger.EndingOnly(reason);
        app.MapNothingDone().MapHealth();
        return app;
    }
}
