using DbChatOps.Targets;
using Npgsql;

namespace DbChatOps.Host.Engines.PostgreSql;

/// <summary>
/// One bounded step of ending a set of logins on one server: find, lock, drain, clear, drop, prove. Every part repeats harmlessly, so a step that
/// was cut off is simply taken again. The OID is the handle: a session outlives the role's name.
/// </summary>
internal sealed class RevocationStep(
    PostgreSqlConnections connections, StandbyDialer standbyDialer, EndingMemory memory, TimeProvider clock, Secret instanceKey, PostgreSqlEngineOptions options, EndLogins request)
    : IAsyncDisposable
{
    private readonly Server _server = request.Server;
    private readonly Patience _patience = new(options.StepPatience);
    private readonly List<EndingState> _logins =
        request.Logins.Select(login => new EndingState(login, memory.Of(request.Server.Id, login.Name))).ToList();

    private NodeLink[] _nodes = [];
    private IReadOnlyList<string> _unlisted = [];
    private bool _canPrepare;

    private NpgsqlConnection Writer => _nodes[0].Connection ?? throw new InvalidOperationException("The writer is opened first.");

    public async Task<IReadOnlyList<RevocationReport>> RunAsync(CancellationToken ct)
    {
        var writer = new NodeLink(_server.Nodes[0], await connections.OpenWriterAsync(_server, ct), trouble: null);
        _nodes = [writer];
        // Dialled while the writer locks: an unreachable standby must not hold the lock up.
        var standbys = _server.Nodes.Skip(1).Select(node => standbyDialer.DialAsync(_server, node, options.StepPatience, ct)).ToArray();
        try
        {
            var identity = await Writer.IdentifyAsync(_server, clock, ct);
            await FindAsync(identity, ct);
            await LockAsync(ct);
            _nodes = [writer, .. await Task.WhenAll(standbys)];
            var replication = new ReplicationReading(identity.SystemIdentifier);
            await replication.RefreshAsync(_nodes, ct);
            _unlisted = await ReplicationReading.UnlistedAsync(_nodes, ct);

            var drain = new SessionDrain(_nodes, replication, _patience);
            await drain.RunAsync(_logins, ct);
            await Entanglements.NameBorrowersAsync(Writer, _logins, ct);
            var leftovers = await Leftover.ReadAsync(Writer, _logins.Where(l => l.IsLocked && l.IsClearOn(_nodes[0].Name)).ToList(), ct);
            var encumbered = leftovers.Select(static l => l.Login).ToHashSet();
            await DropAsync(_logins.Where(l => !encumbered.Contains(l)), ct);
            await ProveAsync(replication, identity, ct);

            // Last, because it can take long: whoever left nothing is gone by now.
            if (leftovers.Count > 0)
            {
                await StrayCleaner().ClearAsync(Writer, leftovers, ct);
                await DropAsync(encumbered, ct);
                await ProveAsync(replication, identity, ct);
            }

            return _logins.Select(Report).ToList();
        }
        finally
        {
            _nodes = [writer, .. await Task.WhenAll(standbys)];
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            await node.DisposeAsync();
        }
    }

    private async Task FindAsync(ServerIdentity identity, CancellationToken ct)
    {
        var found = await Writer.RowsAsync(
            EndingStatements.Present,
            static row => (Name: row.GetString(0), Oid: row.GetFieldValue<uint>(1), CanLogin: row.GetBoolean(2), Comment: LoginComment.Parse(row.TextOrNull(3))),
            ct,
            _logins.Select(static l => l.Name).ToArray(),
            _logins.Select(static l => l.Oid).OfType<uint>().ToArray());
        var byName = found.ToDictionary(static f => f.Name, StringComparer.Ordinal);
        var byOid = found.ToDictionary(static f => f.Oid);
        foreach (var login in _logins)
        {
            if (byName.TryGetValue(login.Name, out var role))
            {
                login.IsForeign = !LoginName.LooksLikeOurs(login.Name)
                    || role.Comment?.Verifies(instanceKey, login.Name, identity.SystemIdentifier, role.Oid) != true;
                login.IsPresent = !login.IsForeign;
                login.Oid = login.IsForeign ? login.Oid : role.Oid;
                login.Closing.Mark = login.IsForeign ? login.Closing.Mark : role.Comment;
                if (login.IsForeign)
                {
                    login.Blockers.Add($"a role {login.Name} exists that does not verify as ours; it is not touched");
                }

                if (role.CanLogin || login.Closing.GoneAt is not null)
                {
                    login.Closing.Reset();
                }
            }
            else if (login.Oid is { } oid && byOid.TryGetValue(oid, out var renamed))
            {
                login.IsForeign = true;
                login.Blockers.Add($"the login was renamed to {renamed.Name} by somebody else; rename it back or drop it");
            }
        }

        await Entanglements.RememberBorrowersAsync(Writer, _logins, ct);
    }

    private async Task LockAsync(CancellationToken ct)
    {
        var open = _logins.Where(static l => l.IsPresent).ToList();
        while (open.Count > 0)
        {
            open = await LockOnceAsync(open, ct);
            if (open.Count == 0)
            {
                break;
            }

            // A login holds its own row with an open or prepared ALTER ROLE: end that, then lock again.
            foreach (var (processId, oid) in await Writer.RowsAsync(
                EndingStatements.Terminate, static row => (row.GetInt32(0), row.GetFieldValue<uint>(1)), ct, Oids(open)))
            {
                open.Find(l => l.Oid == oid)?.Ended(_nodes[0].Name, processId);
            }

            await StrayCleaner().RollBackPreparedAsync(Writer, open, ct);
            if (!await _patience.PauseAsync(ct))
            {
                break;
            }
        }

        foreach (var login in open)
        {
            login.Blockers.Add("an open transaction, most likely its own, holds the lock up; its sessions were signalled");
        }

        await Entanglements.NameHoldupsAsync(Writer, open, ct);

        var present = _logins.Where(static l => l.IsPresent).ToList();
        var locked = (await Writer.RowsAsync(EndingStatements.Locked, static row => row.GetFieldValue<uint>(0), ct, Oids(present))).ToHashSet();
        var position = await WalPositionAsync(ct);
        foreach (var login in _logins)
        {
            login.IsLocked = login.IsPresent && login.Oid is { } oid && locked.Contains(oid);
            if (login.IsShut && !(login.Closing.LockedAt <= position))
            {
                login.Closing.LockedAt = position;
            }
        }
    }

    // Returns those that were busy and are worth another try.
    private async Task<List<EndingState>> LockOnceAsync(List<EndingState> open, CancellationToken ct)
    {
        var busy = new List<EndingState>();
        foreach (var batch in open.Chunk(options.CatalogBatch))
        {
            var states = batch.ToDictionary(static l => l.Name, StringComparer.Ordinal);
            foreach (var (login, outcome, code) in await OutcomesAsync(EndingStatements.Lock, batch, ct))
            {
                if (outcome is "busy")
                {
                    busy.Add(states[login]);
                }
                else if (outcome is "failed" or "foreign")
                {
                    states[login].Blockers.Add($"cannot be locked ({code ?? outcome})");
                }
            }
        }

        return busy;
    }

    private async Task ProveAsync(ReplicationReading replication, ServerIdentity identity, CancellationToken ct)
    {
        await new GoneProof(_nodes, replication, _patience).RunAsync(_logins, ct);
        (var serverTime, _canPrepare) = await Writer.RowAsync(
            EndingStatements.ServerTime, static row => (row.GetFieldValue<DateTimeOffset>(0), row.GetBoolean(1)), ct);
        foreach (var login in _logins.Where(static l => l.IsProven))
        {
            login.ProvenAt ??= serverTime + _server.ServerTimeOffset() - identity.ClockSkew;
        }
    }

    private async Task DropAsync(IEnumerable<EndingState> logins, CancellationToken ct)
    {
        var ready = logins.Where(l => l.IsLocked && l.Blockers.Count == 0 && IsClearEverywhere(l)).ToList();
        foreach (var batch in ready.Chunk(options.CatalogBatch))
        {
            var states = batch.ToDictionary(static l => l.Name, StringComparer.Ordinal);
            foreach (var (name, outcome, code) in await OutcomesAsync(EndingStatements.Drop, batch, ct))
            {
                var login = states[name];
                if (outcome is "dropped" or "absent")
                {
                    login.IsPresent = false;
                }
                else
                {
                    login.Blockers.Add($"cannot be dropped yet ({code ?? outcome})");
                }
            }
        }

        var position = await WalPositionAsync(ct);
        foreach (var login in _logins.Where(static l => !l.IsPresent && !l.IsForeign && !(l.Closing.GoneAt is not null)))
        {
            login.Closing.GoneAt = position;
        }
    }

    private RevocationReport Report(EndingState login)
    {
        var troubles = _nodes.Select(static n => n.Trouble).OfType<string>().Concat(_unlisted).ToList();
        var blockers = login.Blockers.Concat(troubles).ToList();
        if (login is { IsProven: true, ProvenAt: { } provenAt } && blockers.Count == 0)
        {
            memory.Forget(_server.Id, login.Name);
            return new RevocationReport
            {
                Login = login.Name,
                Stage = RevocationStage.ProvenGone,
                Oid = login.Oid,
                SessionsEnded = login.SessionsEnded,
                Proof = new RevocationProof
                {
                    Login = login.Name,
                    Oid = login.Oid ?? 0,
                    ProvenAt = provenAt,
                    Nodes = _nodes.Select(static n => n.IsWriter ? $"{n.Name} (writer)" : $"{n.Name} (standby, replayed past the drop)").ToList(),
                    NotChecked = ProofGaps.Of(login.Level, _canPrepare && !login.IsPreparingKnown, Writer.PostgreSqlVersion.Major),
                },
            };
        }

        blockers.AddRange(_nodes.Where(n => n.Trouble is null && login.Oid is not null && !login.IsClearOn(n.Name))
            .Select(static n => $"{n.Name}: sessions or start-up backends from before the lock are still there, or the lock is not replayed yet"));
        var contained = login.IsShut && troubles.Count == 0 && !login.IsBorrowed && IsClearEverywhere(login);
        return new RevocationReport
        {
            Login = login.Name,
            Stage = contained ? RevocationStage.Contained : RevocationStage.Exposed,
            Oid = login.Oid,
            SessionsEnded = login.SessionsEnded,
            Blockers = blockers.Count > 0 ? blockers : ["the drop is not read back on every node yet"],
            RetryAfter = login.IsBeingCleared ? options.StepPatience
                : contained && login.Blockers.Count > 0 ? TimeSpan.FromSeconds(10)
                : troubles.Count > 0 ? TimeSpan.FromSeconds(1)
                : options.StepPatience,
        };
    }

    private bool IsClearEverywhere(EndingState login) =>
        _unlisted.Count == 0 && _nodes.All(n => n.Trouble is null && (login.Oid is null || login.IsClearOn(n.Name)));

    private Task<List<(string Login, string Outcome, string? Code)>> OutcomesAsync(string sql, EndingState[] batch, CancellationToken ct) =>
        Writer.RowsAsync(
            sql,
            static row => (row.GetString(0), row.GetString(1), row.TextOrNull(2)),
            ct,
            batch.Select(static l => l.Name).ToArray(),
            Math.Min(100, _patience.LeftMilliseconds));

    private Task<long> WalPositionAsync(CancellationToken ct) =>
        Writer.RowAsync(EndingStatements.WalPosition, static row => row.GetInt64(0), ct);

    private StrayCleaner StrayCleaner() => new(connections, _server, options.ClearingPatience);

    private static uint[] Oids(IEnumerable<EndingState> logins) => logins.Select(static l => l.Oid).OfType<uint>().ToArray();
}
