using System.CommandLine;
using System.Globalization;
using DbChatOps.Host.Configuration;
using DbChatOps.Host.Storage;
using DbChatOps.Ledger;

namespace DbChatOps.Host.Commands;

/// <summary><c>audit verify</c> and <c>audit export</c>: both only read, also beside a running <c>serve</c>.</summary>
public static class AuditCommand
{
    public static System.CommandLine.Command Create(Option<FileInfo> config) => new("audit", "Verifies and exports the ledger.")
    {
        Verify(config),
        Export(config),
    };

    private static System.CommandLine.Command Verify(Option<FileInfo> config)
    {
        var replay = new Option<bool>("--replay") { Description = "Also fold every aggregate's events and compare with its snapshot." };
        var command = new System.CommandLine.Command("verify", "Follows the hash chain and names the first bad entry.") { replay };
        command.SetAction(async (arguments, ct) =>
        {
            await using var reader = await OpenAsync(arguments.GetRequiredValue(config), ct);
            var findings = await new AuditVerify(reader, LedgerVocabulary.Core, Console.Out).RunAsync(arguments.GetValue(replay), ct);
            return findings == 0 ? ExitCode.Fine : ExitCode.Findings;
        });
        return command;
    }

    private static System.CommandLine.Command Export(Option<FileInfo> config)
    {
        var format = new Option<string>("--format") { Description = "jsonl or csv.", DefaultValueFactory = _ => "jsonl" };
        format.AcceptOnlyFromAmong("jsonl", "csv");
        var since = Moment("--since", "Entries at this moment or later, such as 2026-11-22T14:00Z.");
        var until = Moment("--until", "Entries before this moment.");
        var subject = new Option<string?>("--subject") { Description = "One subject, such as grant:0190…" };
        var kind = new Option<string?>("--kind") { Description = "One kind of event, such as grant.revoked." };
        var command = new System.CommandLine.Command("export", "Writes the ledger to standard output.") { format, since, until, subject, kind };
        command.SetAction(async (arguments, ct) =>
        {
            await using var reader = await OpenAsync(arguments.GetRequiredValue(config), ct);
            var export = new AuditExport(reader, Console.Out);
            var filter = new EntryFilter
            {
                Since = arguments.GetValue(since),
                Until = arguments.GetValue(until),
                Subject = arguments.GetValue(subject),
                Kind = arguments.GetValue(kind),
            };
            await (arguments.GetValue(format) == "csv" ? export.WriteCsvAsync(filter, ct) : export.WriteJsonLinesAsync(filter, ct));
            return ExitCode.Fine;
        });
        return command;
    }

    private static Option<DateTimeOffset?> Moment(string name, string description) => new(name)
    {
        Description = description,
        CustomParser = result =>
        {
            if (DateTimeOffset.TryParse(result.Tokens[0].Value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment))
            {
                return moment;
            }

            result.AddError($"'{result.Tokens[0].Value}' is not a moment; write 2026-11-22T14:00Z.");
            return null;
        },
    };

    private static async Task<ILedgerReader> OpenAsync(FileInfo config, CancellationToken ct)
    {
        var settings = await SettingsLoader.ForProcess(config.FullName).LoadAsync(ct);
        return File.Exists(settings.Store.Path)
            ? SqliteLedgerReader.Open(settings.Store.Path)
            : throw new LedgerUnavailableException($"There is no ledger at {settings.Store.Path} yet.");
    }
}
