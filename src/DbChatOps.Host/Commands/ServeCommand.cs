using System.CommandLine;
using DbChatOps.Host.Configuration;
using DbChatOps.Host.Desk;
using DbChatOps.Host.Flow;
using DbChatOps.Host.Operations;
using DbChatOps.Host.Slack;
using DbChatOps.Host.Storage;
using DbChatOps.Ledger;
using DbChatOps.Policies;

namespace DbChatOps.Host.Commands;

/// <summary><c>serve</c>: runs the bot until it is told to stop.</summary>
public static class ServeCommand
{
    public static System.CommandLine.Command Create(Option<FileInfo> config)
    {
        var urls = new Option<string>("--urls")
        {
            Description = "Where to listen; also as ASPNETCORE_URLS.",
            DefaultValueFactory = _ => Environment.GetEnvironmentVariable("ASPNETCORE_URLS") ?? "http://127.0.0.1:8080",
        };
        var command = new System.CommandLine.Command("serve", "Runs the bot.") { urls };
        command.SetAction((arguments, ct) => RunAsync(arguments.GetRequiredValue(config).FullName, arguments.GetRequiredValue(urls), ct));
        return command;
    }

    private static async Task<int> RunAsync(string configFile, string urls, CancellationToken ct)
    {
        var loader = SettingsLoader.ForProcess(configFile);
        var settings = await loader.LoadAsync(ct);
        using var source = new SettingsSource(loader, settings);
        var clock = TimeProvider.System;
        using var hold = StoreLock.TryTake(settings.Store.Path, clock, out var heldBy);
        if (hold is null)
        {
            await Console.Error.WriteLineAsync($"The store {settings.Store.Path} is in use by {heldBy}. Only one bot may work on it.");
            return ExitCode.CouldNotRun;
        }

        await using var store = SqliteStore.Open(settings.Store.Path, clock);
        await store.Agenda.VoidClaimsAsync(ct);

        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = [] });
        builder.WebHost.UseUrls(urls);
        builder.Logging.UseStructuredConsole();
        builder.Services.AddFlow(source, store, clock).AddChat(source).AddSingleton<Readiness>();
        builder.Services
            .AddHostedService(provider => provider.GetRequiredService<Surveys>())
            .AddHostedService<TakeUp>()
            .AddHostedService(provider => provider.GetRequiredService<Pulse>())
            .AddHostedService(provider => provider.GetRequiredService<Reconciler>())
            .AddHostedService(provider => provider.GetRequiredService<SessionWatch>())
            .AddHostedService(provider => provider.GetRequiredService<PeopleWatch>())
            .AddHostedService(provider => provider.GetRequiredService<SelfCheck>());
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(10));

        await using var app = builder.Build();
        app.MapSlack();
        app.MapHealth();
        foreach (var warning in settings.Warnings)
        {
            app.Logger.ConfigurationWarning(warning);
        }

        await RecordLoadAsync(store.Ledger, settings, clock, ct);
        app.Logger.Ready(settings.Targets.Targets.Count, settings.Targets.Servers.Count);
        await app.RunAsync(ct);
        return ExitCode.Fine;
    }

    private static Task<CommitOutcome> RecordLoadAsync(ILedger ledger, Settings settings, TimeProvider clock, CancellationToken ct)
    {
        var loaded = new ConfigurationLoaded { SectionHashes = settings.SectionHashes, Changes = [], By = PersonId.Bot, At = clock.GetUtcNow() };
        return ledger.CommitAsync(new Change { Entries = [loaded.ToDraft()] }, ct);
    }
}
