using System.CommandLine;
using System.Globalization;
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
        var grant = new Argument<string?>("grant") { Description = "The grant's short name, such as g-7k2m9qx4.", Arity = ArgumentArity.ZeroOrOne };
        var person = new Option<string?>("--person") { Description = "Everything of this person, such as slack:T0ACME:U123." };
        var server = new Option<string?>("--server") { Description = "Everything on this server, by its Id in the configuration." };
        var reason = new Option<string>("--reason") { Description = "Why, for the record.", Required = true };
        var wait = new Option<int>("--wait") { Description = "How many seconds to wait for the proof.", DefaultValueFactory = _ => 60 };
        var command = new System.CommandLine.Command("revoke", "Ends access now, and waits for the proof. Exit code 1 when something is not proven gone in time: it is tried on by the bot.")
        {
            grant, person, server, reason, wait,
        };
        command.SetAction(async (arguments, ct) =>
        {
            if (Select(arguments.GetValue(grant), arguments.GetValue(person), arguments.GetValue(server)) is not { } which)
            {
                await Console.Error.WriteLineAsync("Name one grant, or --person platform:realm:user, or --server id: exactly one of them.");
                return ExitCode.CouldNotRun;
            }

            var because = arguments.GetRequiredValue(reason);
            if (string.IsNullOrWhiteSpace(because))
            {
                await Console.Error.WriteLineAsync("Say why: --reason is empty.");
                return ExitCode.CouldNotRun;
            }

            var loader = SettingsLoader.ForProcess(arguments.GetRequiredValue(config).FullName);
            return await RunAsync(
                loader, await loader.LoadAsync(ct), new OperatorRequest.Revoke(which, because), TimeSpan.FromSeconds(arguments.GetValue(wait)), TimeProvider.System, ct);
        });
        return command;
    }

    internal static async Task<int> RunAsync(
        SettingsLoader loader, Settings settings, OperatorRequest.Revoke revoke, TimeSpan patience, TimeProvider clock, CancellationToken ct)
    {
        IReadOnlyList<Grant> grants;
        await using (var store = Beside.Open(settings, clock))
        {
            grants = await revoke.Which.FindAsync(store.Ledger, ct);
        }

        if (grants.Count == 0)
        {
            Console.Out.WriteLine($"There is no open grant for {revoke.Which}.");
            return revoke.Which is GrantSelection.One ? ExitCode.CouldNotRun : ExitCode.Fine;
        }

        IReadOnlyList<GrantId> ids = [.. grants.Select(found => found.Id)];
        var progress = new Progress();
        await using var flow = await OperatorFlow.TryTakeAsync(loader, settings, clock, ct);
        IReadOnlyList<Grant> now;
        if (flow is null)
        {
            Console.Out.WriteLine(Invariant($"Asking the running bot to end {ids.Count} grant(s)…"));
            now = await AskAsync(settings, revoke, ids, patience, progress, clock, ct);
        }
        else
        {
            Console.Out.WriteLine(Invariant($"No bot is running: ending {ids.Count} grant(s) from here…"));
            await OperatorDesk.RevokeAsync(flow.Get<ILedger>(), flow.Get<Decider>(), revoke, ct);
            now = await flow.Get<DirectEnding>().RunAsync(ids, patience, progress.Show, ct);
        }

        return Report(now, flow is not null);
    }

    private static GrantSelection? Select(string? grant, string? person, string? server) => (grant, person, server) switch
    {
        ({ } handle, null, null) => new GrantSelection.One(handle.Trim().ToLowerInvariant() is var name && name.StartsWith("g-", StringComparison.Ordinal) ? name : "g-" + name),
        (null, { } who, null) when PersonId.TryParse(who, CultureInfo.InvariantCulture, out var id) => new GrantSelection.Of(id),
        (null, null, { } where) => new GrantSelection.On(new ServerId(where)),
        _ => null,
    };

    private static async Task<IReadOnlyList<Grant>> AskAsync(
        Settings settings, OperatorRequest.Revoke revoke, IReadOnlyList<GrantId> ids, TimeSpan patience, Progress progress, TimeProvider clock, CancellationToken ct)
    {
        await using var store = Beside.Open(settings, clock);
        await store.Inbox.AcceptAsync(revoke.ToDelivery(clock.GetUtcNow()), ct);
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

    private static int Report(IReadOnlyList<Grant> grants, bool byItself)
    {
        var open = grants.Where(grant => grant.State != GrantState.Revoked).ToList();
        foreach (var grant in grants)
        {
            Console.Out.WriteLine(GrantLines.Ending(grant));
        }

        if (open.Count == 0)
        {
            Console.Out.WriteLine("All of it is proven gone.");
            return ExitCode.Fine;
        }

        Console.Out.WriteLine(Invariant($"{open.Count} of {grants.Count} are NOT proven gone.{(byItself ? " Start the bot, or repeat this command: nothing is tried while neither runs." : " The bot goes on trying.")}"));
        return ExitCode.Findings;
    }

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);

    /// <summary>Says each stage of each grant once.</summary>
    private sealed class Progress
    {
        private readonly Dictionary<GrantId, string> _said = [];

        public void Show(Grant grant)
        {
            var line = GrantLines.Ending(grant);
            if (grant.State is GrantState.Revoking or GrantState.Revoked && _said.GetValueOrDefault(grant.Id) != line)
            {
                _said[grant.Id] = line;
                Console.Out.WriteLine("  " + line);
            }
        }
    }
}
