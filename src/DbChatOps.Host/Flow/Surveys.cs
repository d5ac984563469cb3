using System.Collections.Concurrent;
using DbChatOps.Ledger;
using DbChatOps.Policies;
using DbChatOps.Targets;

namespace DbChatOps.Host.Flow;

/// <summary>
/// Looks at every server at start and every few minutes: records or compares its identity pin, records the errors that keep access from being
/// granted, and keeps what standing roles reach for the approval dialog. What cannot be reached is tried again, soon at first; until then nothing new is
/// granted there.
/// </summary>
public sealed class Surveys(
    ILoginEngine engine, ILedger ledger, Decider decider, RestoreWatch restores, Alarms alarms, Health health, Func<Rules> rules, TimeProvider clock, ILogger<Surveys> log)
    : Recurring(clock, log)
{
    private static readonly TimeSpan Between = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LongestBetweenTries = TimeSpan.FromSeconds(10);
    private readonly ConcurrentDictionary<ServerId, ServerInspection> _latest = new();
    private readonly ConcurrentDictionary<ServerId, byte> _begun = new();
    private readonly TaskCompletionSource _firstLook = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _misses;

    /// <summary>Ends when every server was looked at once since the start, whatever came of it.</summary>
    public Task FirstLook => _firstLook.Task;

    /// <summary>What else the standing role of this target and level reaches, as found last; null while nobody has looked.</summary>
    public IReadOnlyList<string>? AlsoReaches(TargetId target, AccessLevel level) =>
        rules().Targets.Target(target) is { } known && _latest.TryGetValue(known.Server, out var inspection)
            ? inspection.AlsoReaches.GetValueOrDefault($"{target}/{level.ToWord()}") ?? []
            : null;

    /// <summary>One look at every server. True when all of them answered.</summary>
    public async Task<bool> LookAsync(CancellationToken ct)
    {
        var book = rules().Targets;
        foreach (var server in book.Servers.Where(server => _begun.TryAdd(server.Id, 0)))
        {
            health.Degrade($"server:{server.Id}", $"server {server.Id}: not looked at yet");
        }

        var looks = await Task.WhenAll(book.Servers.Select(async server => (Server: server, Found: await LookAsync(server, book, ct))));

        // What was pinned just now may be the identity of a server that was looked at before it. After a reload the next look is on its way.
        if (looks.Length > 1 && ReferenceEquals(book, rules().Targets))
        {
            await Task.WhenAll(looks.Select(look => look.Found is { } found ? RecordAgainAsync(look.Server, book, found, ct) : Task.CompletedTask));
        }

        return Array.TrueForAll(looks, static look => look.Found is not null);
    }

    protected override async Task<TimeSpan> TurnAsync(CancellationToken ct)
    {
        try
        {
            if (await LookAsync(ct))
            {
                _misses = 0;
                return Between;
            }

            return Backoff.After(_misses++, LongestBetweenTries);
        }
        finally
        {
            _firstLook.TrySetResult();
        }
    }

    /// <summary>Null when the server did not answer, or what it said could not be recorded.</summary>
    private async Task<ServerInspection?> LookAsync(Server server, TargetBook book, CancellationToken ct)
    {
        try
        {
            var inspection = await engine.InspectAsync(server, TargetsOf(server, book), ct);
            _latest[server.Id] = inspection;
            var pinned = await decider.DecideAsync(new PinServer(server.Id, inspection.Identity), Principal.Bot, null, ct);
            if (pinned.Refused is { Code: "wrong_server" } refusal)
            {
                log.IdentityDiffers(server.Id.Value, refusal.Message);
                await alarms.RaiseAsync($"wrong_server:{server.Id}", server.Id.Value, refusal.Message, ct);
            }
            else if (pinned.Refused is null)
            {
                await alarms.ResolveAsync($"wrong_server:{server.Id}", ct);
            }

            await restores.CompareAsync(server, ct);
            await RecordAsync(server, book, inspection, ct);
            health.Recover($"server:{server.Id}");
            return inspection;
        }
        catch (TargetUnavailableException fault)
        {
            Report(server, fault);
            await NoteAsync(server, fault, ct);
            return null;
        }
        catch (LedgerUnavailableException fault)
        {
            Report(server, fault);
            return null;
        }
    }

    private async Task RecordAsync(Server server, TargetBook book, ServerInspection inspection, CancellationToken ct)
    {
        var pinned = await ledger.FindAsync<ServerRecord>(new SnapshotQuery { Kind = ServerRecord.Kind, Limit = 1000 }, ct);
        var known = pinned.ToDictionary(static stored => stored.State.Id, static stored => stored.State.Pin.SystemIdentifier);
        var shared = SharedIdentity.Find(server, inspection.Identity.SystemIdentifier, known, book);
        await decider.DecideAsync(new RecordCheck(server.Id, [.. shared, .. inspection.Findings], LevelsOf(TargetsOf(server, book)), null), Principal.Bot, null, ct);
    }

    private async Task RecordAgainAsync(Server server, TargetBook book, ServerInspection inspection, CancellationToken ct)
    {
        try
        {
            await RecordAsync(server, book, inspection, ct);
        }
        catch (LedgerUnavailableException fault)
        {
            Report(server, fault);
        }
    }

    private static List<Target> TargetsOf(Server server, TargetBook book) => [.. book.Targets.Where(target => target.Server == server.Id)];

    private static IReadOnlyList<string> LevelsOf(IEnumerable<Target> targets) =>
    [
        .. targets.SelectMany(target => target.Levels.Select(level => ServerRecord.LevelKey(target.Id, level.Key, level.Value.StandingRole)))
            .Order(StringComparer.Ordinal),
    ];

    private async Task NoteAsync(Server server, TargetUnavailableException why, CancellationToken ct)
    {
        try
        {
            await decider.DecideAsync(new RecordCheck(server.Id, [], [], why.Message), Principal.Bot, null, ct);
        }
        catch (LedgerUnavailableException)
        {
            // Nothing can be granted without a ledger either; the next look tells it again.
        }
    }

    private void Report(Server server, Exception fault)
    {
        log.ServerUnreachable(server.Id.Value, fault.Message);
        health.Degrade($"server:{server.Id}", $"server {server.Id}: {fault.Message}");
    }
}
