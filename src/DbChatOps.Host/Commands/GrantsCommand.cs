using System.CommandLine;
using System.Text.Json;
using DbChatOps.Access;
using DbChatOps.Host.Configuration;
using DbChatOps.Host.Flow;
using DbChatOps.Host.Operations.CommandLine;
using DbChatOps.Ledger;

namespace DbChatOps.Host.Commands;

/// <summary>
/// <c>grants</c>: who has access now. Only reads, also beside a running <c>serve</c>; the table shows too what somebody locked on a server by hand.
/// Findings are those, grants that are overdue, and servers that are newer than the store.
/// </summary>
public static class GrantsCommand
{
    public static System.CommandLine.Command Create(Option<FileInfo> config)
    {
        var all = new Option<bool>("--all") { Description = "Also grants that have ended (the newest 1,000)." };
        var json = new Option<bool>("--json") { Description = "One JSON object a line, as the ledger keeps it." };
        var command = new System.CommandLine.Command("grants", "Lists access: who, where, until when. Exit code 1 when something should be over and is not, was locked on its server by somebody else, or when the store is older than a server.") { all, json };
        command.SetAction(async (arguments, ct) =>
        {
            var file = arguments.GetRequiredValue(config).FullName;
            var (loader, clock) = (SettingsLoader.ForProcess(file), TimeProvider.System);
            var settings = await OperatorSettings.LoadAsync(loader, file, ct);
            await using var store = Beside.Open(settings, clock);
            var query = new SnapshotQuery { Kind = Grant.Kind, Open = arguments.GetValue(all) ? null : true, Limit = 1000 };
            IReadOnlyList<Grant> grants = [.. (await store.Ledger.FindAsync<Grant>(query, ct)).Select(stored => stored.State)];
            var asJson = arguments.GetValue(json);
            var findings = asJson || !grants.Any(IsLive) ? [] : await Beside.CompareAsync(loader, settings, store, clock, ct);
            var restored = asJson ? [] : await RestoreWatch.UnconfirmedAsync(store.Ledger, ct);
            var locked = findings.Where(static finding => finding.Kind == ReconcileKind.LockedElsewhere).Select(static finding => finding.Login).OfType<string>().ToHashSet(StringComparer.Ordinal);
            var lines = asJson ? grants.Select(grant => JsonSerializer.Serialize(grant, LedgerJson.Options)) : GrantTable.Of(grants, locked);
            foreach (var line in lines)
            {
                Console.Out.WriteLine(line);
            }

            foreach (var unseen in findings.Where(static finding => finding.Kind == ReconcileKind.ServerUnreachable))
            {
                await Console.Error.WriteLineAsync($"Not looked at: {unseen.Server}, {unseen.Message}");
            }

            foreach (var (server, found) in restored)
            {
                Console.Out.WriteLine(RestoreWatch.Sentence(server, found));
            }


            return locked.Count > 0 || restored.Count > 0 || grants.Any(GrantTable.IsOverdue) ? ExitCode.Findings : ExitCode.Fine;
        });
        return command;
    }

    private static bool IsLive(Grant grant) => grant.State is GrantState.Ready or GrantState.Active;
}
