using System.CommandLine;
using DbChatOps.Host.Configuration;
using DbChatOps.Host.Engines.PostgreSql;
using DbChatOps.Host.Flow;
using DbChatOps.Host.Operations.CommandLine;
using DbChatOps.Targets;

namespace DbChatOps.Host.Commands;

/// <summary>
/// <c>check</c>: reads the configuration, looks at every server and prints what is missing with the statement that cures it.
/// Writes nothing. <c>--print-setup</c> prints the set-up SQL per server, connects to nothing and reads no secret.
/// </summary>
public static class CheckCommand
{
    public static System.CommandLine.Command Create(Option<FileInfo> config)
    {
        var printSetUp = new Option<bool>("--print-setup") { Description = "Print the SQL that prepares each server; connects to nothing and reads no secret." };
        var server = new Option<string?>("--server") { Description = "Only this server." };
        var command = new System.CommandLine.Command("check", "Looks at the configuration, the store and every server, and changes nothing.") { printSetUp, server };
        command.SetAction(async (arguments, ct) =>
        {
            var loader = SettingsLoader.ForProcess(arguments.GetRequiredValue(config).FullName);
            var prints = arguments.GetValue(printSetUp);
            var settings = prints ? await loader.LoadWithoutSecretsAsync(ct) : await loader.LoadAsync(ct);
            var only = arguments.GetValue(server);
            var servers = settings.Targets.Servers.Where(candidate => only is null || candidate.Id.Value == only).ToList();
            if (servers.Count == 0)
            {
                await Console.Error.WriteLineAsync(only is null ? "There is no server in the configuration." : Naming.UnknownServer(settings, only));
                return ExitCode.CouldNotRun;
            }

            if (prints)
            {
                return Print(settings, servers);
            }

            return await CheckAsync(settings, await ReadableSecrets.FindAsync(loader.Files, settings, ct), servers, TimeProvider.System, ct);
        });
        return command;
    }

    private static int Print(Settings settings, IReadOnlyList<Server> servers)
    {
        foreach (var server in servers)
        {
            Console.Out.WriteLine(PostgreSqlSetUp.Render(server, TargetsOf(settings, server), settings.MaximumWindowOn(server.Id)));
        }

        return ExitCode.Fine;
    }

    private static async Task<int> CheckAsync(Settings settings, IReadOnlyList<string> readable, IReadOnlyList<Server> servers, TimeProvider clock, CancellationToken ct)
    {
        foreach (var warning in settings.Warnings.Concat(readable))
        {
            Console.Out.WriteLine($"WARNING  configuration: {warning}");
        }

        await using var store = StoreLook.At(settings, clock);
        Console.Out.WriteLine($"{store.Severity.ToString().ToUpperInvariant(),-8} store: {store.Said}");
        var pins = new IdentityPins(store.Store?.Ledger, clock);
        await using var engine = new PostgreSqlLoginEngine(clock, settings.Instance.Key, new PostgreSqlEngineOptions());
        FindingSeverity[] before = [store.Severity, settings.Warnings.Count + readable.Count > 0 ? FindingSeverity.Warning : FindingSeverity.Note];
        var worst = before.Max();
        var unreachable = false;
        var known = await pins.KnownAsync(ct);
        foreach (var server in servers)
        {
            try
            {
                var inspection = await engine.InspectAsync(server, TargetsOf(settings, server), ct);
                foreach (var line in CheckReport.Of(server, TargetsOf(settings, server), inspection))
                {
                    Console.Out.WriteLine(line);
                }

                if (store.Store?.Ledger is { } ledger && await RestoreWatch.FindAsync(engine, ledger, server, ct) is { } restored)
                {
                    worst = FindingSeverity.Error;
                    Console.Out.WriteLine($"  ERROR    store_restored: {RestoreWatch.Sentence(server.Id, restored)}");
                }

                known[server.Id] = inspection.Identity.SystemIdentifier;
                var (fits, said) = await pins.CompareAsync(server.Id, inspection.Identity, ct);
                Console.Out.WriteLine($"  {(fits ? "NOTE    " : "ERROR   ")} pin: {said}");
                worst = fits ? worst : FindingSeverity.Error;
                worst = inspection.Findings.Select(finding => finding.Severity).Append(worst).Max();
            }
            catch (TargetUnavailableException fault)
            {
                unreachable = true;
                Console.Out.WriteLine($"{server.Id}: {fault.Message}");
            }
        }

        foreach (var server in servers.Where(server => known.ContainsKey(server.Id)))
        {
            foreach (var finding in SharedIdentity.Find(server, known[server.Id], known, settings.Targets))
            {
                worst = FindingSeverity.Error;
                Console.Out.WriteLine($"{server.Id}:");
                CheckReport.Lines(finding).ToList().ForEach(Console.Out.WriteLine);
            }
        }

        Console.Out.WriteLine(unreachable ? "Not every server could be checked." : worst == FindingSeverity.Note ? "All is well." : "There is something to do.");
        return unreachable ? ExitCode.CouldNotRun : worst == FindingSeverity.Note ? ExitCode.Fine : ExitCode.Findings;
    }

    private static IReadOnlyList<Target> TargetsOf(Settings settings, Server server) =>
        [.. settings.Targets.Targets.Where(target => target.Server == server.Id)];
}
