using System.CommandLine;
using System.Text.Json;
using DbChatOps.Access;
using DbChatOps.Host.Configuration;
using DbChatOps.Host.Operations.CommandLine;
using DbChatOps.Ledger;

namespace DbChatOps.Host.Commands;

/// <summary><c>grants</c>: who has access now. Only reads, also beside a running <c>serve</c>. Findings are grants that are overdue.</summary>
public static class GrantsCommand
{
    public static System.CommandLine.Command Create(Option<FileInfo> config)
    {
        var all = new Option<bool>("--all") { Description = "Also grants that have ended (the newest 1,000)." };
        var json = new Option<bool>("--json") { Description = "One JSON object a line, as the ledger keeps it." };
        var command = new System.CommandLine.Command("grants", "Lists access: who, where, until when. Exit code 1 when something should be over and is not.") { all, json };
        command.SetAction(async (arguments, ct) =>
        {
            var file = arguments.GetRequiredValue(config).FullName;
            var settings = await OperatorSettings.LoadAsync(SettingsLoader.ForProcess(file), file, ct);
            await using var store = Beside.Open(settings, TimeProvider.System);
            var query = new SnapshotQuery { Kind = Grant.Kind, Open = arguments.GetValue(all) ? null : true, Limit = 1000 };
            IReadOnlyList<Grant> grants = [.. (await store.Ledger.FindAsync<Grant>(query, ct)).Select(stored => stored.State)];
            var lines = arguments.GetValue(json) ? grants.Select(grant => JsonSerializer.Serialize(grant, LedgerJson.Options)) : GrantTable.Of(grants);
            foreach (var line in lines)
            {
                Console.Out.WriteLine(line);
            }

            return grants.Any(GrantTable.IsOverdue) ? ExitCode.Findings : ExitCode.Fine;
        });
        return command;
    }
}
