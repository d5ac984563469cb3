using System.CommandLine;
using System.Globalization;
using DbChatOps.Access;
using DbChatOps.Chat;
using DbChatOps.Host.Configuration;
using DbChatOps.Host.Storage;
using DbChatOps.Ledger;

namespace DbChatOps.Host.Commands;

/// <summary><c>audit verify</c> and <c>audit export</c>: both only read, also beside a running <c>serve</c>.</summary>
public static class AuditCommand
{
    /// <summary>Every kind that an entry can have, without its version.</summary>
    private static readonly SortedSet<string> Kinds = new(LedgerVocabulary.Core.Events.Keys.Select(kind => kind.Split('/')[0]), StringComparer.Ordinal);

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
        var subject = new Option<string?>("--subject") { Description = "One subject: a short name such as g-7k2m9qx4 or r-7k2m9qx4, or as the ledger writes it (grant:0190…)." };
        var kind = new Option<string?>("--kind") { Description = "One kind of event, such as grant.revoked." };
        kind.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } typed && !Kinds.Contains(typed) && !LedgerVocabulary.Core.Events.ContainsKey(typed))
            {
                var meant = Nearest.To(typed, Kinds) is { } nearest ? $"did you mean {nearest}?" : $"known are {string.Join(", ", Kinds)}.";
                result.AddError($"'{PlainText.Clean(typed, 60)}' is no kind of event; {meant}");
            }
        });
        var command = new System.CommandLine.Command("export", "Writes the ledger to standard output.") { format, since, until, subject, kind };
        command.SetAction(async (arguments, ct) =>
        {
            var named = await SubjectAsync(arguments.GetRequiredValue(config), arguments.GetValue(subject), ct);
            if (named.Problem is { } problem)
            {
                await Console.Error.WriteLineAsync(problem);
                return ExitCode.CouldNotRun;
            }

            await using var reader = await OpenAsync(arguments.GetRequiredValue(config), ct);
            var export = new AuditExport(reader, Console.Out);
            var filter = new EntryFilter
            {
                Since = arguments.GetValue(since),
                Until = arguments.GetValue(until),
                Subject = named.Subject,
                Kind = arguments.GetValue(kind),
            };
            try
            {
                await (arguments.GetValue(format) == "csv" ? export.WriteCsvAsync(filter, ct) : export.WriteJsonLinesAsync(filter, ct));
                return ExitCode.Fine;
            }
            catch (IOException fault)
            {
                await Console.Error.WriteLineAsync($"The export is not whole, standard output cannot be written: {fault.Message}");
                return ExitCode.CouldNotRun;
            }
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

    /// <summary>People write short names; the ledger writes whole ones.</summary>
    private static async Task<(string? Subject, string? Problem)> SubjectAsync(FileInfo config, string? typed, CancellationToken ct)
    {
        if (typed is null || typed.Contains(':', StringComparison.Ordinal))
        {
            return (typed, null);
        }

        var settings = await OperatorSettings.LoadAsync(SettingsLoader.ForProcess(config.FullName), config.FullName, ct);
        await using var store = Beside.Open(settings, TimeProvider.System);
        var handle = typed.Trim().ToLowerInvariant();
        if (handle.StartsWith("r-", StringComparison.Ordinal))
        {
            var requests = await store.Ledger.FindAsync<AccessRequest>(new SnapshotQuery { Kind = "request", Handle = handle, Limit = 1 }, ct);
            return requests is [var request, ..] ? (request.State.Subject.ToString(), null) : Unknown();
        }

        var grants = await store.Ledger.FindAsync<Grant>(new SnapshotQuery { Kind = Grant.Kind, Handle = handle, Limit = 1 }, ct);
        return grants is [var grant, ..] ? (grant.State.Subject.ToString(), null) : Unknown();

        (string?, string?) Unknown() => (null, $"The ledger has no '{PlainText.Clean(typed, 60)}'; write g-7k2m9qx4, r-7k2m9qx4 or grant:0190….");
    }

    private static async Task<ILedgerReader> OpenAsync(FileInfo config, CancellationToken ct)
    {
        var settings = await OperatorSettings.LoadAsync(SettingsLoader.ForProcess(config.FullName), config.FullName, ct);
        return File.Exists(settings.Store.Path)
            ? SqliteLedgerReader.Open(settings.Store.Path)
            : throw new LedgerUnavailableException($"There is no ledger at {settings.Store.Path} yet.");
    }
}
