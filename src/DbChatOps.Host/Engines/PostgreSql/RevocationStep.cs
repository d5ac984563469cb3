using DbChatOps.Targets;
using Npgsql;

namespace DbChatOps.Host.Engines.PostgreSql;

/// <summary>
/// One bounded step of ending a set of logins on one server: find, lock, drain, clear, drop, prove. Every part repeats harmlessly, so a step that
/// was cut off is simply taken again. The OID is the handle: a session outlives the role's name.
/// </summary>
internal sealed class RevocationStep(
    ReadyConnections connections, StandbyDialer standbyDialer, EndingMemory memory, TimeProvider clock, Secret instanceKey, PostgreSqlEngineOptions options, EndLogins request)
    : IAsyncDisposable
{
    private readonly Server _server = request.Server;
    private readonly Patience _patience = new(options.StepPatience);
    private readonly List<EndingState> _logins =
        request.Logins.Select(login => new EndingState(login, memory.Of(request.Server.Id, login.Name))).ToList();

    private NodeLink[] _nodes = [];
    private IReadOnlyList<string> _unlisted = [];
    private bool _canPrepare;
    private bool _keepsRecords;

    private NpgsqlConnection Writer => _nodes[0].Connection ?? throw new InvalidOperationException("The writer is opened first.");

    public async Task<IReadOnlyList<RevocationReport>> RunAsync(CancellationToken ct)
    {
        var writer = new NodeLink(_server.Nodes[0], await connections.TakeAsync(_server, _server.Nodes[0], ct), trouble: null);
        _nodes = [writer];
        // Dialled while the writer locks: an unreachable standby must not hold the lock up.
        var standbys = _server.Nodes.Skip(1).Select(node => standbyDialer.DialAsync(_server, node, options.StepPatience, ct)).ToArray();
        try
        {
            await FullLockTable.RequireRoomAsync(Writer, ct);
            var identity = await Writer.IdentifyAsync(_server, clock, ct);
            await FindAsync(identity, ct);
            await new Locking(Writer, Cleaner(), writer.Name, options.CatalogBatch, _patience).RunAsync(_logins, ct);
            await RememberMarksAsync(ct);
            _nodes = [writer, .. await Task.WhenAll(standbys)];
            var replication = new ReplicationReading(identity.SystemIdentifier);
            await replication.RefreshAsync(_nodes, ct);
            _unlisted = (await ReplicationReading.UnlistedAsync(_nodes, _server.Id, memory.Receivers, ct)).InTheWay;

            var drain = new SessionDrain(_nodes, replication, _patience, options.StubbornAfter);
            await drain.RunAsync(_logins, ct);
            await Entanglements.NameBorrowersAsync(Writer, _logins, ct);
            await ClearAndDropAsync(replication, identity, ct);
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
            if (node.Connection is { } connection)
            {
                await connections.GiveBackAsync(_server, node.Node, connection);
            }
        }
    }

    private async Task FindAsync(ServerIdentity identity, CancellationToken ct)
    {
        var found = await Writer.RowsAsync(
            EndingStatements.Present,
            static row => (Name: row.GetString(0), Oid: row.GetFieldValue<uint>(1), CanLogin: row.GetBoolean(2), Comment: row.TextOrNull(3)),
            ct,
            _logins.Select(static l => l.Name).ToArray(),
            _logins.Select(static l => l.Oid).OfType<uint>().ToArray());
        var records = await LoginRecords.OfAsync(Writer, [.. _logins.Select(static l => l.Name)], ct);
        _keepsRecords = records is not null;
        var byName = found.ToDictionary(static f => f.Name, StringComparer.Ordinal);
        var byOid = found.ToDictionary(static f => f.Oid);
        foreach (var login in _logins)
        {
            if (byName.TryGetValue(login.Name, out var role))
            {
                var mark = LoginRecords.Of(records, login.Name, role.Oid, role.Comment);
                login.IsForeign = !LoginName.LooksLikeOurs(login.Name) || !(mark is not null && IsOurs(login, mark, identity, role.Oid));
                login.IsPresent = !login.IsForeign;
                login.Oid = login.IsForeign ? login.Oid : role.Oid;
                login.Closing.Mark = login.IsForeign ? login.Closing.Mark : mark;
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
            else if (records?.GetValueOrDefault(login.Name) is { } gone && (login.Oid is null || login.Oid == gone.RecordedOid))
            {
                login.Oid = gone.RecordedOid;
                login.Closing.Mark = gone;
            }
        }

        await Entanglements.RememberBorrowersAsync(Writer, _logins, ct);
    }

    private bool IsOurs(EndingState login, LoginMark mark, ServerIdentity identity, uint oid) =>
        mark.Verifies(instanceKey, login.Name, identity.SystemIdentifier, oid) || (login.IsOnlyShut && mark.RecordedOid == oid);

    // What the lock wrote down: every role that the login could become until now, and power that others gave it.
    private async Task RememberMarksAsync(CancellationToken ct)
    {
        if (!_keepsRecords || await LoginRecords.OfAsync(Writer, [.. _logins.Where(static l => l.IsPresent).Select(static l => l.Name)], ct) is not { } records)
        {
            return;
        }

        foreach (var login in _logins.Where(static l => l.IsPresent))
        {
            if (records.GetValueOrDefault(login.Name) is { } mark && mark.RecordedOid == login.Oid)
            {
                login.Closing.Mark = mark;
            }
        }
    }

    private async Task ClearAndDropAsync(ReplicationReading replication, ServerIdentity identity, CancellationToken ct)
    {
        if (_keepsRecords)
        {
            await Cleaner().ClearMarkerAsync(Writer, ct);
        }

        var leftovers = await Leftover.ReadAsync(Writer, _logins.Where(l => l is { IsLocked: true, IsOnlyShut: false } && l.IsClearOn(_nodes[0].Name)).ToList(), ct);
        var encumbered = leftovers.Select(static l => l.Login).ToHashSet();
        await DropAsync(_logins.Where(l => !encumbered.Contains(l)), ct);
        await ProveAsync(replication, identity, ct);

        // Last, because it can take long: logins that left nothing are gone by now.
        if (leftovers.Count > 0)
        {
            await Cleaner().ClearAsync(Writer, leftovers, ct);
            await DropAsync(encumbered, ct);
            await ProveAsync(replication, identity, ct);
        }

        if (_keepsRecords && _logins.Exists(static l => l.IsProven))
        {
            await StrayCleaner.TidyAsync(Writer, ct);
        }
    }

    private async Task ProveAsync(ReplicationReading replication, ServerIdentity identity, CancellationToken ct)
    {
        await new GoneProof(_nodes, replication, _patience).RunAsync(_logins, ct);
        (var serverTime, _canPrepare, var seesAll) = await Writer.RowAsync(
            EndingStatements.ServerTime, static row => (row.GetFieldValue<DateTimeOffset>(0), row.GetBoolean(1), row.GetBoolean(2)), ct);
        foreach (var login in _logins.Where(static l => l.IsProven))
        {
            login.ProvenAt ??= serverTime + _server.ServerTimeOffset() - identity.ClockSkew;
            if (!seesAll)
            {
                login.Blockers.Add("the bot may not see the sessions of others any more, so nothing is proven: GRANT pg_read_all_stats TO dbchatops_bot");
            }
        }
    }

    private async Task DropAsync(IEnumerable<EndingState> logins, CancellationToken ct)
    {
        var ready = logins.Where(l => l is { IsLocked: true, IsOnlyShut: false } && l.Blockers.Count == 0 && IsClearButForDelays(l)).ToList();
        foreach (var batch in ready.Chunk(options.CatalogBatch))
        {
            var states = batch.ToDictionary(static l => l.Name, StringComparer.Ordinal);
            foreach (var (name, outcome, code) in await Writer.RowsAsync(
                EndingStatements.Drop,
                static row => (row.GetString(0), row.GetString(1), row.TextOrNull(2)),
                ct,
                batch.Select(static l => l.Name).ToArray(),
                Math.Min(20, _patience.LeftMilliseconds)))
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

        await Entanglements.NameHoldupsAsync(Writer, [.. ready.Where(static l => l.IsPresent)], ct);
        var position = await Writer.RowAsync(EndingStatements.WalPosition, static row => row.GetInt64(0), ct);
        foreach (var login in _logins.Where(static l => !l.IsPresent && !l.IsForeign && l.Closing.GoneAt is null))
        {
            login.Closing.GoneAt = position;
        }
    }

    private RevocationReport Report(EndingState login)
    {
        var report = new StepReport(_nodes, _unlisted, options.StepPatience, clock)
            .Of(login, ProofGaps.Of(login, _canPrepare, Writer.PostgreSqlVersion.Major), IsClearEverywhere(login));
        if (report.Stage == RevocationStage.ProvenGone)
        {
            memory.Forget(_server.Id, login.Name);
        }

        return report;
    }

    private bool IsClearEverywhere(EndingState login) =>
        _unlisted.Count == 0 && _nodes.All(n => n.Trouble is null && (login.Oid is null || login.IsClearOn(n.Name)));

    // Nothing is gained by dropping only after the delay: the drop would be applied after another one.
    private bool IsClearButForDelays(EndingState login) =>
        _unlisted.Count == 0 && _nodes.All(n => n.Trouble is null && (login.Oid is null || login.IsClearOn(n.Name) || n.IsLateFor(login)));

    private StrayCleaner Cleaner() => new(connections.Fresh, _server, options.ClearingPatience);
}
