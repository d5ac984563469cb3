using System.CommandLine;
using DbChatOps.Host.Configuration;
using DbChatOps.Host.Flow;
using DbChatOps.Host.Operations;
using DbChatOps.Host.Operations.CommandLine;
using DbChatOps.Host.Storage;
using DbChatOps.Ledger;
using DbChatOps.Targets;

namespace DbChatOps.Host.Commands;

/// <summary><c>reconcile</c>: compares the logins on every server with the grants in the ledger and corrects the difference; <c>--dry-run</c> only looks.</summary>
public static class ReconcileCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(300);

    public static System.CommandLine.Command Create(Option<FileInfo> config)
    {
        var dryRun = new Option<bool>("--dry-run") { Description = "Only say what differs; nothing is ended." };
        var command = new System.CommandLine.Command("reconcile", "Compares logins on every server with grants in the ledger, and ends what nobody is owed. Exit code 1 when something differed.") { dryRun };
        command.SetAction(async (arguments, ct) =>
        {
            var file = arguments.GetRequiredValue(config).FullName;
            var loader = SettingsLoader.ForProcess(file);
            var settings = await OperatorSettings.LoadAsync(loader, file, ct);
            var clock = TimeProvider.System;
            if (arguments.GetValue(dryRun))
            {
                return await LookAsync(loader, settings, clock, ct);
            }

            await using var flow = await OperatorFlow.TryTakeAsync(loader, settings, clock, ct);
            return flow is null
                ? await AskAsync(settings, clock, ct)
                : Report([.. (await flow.Get<Reconciler>().LookAsync(ct)).Select(finding => $"{finding.Server}: {finding.Message}")]);
        });
        return command;
    }

    /// <summary>Reads only, so it needs no lock and disturbs nobody.</summary>
    private static async Task<int> LookAsync(SettingsLoader loader, Settings settings, TimeProvider clock, CancellationToken ct)
    {
        await using var store = Beside.Open(settings, clock);
        var findings = await Beside.CompareAsync(loader, settings, store, clock, ct);
        return Report([.. findings.Select(finding => $"{finding.Server}: {finding.Message}")]);
    }

    private static async Task<int> AskAsync(Settings settings, TimeProvider clock, CancellationToken ct)
    {
        Console.Out.WriteLine("Asking the running bot…");
        await using var store = Beside.Open(settings, clock);
        var request = new OperatorRequest.Reconcile().ToDelivery(Operator.Here.Id, clock.GetUtcNow());
        await store.Inbox.AcceptAsync(request, ct);
        var deadline = clock.GetUtcNow() + Patience;
        while (clock.GetUtcNow() < deadline)
        {
            await using (var reader = SqliteLedgerReader.Open(settings.Store.Path))
            {
                await foreach (var entry in reader.ReadEntriesAsync(new EntryFilter { Subject = $"reconcile:{request.Key}" }, ct))
                {
                    if (entry.Body is { } body && LedgerJson.ReadEvent(entry.Kind, body) is Reconciled ran)
                    {
                        return Report(ran.Findings);
                    }
                }
            }

            await Task.Delay(BetweenLooks, clock, ct);
        }

        await Console.Error.WriteLineAsync($"The bot did not answer within {Patience.TotalSeconds} s; its log says why.");
        return ExitCode.CouldNotRun;
    }

    private static int Report(IReadOnlyList<string> findings)
    {
        foreach (var finding in findings)
        {
            Console.Out.WriteLine(finding);
        }

        Console.Out.WriteLine(findings.Count == 0 ? "Servers and ledger agree." : $"{findings.Count} difference(s).");
        return findings.Count == 0 ? ExitCode.Fine : ExitCode.Findings;
    }
}
