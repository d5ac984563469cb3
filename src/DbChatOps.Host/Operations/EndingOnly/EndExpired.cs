using System.Collections.Concurrent;
using System.Globalization;
using DbChatOps.Host.Flow;
using DbChatOps.Targets;

namespace DbChatOps.Host.Operations.EndingOnly;

/// <summary>
/// Ends what is over without asking the ledger: the logins whose mark verifies and whose VALID UNTIL has passed by the server's own clock. It needs a
/// connection, the instance key and the clock, and notes what it did in the <see cref="Spool"/>.
/// </summary>
public sealed class EndExpired(ILoginEngine engine, CatalogTurns turns, Spool spool, TimeProvider clock, ILogger<EndExpired> log)
{
    /// <summary>Begun and not proven gone. A dropped login is no longer listed, and must still be proven.</summary>
    private readonly Dictionary<(ServerId Server, string Login), (ManagedLogin Login, string Said)> _begun = [];

    private readonly ConcurrentDictionary<ServerId, bool> _owed = new();

    /// <summary>Whether the last look found a login of ours that lives or is being ended; null before the first look that was answered.</summary>
    public bool? IsOwed(ServerId server) => _owed.TryGetValue(server, out var owed) ? owed : null;

    /// <summary>One step on every server. A server that cannot be reached is tried again at the next call.</summary>
    public async Task RunAsync(IReadOnlyList<Server> servers, CancellationToken ct)
    {
        foreach (var server in servers)
        {
            try
            {
                await RunAsync(server, ct);
            }
            catch (TargetUnavailableException fault)
            {
                log.ServerSilent(server.Id.Value, fault.Message);
            }
        }
    }

    public Task<IReadOnlyList<RevocationReport>> RunAsync(Server server, CancellationToken ct) => RunAsync(server, static _ => false, ct);

    /// <summary>Ends what is over, and live logins that <paramref name="isWanted"/> selects.</summary>
    /// <exception cref="TargetUnavailableException">The server does not answer.</exception>
    public async Task<IReadOnlyList<RevocationReport>> RunAsync(Server server, Func<ManagedLogin, bool> isWanted, CancellationToken ct)
    {
        var now = clock.GetUtcNow() + (await engine.IdentifyAsync(server, ct)).ClockSkew;
        var ours = (await engine.ListAsync(server, ct)).Where(static login => login.MacVerifies).ToList();
        foreach (var login in ours)
        {
            if (login.IsLocked || login.ValidUntil <= now || isWanted(login))
            {
                _begun.TryAdd((server.Id, login.Name), (login, ""));
            }
        }

        _owed[server.Id] = ours.Count > 0 || _begun.Keys.Any(key => key.Server == server.Id);
        var over = _begun.Where(pair => pair.Key.Server == server.Id).Select(pair => pair.Value.Login).ToList();
        if (over.Count == 0)
        {
            return [];
        }

        var request = new EndLogins { Server = server, Logins = [.. over.Select(login => new EndingLogin(login.Name, login.Oid))] };
        var reports = await turns.TakeAsync(server.Id, () => engine.EndAsync(request, ct), ct);
        foreach (var report in reports)
        {
            Note(server, report);
        }

        return reports;
    }

    /// <summary>Each stage is noted once.</summary>
    private void Note(Server server, RevocationReport report)
    {
        var key = (server.Id, report.Login);
        var (login, said) = _begun[key];
        var says = $"{report.Stage}: {string.Join("; ", report.Blockers)}";
        if (says != said)
        {
            spool.Append(new SpooledEnding
            {
                Line = Guid.CreateVersion7(clock.GetUtcNow()).ToString("N", CultureInfo.InvariantCulture),
                At = clock.GetUtcNow(),
                Server = server.Id,
                Grant = login.Grant,
                Report = report,
            });
            log.EndedOutside(report.Login, server.Id.Value, report.Stage.ToString());
        }

        if (report.Stage == RevocationStage.ProvenGone)
        {
            _begun.Remove(key);
        }
        else
        {
            _begun[key] = (login, says);
        }
    }
}
