using System.CommandLine;
using DbChatOps.Host.Configuration;
using DbChatOps.Host.Flow;
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
            Description = "Where to listen, plain http; also as ASPNETCORE_URLS.",
            DefaultValueFactory = _ => Environment.GetEnvironmentVariable("ASPNETCORE_URLS") ?? "http://127.0.0.1:8080",
        };
        var command = new System.CommandLine.Command("serve", "Runs the bot. SIGHUP reads the configuration again, SIGTERM ends it in order.") { urls };
        command.SetAction(async (arguments, ct) =>
        {
            var address = arguments.GetRequiredValue(urls);
            if (WebFront.Refuse(address) is { } problem)
            {
                await Console.Error.WriteLineAsync(problem);
                return ExitCode.CouldNotRun;
            }

            return await RunAsync(arguments.GetRequiredValue(config).FullName, address, ct);
        });
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
            if (await EndingOnlyBot.FindSettingsAsync(configFile, ct) is not { } settings)
            {
                throw;
            }

            var reason = $"the configuration is invalid: {string.Join(" · ", fault.Problems)}";
            return await RunAsync(loader, settings, reason, urls, ct);
        }
    }

    private static async Task<int> RunAsync(SettingsLoader loader, Settings settings, string? endingOnlyBecause, string urls, CancellationToken ct)
    {
        var clock = new SteadyClock(TimeProvider.System);
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
                ? await Bot.CreateAsync(WebFront.Builder(urls), loader, settings, store, clock, ct)
                : await EndingOnlyBot.WithStoreAsync(WebFront.Builder(urls), settings, store, endingOnlyBecause, clock, ct);
            return await WebFront.RunAsync(app, urls, ct);
        }
        catch (LedgerUnavailableException fault)
        {
            await using var app = EndingOnlyBot.WithoutStore(WebFront.Builder(urls), settings, fault, clock);
            return await WebFront.RunAsync(app, urls, ct);
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
}
