using System.CommandLine;
using DbChatOps.Host.Configuration;
using DbChatOps.Host.Operations;
using DbChatOps.Host.Operations.EndingOnly;
using DbChatOps.Host.Storage;
using DbChatOps.Ledger;

namespace DbChatOps.Host.Commands;

/// <summary>
/// <c>serve</c>: runs the bot until it is told to stop. With an unusable configuration or store it still ends access, and says so.
/// </summary>
public static class ServeCommand
{
    public static System.CommandLine.Command Create(Option<FileInfo> config)
    {
        var urls = new Option<string>("--urls")
        {
            Description = "Where to listen; also as ASPNETCORE_URLS.",
            DefaultValueFactory = _ => Environment.GetEnvironmentVariable("ASPNETCORE_URLS") ?? "http://127.0.0.1:8080",
        };
        var command = new System.CommandLine.Command("serve", "Runs the bot. SIGHUP reads the configuration again, SIGTERM ends it in order.") { urls };
        command.SetAction((arguments, ct) => RunAsync(arguments.GetRequiredValue(config).FullName, arguments.GetRequiredValue(urls), ct));
        return command;
    }

    private static async Task<int> RunAsync(string configFile, string urls, CancellationToken ct)
    {
        var loader = SettingsLoader.ForProcess(configFile);
        try
        {
            return await RunAsync(loader, await loader.LoadAsync(ct), null, urls, ct);
        }
        catch (InvalidSettingsException fault)
        {
            var environment = Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>()
                .ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? "", StringComparer.Ordinal);
            if (await StoreFinding.FindAsync(configFile, environment, ct) is not { } storePath || await LastGood.ReadAsync(storePath, ct) is not { } lastGood)
            {
                throw;
            }

            var reason = $"the configuration is invalid: {string.Join(" · ", fault.Problems)}";
            return await RunAsync(loader, await EndingOnlyBot.SettingsOfAsync(lastGood, storePath, ct), reason, urls, ct);
        }
    }

    private static async Task<int> RunAsync(SettingsLoader loader, Settings settings, string? endingOnlyBecause, string urls, CancellationToken ct)
    {
        var clock = TimeProvider.System;
        SqliteStore? store = null;
        StoreLock? hold = null;
        try
        {
            hold = TakeLock(settings.Store.Path, clock, out var heldBy);
            if (hold is null)
            {
                await Console.Error.WriteLineAsync($"The store {settings.Store.Path} is in use by {heldBy}. Only one bot may work on it.");
                return ExitCode.CouldNotRun;
            }

            store = SqliteStore.Open(settings.Store.Path, clock);
            await store.Agenda.VoidClaimsAsync(ct);
            await using var app = endingOnlyBecause is null
                ? await Bot.CreateAsync(Builder(urls), loader, settings, store, clock, ct)
                : await EndingOnlyBot.WithStoreAsync(Builder(urls), settings, store, endingOnlyBecause, clock, ct);
            await app.RunAsync(ct);
            return ExitCode.Fine;
        }
        catch (LedgerUnavailableException fault)
        {
            await using var app = EndingOnlyBot.WithoutStore(Builder(urls), settings, fault, clock);
            await app.RunAsync(ct);
            return ExitCode.Fine;
        }
        finally
        {
            if (store is not null)
            {
                await store.DisposeAsync();
            }

            hold?.Dispose();
        }
    }

    private static StoreLock? TakeLock(string path, TimeProvider clock, out string? heldBy)
    {
        try
        {
            return Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(path)))
                ? StoreLock.TryTake(path, clock, out heldBy)
                : throw new LedgerUnavailableException($"The folder of the store {path} is not there.");
        }
        catch (UnauthorizedAccessException fault)
        {
            throw new LedgerUnavailableException($"The folder of the store {path} cannot be written.", fault);
        }
    }

    private static WebApplicationBuilder Builder(string urls)
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { Args = [] });
        builder.WebHost.UseUrls(urls);
        builder.Logging.UseStructuredConsole();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(15));
        return builder;
    }
}
