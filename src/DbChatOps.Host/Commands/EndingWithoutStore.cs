using DbChatOps.Access;
using DbChatOps.Chat;
using DbChatOps.Host.Configuration;
using DbChatOps.Host.Flow;
using DbChatOps.Host.Operations;
using DbChatOps.Host.Operations.CommandLine;
using DbChatOps.Host.Operations.EndingOnly;
using DbChatOps.Ledger;
using DbChatOps.Targets;

namespace DbChatOps.Host.Commands;

/// <summary>
/// <c>revoke</c> when the store cannot be written or read: finds the logins on the servers themselves, by their marks, and ends them. What it did is noted beside
/// the store where there is room; otherwise the bot finds it when it compares. Ending twice does no harm, so a bot may run meanwhile.
/// </summary>
internal sealed class EndingWithoutStore(SettingsLoader loader, Settings settings, TimeProvider clock)
{
    private static readonly TimeSpan BetweenSteps = TimeSpan.FromSeconds(1);

    private readonly Dictionary<(ServerId Server, string Login), RevocationReport> _last = [];

    public async Task<int> RunAsync(LedgerUnavailableException why, IReadOnlyList<GrantSelection> selected, TimeSpan patience, CancellationToken ct)
    {
        await Console.Error.WriteLineAsync($"WARNING  {why.Message} Ending access directly on the servers; the ledger is updated later.");
        using var source = new SettingsSource(loader, settings);
        await using var services = new ServiceCollection().AddLogging().AddEnding(source, clock).BuildServiceProvider();
        var ofPeople = await GrantsOfPeopleAsync(selected, ct);
        if (ofPeople is null)
        {
            await SayWhoCannotBeToldAsync(services.GetRequiredService<ILoginEngine>(), ct);
            return ExitCode.CouldNotRun;
        }

        var ending = services.GetRequiredService<EndExpired>();
        var isSilent = false;
        var deadline = clock.GetUtcNow() + patience;
        while (true)
        {
            isSilent = false;
            foreach (var server in settings.Targets.Servers.Where(server => selected.Any(which => which is not GrantSelection.On on || on.Server == server.Id)))
            {
                isSilent |= !await StepAsync(ending, server, login => IsMeant(server, login, selected, ofPeople), ct);
            }

            if ((!isSilent && _last.Values.All(report => report.Stage == RevocationStage.ProvenGone)) || clock.GetUtcNow() >= deadline)
            {
                return Conclude(isSilent);
            }

            await Task.Delay(BetweenSteps, clock, ct);
        }
    }

    private static bool IsMeant(Server server, ManagedLogin login, IReadOnlyList<GrantSelection> selected, IReadOnlySet<GrantId> ofPeople) => selected.Any(which => which switch
    {
        GrantSelection.One one => login.Name == one.Handle || login.Grant?.Handle == one.Handle,
        GrantSelection.On on => on.Server == server.Id,
        _ => login.Grant is { } grant && ofPeople.Contains(grant),
    });

    /// <summary>Null when the ledger, which knows the holders, cannot be read.</summary>
    private async Task<IReadOnlySet<GrantId>?> GrantsOfPeopleAsync(IReadOnlyList<GrantSelection> selected, CancellationToken ct)
    {
        var people = selected.OfType<GrantSelection.Of>().ToList();
        var found = new HashSet<GrantId>();
        if (people.Count == 0)
        {
            return found;
        }

        try
        {
            await using var store = Beside.Open(settings, clock);
            foreach (var which in people)
            {
                found.UnionWith((await which.FindAsync(store.Ledger, ct)).Select(grant => grant.Id));
            }

            return found;
        }
        catch (LedgerUnavailableException)
        {
            return null;
        }
    }

    private async Task SayWhoCannotBeToldAsync(ILoginEngine engine, CancellationToken ct)
    {
        await Console.Error.WriteLineAsync("The ledger cannot be read, so logins cannot be matched to a person. Name a login, or use --server. Live logins:");
        foreach (var server in settings.Targets.Servers)
        {
            try
            {
                foreach (var login in (await engine.ListAsync(server, ct)).Where(static login => login.MacVerifies))
                {
                    await Console.Error.WriteLineAsync($"  {server.Id}  {login.Name}  {(login.ValidUntil is { } end ? "until " + PlainText.Utc(end) : "no end")}");
                }
            }
            catch (TargetUnavailableException fault)
            {
                await Console.Error.WriteLineAsync($"  {server.Id}  {fault.Message}");
            }
        }
    }

    /// <summary>False when the server did not answer.</summary>
    private async Task<bool> StepAsync(EndExpired ending, Server server, Func<ManagedLogin, bool> isMeant, CancellationToken ct)
    {
        try
        {
            foreach (var report in await ending.RunAsync(server, isMeant, ct))
            {
                var key = (server.Id, report.Login);
                if (_last.GetValueOrDefault(key)?.Stage != report.Stage)
                {
                    Console.Out.WriteLine($"  {report.Login} on {server.Id}: {Words(report)}");
                }

                _last[key] = report;
            }

            return true;
        }
        catch (TargetUnavailableException fault)
        {
            Console.Out.WriteLine($"  {server.Id}: {fault.Message}");
            return false;
        }
    }

    private int Conclude(bool isSilent)
    {
        var open = _last.Values.Count(static report => report.Stage != RevocationStage.ProvenGone);
        Console.Out.WriteLine((_last.Count, open, isSilent) switch
        {
            (_, _, true) => "A server did not answer: repeat this command.",
            (0, _, _) => "No live login of this bot matches.",
            (_, 0, _) => "All of it is proven gone.",
            _ => $"{open} of {_last.Count} are NOT proven gone. Repeat this command: nothing is tried while it does not run.",
        });
        return open == 0 && !isSilent ? ExitCode.Fine : ExitCode.Findings;
    }

    private static string Words(RevocationReport report) => report.Stage switch
    {
        RevocationStage.ProvenGone => "proven gone",
        RevocationStage.Contained => "locked out, no login and no session is possible; still to remove" + Why(report),
        RevocationStage.Stripped => "LOCKED and without rights, but a statement still runs" + Why(report),
        _ => "ENDING, a login or session may still be possible" + Why(report),
    };

    private static string Why(RevocationReport report) => report.Blockers.Count == 0 ? "" : ": " + string.Join("; ", report.Blockers);
}
