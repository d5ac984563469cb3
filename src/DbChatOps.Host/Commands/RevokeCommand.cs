using System.CommandLine;
using DbChatOps.Access;
using DbChatOps.Host.Configuration;
using DbChatOps.Host.Flow;
using DbChatOps.Host.Operations.CommandLine;
using DbChatOps.Ledger;

namespace DbChatOps.Host.Commands;

/// <summary>
/// <c>revoke</c>: ends access now, with chat up or down. A running bot is asked through its inbox and does it; without one this process does it
/// itself. Either way the answer is what the ledger says, grant by grant.
/// </summary>
public static class RevokeCommand
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(300);

    public static System.CommandLine.Command Create(Option<FileInfo> config)
    {
        var grant = new Argument<string?>("grant") { Description = "The grant's short name, such as g-7k2m9qx4, or its login, such as dbco_ana_7k2m9qx4.", Arity = ArgumentArity.ZeroOrOne };
        var person = new Option<string?>("--person") { Description = "Everything of this person: a name from People, or an account such as slack:T0ACME:U123." };
        var server = new Option<string?>("--server") { Description = "Everything on this server, by its Id in the configuration." };
        var reason = new Option<string>("--reason") { Description = "Why, for the record.", Required = true };
        var wait = new Option<int>("--wait") { Description = "How many seconds to wait for the proof.", DefaultValueFactory = _ => 60 };
        var command = new System.CommandLine.Command("revoke", "Ends access now, and waits for the proof. Exit code 1 when something is not proven gone in time: it is tried on by the bot.")
        {
            grant, person, server, reason, wait,
        };
        command.SetAction(async (arguments, ct) =>
        {
            if (string.IsNullOrWhiteSpace(arguments.GetRequiredValue(reason)))
            {
                await Console.Error.WriteLineAsync("Say why: --reason is empty.");
                return ExitCode.CouldNotRun;
            }

            var file = arguments.GetRequiredValue(config).FullName;
            var loader = SettingsLoader.ForProcess(file);
            var settings = await OperatorSettings.LoadAsync(loader, file, ct);
            var named = await NameAsync(settings, arguments.GetValue(grant), arguments.GetValue(person), arguments.GetValue(server), ct);
            if (named.Problem is { } problem)
            {
                await Console.Error.WriteLineAsync(problem);
                return ExitCode.CouldNotRun;
            }

            if (named.Over is { } over)
            {
                Console.Out.WriteLine(GrantLines.Gone(over));
                return ExitCode.Fine;
            }

            IReadOnlyList<OperatorRequest.Revoke> revokes = [.. named.Which.Select(which => new OperatorRequest.Revoke(which, arguments.GetRequiredValue(reason)))];
            return await RunAsync(loader, settings, revokes, TimeSpan.FromSeconds(arguments.GetValue(wait)), TimeProvider.System, ct);
        });
        return command;
    }

    private static async Task<Named> NameAsync(Settings settings, string? grant, string? person, string? server, CancellationToken ct)
    {
        await using var store = Beside.Open(settings, TimeProvider.System);
        var naming = new Naming(settings, store.Ledger);
        return (grant, person, server) switch
        {
            ({ } name, null, null) => await naming.GrantAsync(name, ct),
            (null, { } who, null) => await naming.PersonAsync(who, ct),
            (null, null, { } where) => await naming.ServerAsync(where, ct),
            _ => Named.Unknown("Name one grant, or --person, or --server: exactly one of them."),
        };
    }

    private static async Task<int> RunAsync(
        SettingsLoader loader, Settings settings, IReadOnlyList<OperatorRequest.Revoke> revokes, TimeSpan patience, TimeProvider clock, CancellationToken ct)
    {
        var ids = await FindAsync(settings, revokes, clock, ct);
        if (ids.Count == 0)
        {
            Console.Out.WriteLine($"There is no open grant for {string.Join(", ", revokes.Select(revoke => revoke.Which))}.");
            return ExitCode.Fine;
        }

        var progress = new EndingProgress(Console.Out);
        await using var flow = await OperatorFlow.TryTakeAsync(loader, settings, clock, ct);
        IReadOnlyList<Grant> now;
        if (flow is null)
        {
            Console.Out.WriteLine(Invariant($"Asking the running bot to end {ids.Count} grant(s)…"));
            now = await AskAsync(settings, revokes, ids, patience, progress, clock, ct);
        }
        else
        {
            Console.Out.WriteLine(Invariant($"No bot is running: ending {ids.Count} grant(s) from here…"));
            foreach (var revoke in revokes)
            {
                await OperatorDesk.RevokeAsync(flow.Get<ILedger>(), flow.Get<Decider>(), revoke, ct);
            }

            now = await flow.Get<DirectEnding>().RunAsync(ids, patience, progress.Show, ct);
        }

        return Report(now, progress, flow is not null);
    }

    private static async Task<IReadOnlyList<GrantId>> FindAsync(Settings settings, IReadOnlyList<OperatorRequest.Revoke> revokes, TimeProvider clock, CancellationToken ct)
    {
        await using var store = Beside.Open(settings, clock);
        List<GrantId> ids = [];
        foreach (var revoke in revokes)
        {
            ids.AddRange((await revoke.Which.FindAsync(store.Ledger, ct)).Select(found => found.Id));
        }

        return ids;
    }

    private static async Task<IReadOnlyList<Grant>> AskAsync(
        Settings settings, IReadOnlyList<OperatorRequest.Revoke> revokes, IReadOnlyList<GrantId> ids, TimeSpan patience, EndingProgress progress, TimeProvider clock, CancellationToken ct)
    {
        await using var store = Beside.Open(settings, clock);
        foreach (var revoke in revokes)
        {
            await store.Inbox.AcceptAsync(revoke.ToDelivery(clock.GetUtcNow()), ct);
        }

        var deadline = clock.GetUtcNow() + patience;
        while (true)
        {
            List<Grant> now = [];
            foreach (var id in ids)
            {
                now.Add((await store.Ledger.LoadAsync<Grant>(id.ToString(), ct))!.State);
                progress.Show(now[^1]);
            }

            if (clock.GetUtcNow() >= deadline || now.TrueForAll(grant => grant.State == GrantState.Revoked))
            {
                return now;
            }

            await Task.Delay(BetweenLooks, clock, ct);
        }
    }

    private static int Report(IReadOnlyList<Grant> grants, EndingProgress progress, bool byItself)
    {
        foreach (var grant in grants)
        {
            progress.Conclude(grant);
        }

        var open = grants.Count(grant => grant.State != GrantState.Revoked);
        if (open == 0)
        {
            Console.Out.WriteLine("All of it is proven gone.");
            return ExitCode.Fine;
        }

        Console.Out.WriteLine(Invariant($"{open} of {grants.Count} are NOT proven gone.{(byItself ? " Start the bot, or repeat this command: nothing is tried while neither runs." : " The bot goes on trying.")}"));
        return ExitCode.Findings;
    }

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
