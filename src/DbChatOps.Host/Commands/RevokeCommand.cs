using System.CommandLine;
using DbChatOps.Access;
using DbChatOps.Host.Configuration;
using DbChatOps.Host.Operations.CommandLine;
using DbChatOps.Host.Storage;
using DbChatOps.Ledger;

namespace DbChatOps.Host.Commands;

/// <summary>
/// <c>revoke</c>: ends access now, with chat up or down. A running bot is asked through its inbox and does it; without one this process does it
/// itself. Either way the answer is what the ledger says, grant by grant; where the ledger cannot be used, it is what the servers say.
/// </summary>
public static class RevokeCommand
{
    private const string NameOne = "Name one grant, or --person, or --server: exactly one of them.";

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(300);

    public static System.CommandLine.Command Create(Option<FileInfo> config)
    {
        var grant = new Argument<string?>("grant") { Description = "The grant's short name, such as g-7k2m9qx4, or its login, such as dbco_ana_7k2m9qx4.", Arity = ArgumentArity.ZeroOrOne };
        var person = new Option<string?>("--person") { Description = "Everything of this person, by all of their accounts, and what they asked for: a name from People, or an account such as slack:T0ACME:U123." };
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
            var patience = TimeSpan.FromSeconds(arguments.GetValue(wait));
            var (grantName, personName, serverName) = (arguments.GetValue(grant), arguments.GetValue(person), arguments.GetValue(server));
            IReadOnlyList<GrantSelection> which = [];
            try
            {
                var named = await NameAsync(settings, grantName, personName, serverName, ct);
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

                which = named.Which;
                IReadOnlyList<OperatorRequest.Revoke> revokes = [.. which.Select(one => new OperatorRequest.Revoke(one, arguments.GetRequiredValue(reason)))];
                return await RunAsync(loader, settings, revokes, patience, TimeProvider.System, ct);
            }
            catch (LedgerUnavailableException fault) when (File.Exists(settings.Store.Path))
            {
                var selected = which.Count > 0 ? which : Naming.Unread(settings, grantName, personName, serverName);
                if (selected.Count == 0)
                {
                    await Console.Error.WriteLineAsync(NameOne);
                    return ExitCode.CouldNotRun;
                }

                return await new EndingWithoutStore(loader, settings, TimeProvider.System).RunAsync(fault, selected, patience, ct);
            }
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
            _ => Named.Unknown(NameOne),
        };
    }

    private static async Task<int> RunAsync(
        SettingsLoader loader, Settings settings, IReadOnlyList<OperatorRequest.Revoke> revokes, TimeSpan patience, TimeProvider clock, CancellationToken ct)
    {
        await using var beside = Beside.Open(settings, clock);
        var stake = await AtStake.FindAsync(beside.Ledger, revokes.Select(revoke => revoke.Which), clock.GetUtcNow(), ct);
        if (stake.IsNothing)
        {
            Console.Out.WriteLine($"There is no open grant for {string.Join(", ", revokes.Select(revoke => revoke.Which))}.");
            return ExitCode.Fine;
        }

        var progress = new EndingProgress(Console.Out);
        await using var flow = await OperatorFlow.TryTakeAsync(loader, settings, clock, ct);
        Console.Out.WriteLine(Invariant($"{(flow is null ? "Asking the running bot to end" : "No bot is running: ending from here")} {stake.Grants.Count} grant(s)…"));
        var (isDecided, after) = flow is null
            ? await AskAsync(beside, revokes, stake, patience, progress, clock, ct)
            : (true, await EndAsync(flow, revokes, stake, patience, progress, ct));
        foreach (var request in await after.LoadClosedAsync(beside.Ledger, ct))
        {
            Console.Out.WriteLine("  " + GrantLines.Closed(request));
        }

        if (!isDecided)
        {
            await Console.Error.WriteLineAsync("The bot has not taken this up yet; its log says why.");
            return ExitCode.Findings;
        }

        return Report(await after.LoadGrantsAsync(beside.Ledger, ct), progress, flow is not null);
    }

    /// <summary>Decides and ends without a bot. Returns what it was about in the end.</summary>
    private static async Task<AtStake> EndAsync(
        OperatorFlow flow, IReadOnlyList<OperatorRequest.Revoke> revokes, AtStake stake, TimeSpan patience, EndingProgress progress, CancellationToken ct)
    {
        foreach (var revoke in revokes)
        {
            var cut = await flow.Get<OperatorRevocation>().RunAsync(revoke, Operator.Here, ct);
            stake = stake.And(new AtStake([.. cut.Ending.Select(grant => grant.Id)], []));
        }

        await flow.Get<DirectEnding>().RunAsync(stake.Grants, patience, progress.Show, ct);
        return stake;
    }

    /// <summary>Leaves it to the bot and looks on. Returns whether the bot has decided it, and what it was about in the end.</summary>
    private static async Task<(bool IsDecided, AtStake Stake)> AskAsync(
        SqliteStore store, IReadOnlyList<OperatorRequest.Revoke> revokes, AtStake stake, TimeSpan patience, EndingProgress progress, TimeProvider clock, CancellationToken ct)
    {
        var asked = revokes.Select(revoke => revoke.ToDelivery(Operator.Here.Id, clock.GetUtcNow())).ToList();
        foreach (var delivery in asked)
        {
            await store.Inbox.AcceptAsync(delivery, ct);
        }

        var deadline = clock.GetUtcNow() + patience;
        while (true)
        {
            var undecided = await store.Inbox.UndecidedAsync(ct);
            var isDecided = !undecided.Any(waiting => asked.Exists(delivery => delivery.Key == waiting.Key));
            stake = stake.And(await AtStake.FindAsync(store.Ledger, revokes.Select(revoke => revoke.Which), clock.GetUtcNow(), ct));
            var grants = await stake.LoadGrantsAsync(store.Ledger, ct);
            foreach (var grant in grants)
            {
                progress.Show(grant);
            }

            if (clock.GetUtcNow() >= deadline || (isDecided && grants.All(grant => grant.State == GrantState.Revoked)))
            {
                return (isDecided, stake);
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

        if (grants.Count == 0)
        {
            return ExitCode.Fine;
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
