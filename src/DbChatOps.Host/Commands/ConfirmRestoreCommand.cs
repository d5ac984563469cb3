using System.CommandLine;
using System.Globalization;
using DbChatOps.Chat;
using DbChatOps.Host.Configuration;
using DbChatOps.Host.Flow;
using DbChatOps.Host.Operations.CommandLine;
using DbChatOps.Host.Storage;
using DbChatOps.Ledger;
using DbChatOps.Targets;

namespace DbChatOps.Host.Commands;

/// <summary>
/// <c>confirm-restore</c>: prints which servers are newer than the ledger, and with a reason lets the bot grant on them again. A running bot is asked through its
/// inbox and does it; without one this process looks at the servers and decides itself.
/// </summary>
public static class ConfirmRestoreCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(300);

    public static System.CommandLine.Command Create(Option<FileInfo> config)
    {
        var server = new Option<string?>("--server") { Description = "Only this server, by its Id in the configuration." };
        var reason = new Option<string?>("--reason") { Description = "Why the store is older, for the record; without it the command asks." };
        var command = new System.CommandLine.Command("confirm-restore", "After the store was restored or lost: says which servers are newer than it, and lets the bot grant there again. Exit code 1 when something is still unconfirmed.")
        {
            server, reason,
        };
        command.SetAction(async (arguments, ct) =>
        {
            var loader = SettingsLoader.ForProcess(arguments.GetRequiredValue(config).FullName);
            var settings = await loader.LoadAsync(ct);
            var only = arguments.GetValue(server);
            if (only is not null && settings.Targets.Server(new ServerId(only)) is null)
            {
                await Console.Error.WriteLineAsync(Naming.UnknownServer(settings, only));
                return ExitCode.CouldNotRun;
            }

            return await RunAsync(loader, settings, only, () => arguments.GetValue(reason) ?? Ask(), TimeProvider.System, ct);
        });
        return command;
    }

    private static string Ask()
    {
        Console.Out.Write("Was the store restored or lost on purpose? Say why, for the record (empty: leave it): ");
        return Console.In.ReadLine() ?? "";
    }

    private static async Task<int> RunAsync(SettingsLoader loader, Settings settings, string? only, Func<string> reason, TimeProvider clock, CancellationToken ct)
    {
        await using var flow = await OperatorFlow.TryTakeAsync(loader, settings, clock, ct);
        await using var beside = Beside.Open(settings, clock);
        var unseen = flow is null ? 0 : await LookAsync(flow, settings, only, ct);
        var restored = await FindAsync(beside.Ledger, only, ct);
        foreach (var record in restored)
        {
            Console.Out.WriteLine(RestoreWatch.Sentence(record.Server, record.Found));
        }

        if (restored.Count == 0)
        {
            Console.Out.WriteLine("Nothing is to be confirmed: the ledger knows the newest logins.");
            return unseen > 0 ? ExitCode.CouldNotRun : ExitCode.Fine;
        }

        var because = PlainText.Clean(reason(), 300);
        if (because.Length == 0)
        {
            await Console.Error.WriteLineAsync("Nothing was confirmed: say why with --reason.");
            return ExitCode.Findings;
        }

        IReadOnlyList<OperatorRequest.ConfirmRestore> confirms = [.. restored.Select(record => new OperatorRequest.ConfirmRestore(record.Server, record.Found.Number, because))];
        var left = flow is null ? await AskAsync(beside, confirms, only, clock, ct) : await ConfirmAsync(flow, confirms, ct);
        if (left > 0)
        {
            await Console.Error.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{left} server(s) are still unconfirmed; run the command again, or look at the bot's log."));
            return ExitCode.Findings;
        }

        Console.Out.WriteLine("Confirmed. The bot grants there again; names of logins that were made before stay used for ever.");
        return unseen > 0 ? ExitCode.CouldNotRun : ExitCode.Fine;
    }

    /// <summary>Without a running bot nobody has compared yet. Returns how many servers could not be looked at.</summary>
    private static async Task<int> LookAsync(OperatorFlow flow, Settings settings, string? only, CancellationToken ct)
    {
        var unseen = 0;
        foreach (var server in settings.Targets.Servers.Where(server => only is null || server.Id.Value == only))
        {
            try
            {
                await flow.Get<RestoreWatch>().CompareAsync(server, ct);
            }
            catch (TargetUnavailableException fault)
            {
                unseen++;
                await Console.Error.WriteLineAsync($"Not looked at: {server.Id}, {fault.Message}");
            }
        }

        return unseen;
    }

    private static async Task<IReadOnlyList<(ServerId Server, RestoredStore Found)>> FindAsync(ILedger ledger, string? only, CancellationToken ct) =>
        [.. (await RestoreWatch.UnconfirmedAsync(ledger, ct)).Where(pair => only is null || pair.Server.Value == only)];

    private static async Task<int> ConfirmAsync(OperatorFlow flow, IReadOnlyList<OperatorRequest.ConfirmRestore> confirms, CancellationToken ct)
    {
        var left = 0;
        foreach (var confirm in confirms)
        {
            if ((await flow.Get<OperatorConfirmation>().RunAsync(confirm, Operator.Here, ct)).Refused is { } refused)
            {
                left++;
                await Console.Error.WriteLineAsync(refused.Message);
            }
        }

        return left;
    }

    /// <summary>Leaves it to the bot and looks on. Returns how many are not confirmed when it has answered, or when time is up.</summary>
    private static async Task<int> AskAsync(SqliteStore store, IReadOnlyList<OperatorRequest.ConfirmRestore> confirms, string? only, TimeProvider clock, CancellationToken ct)
    {
        Console.Out.WriteLine("Asking the running bot…");
        foreach (var confirm in confirms)
        {
            await store.Inbox.AcceptAsync(confirm.ToDelivery(Operator.Here.Id, clock.GetUtcNow()), ct);
        }

        var deadline = clock.GetUtcNow() + Patience;
        while (true)
        {
            var left = (await FindAsync(store.Ledger, only, ct)).Count(record => confirms.Any(confirm => confirm.Server == record.Server));
            if (left == 0 || clock.GetUtcNow() >= deadline)
            {
                return left;
            }

            await Task.Delay(BetweenLooks, clock, ct);
        }
    }
}
