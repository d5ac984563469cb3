using System.Globalization;
using DbChatOps.Targets;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using NpgsqlTypes;

namespace DbChatOps.Host.Engines.PostgreSql;

/// <summary>
/// Temporary logins on PostgreSQL 14 to 18, through the facade that <c>deploy/targets/postgresql.sql</c> installs.
/// The bot's own login can do nothing but call it, so a stolen one is bounded by what the facade refuses.
/// </summary>
public sealed class PostgreSqlLoginEngine : ILoginEngine, IAsyncDisposable
{
    private readonly TimeProvider _clock;
    private readonly Secret _instanceKey;
    private readonly PostgreSqlEngineOptions _options;
    private readonly PostgreSqlConnections _connections;
    private readonly ReadyConnections _ready;
    private readonly StandbyDialer _standbys;
    private readonly EndingMemory _memory;
    private readonly FullLockTable _fullLockTable;

    public PostgreSqlLoginEngine(TimeProvider clock, Secret instanceKey, PostgreSqlEngineOptions options, ILogger? log = null)
    {
        if (instanceKey.IsEmpty)
        {
            throw new ArgumentException("The instance key is empty: every comment would verify.", nameof(instanceKey));
        }

        (_clock, _instanceKey, _options) = (clock, instanceKey, options);
        _connections = new PostgreSqlConnections(options);
        _ready = new ReadyConnections(_connections, options);
        _standbys = new StandbyDialer(_ready);
        _fullLockTable = new FullLockTable(_ready, options, log ?? NullLogger.Instance);
        // Real time on purpose: it watches real servers, whatever the clock of a test says.
        _memory = new EndingMemory(new ReceiverWatch(TimeProvider.System, options.ArchiverKnownAfter));
    }

    public async Task<ServerIdentity> IdentifyAsync(Server server, CancellationToken ct)
    {
        await using var writer = await _connections.OpenWriterAsync(server, ct);
        return await PostgreSqlFaults.GuardAsync(server.Nodes[0], () => writer.IdentifyAsync(server, _clock, ct), ct);
    }

    public Task<ServerInspection> InspectAsync(Server server, IReadOnlyList<Target> targets, CancellationToken ct) =>
        new PostgreSqlInspection(_connections, _clock, _options, _memory.Receivers).RunAsync(server, targets, ct);

    public async Task<Result<ProvisionedLogin>> EnsureAsync(ProvisionLogin request, CancellationToken ct)
    {
        var server = request.Server;
        if (!request.Target.Levels.TryGetValue(request.Level, out var level))
        {
            return new Refusal("role_not_listed", "This target has no standing role for that level.");
        }

        await using var writer = await _connections.OpenWriterAsync(server, ct);
        return await AskAsync<ProvisionedLogin>(server, async () =>
        {
            // One transaction: a login without its mark would be nobody's.
            await using var transaction = await writer.BeginTransactionAsync(ct);
            var identity = await writer.IdentifyAsync(server, _clock, ct);
            if (Mismatch(identity, request.Pin, request.Target.Database) is { } wrong)
            {
                return wrong;
            }

            if (TooFarApart(identity) is { } skewed)
            {
                return skewed;
            }

            var (oid, alreadyThere) = await writer.RowAsync(
                FacadeStatements.Mint,
                static row => (row.GetFieldValue<uint>(0), row.GetBoolean(1)),
                ct,
                request.Login,
                level.StandingRole,
                request.NotAfter - server.ServerTimeOffset(),
                server.MaximumLiveGrants,
                level.ConnectionLimit,
                Milliseconds(level.StatementTimeout),
                Milliseconds(level.LockTimeout),
                Milliseconds(level.IdleInTransactionTimeout),
                level.ReadOnlyByDefault);
            if (alreadyThere)
            {
                if (await FoundLogin.OfAsync(writer, request.Login, ct) is not { Mark: { } mark } || mark.Grant != request.Grant
                    || !mark.Verifies(_instanceKey, request.Login, identity.SystemIdentifier, oid))
                {
                    return new Refusal("name_taken", "A role of this name exists that is not ours. A DBA must look at it.");
                }
            }
            else
            {
                var mac = LoginMark.MacOf(_instanceKey, request.Login, identity.SystemIdentifier, oid, request.Grant);
                await writer.RunAsync(FacadeStatements.Mark, ct, request.Login, request.Grant.ToString(), mac);
            }

            await transaction.CommitAsync(ct);
            return new ProvisionedLogin { Login = request.Login, Oid = oid, ClockSkew = identity.ClockSkew, AlreadyThere = alreadyThere };
        }, ct);
    }

    public async Task<Result<HandedOver>> HandOverAsync(HandOverLogin request, CancellationToken ct)
    {
        await using var writer = await _connections.OpenWriterAsync(request.Server, ct);
        return await OnOurLoginAsync(writer, request.Server, request.Pin, request.Login, request.Oid, request.Expiry, () => writer.RowAsync(
            FacadeStatements.Reveal,
            static row => row.GetFieldValue<DateTimeOffset>(0),
            ct,
            request.Login,
            request.Oid,
            ScramVerifier.For(request.Password).Reveal(),
            request.Expiry,
            request.Generation,
            request.NotAfter - request.Server.ServerTimeOffset()), ct);
    }

    public async Task<Result<HandedOver>> ExtendAsync(ExtendLogin request, CancellationToken ct)
    {
        await using var writer = await _connections.OpenWriterAsync(request.Server, ct);
        return await OnOurLoginAsync(writer, request.Server, request.Pin, request.Login, request.Oid, request.Expiry, () => writer.RowAsync(
            FacadeStatements.Extend,
            static row => row.GetFieldValue<DateTimeOffset>(0),
            ct,
            request.Login,
            request.Oid,
            request.Expiry), ct);
    }

    public async Task<LoginReading> ReadAsync(Server server, string login, CancellationToken ct)
    {
        await using var writer = await _connections.OpenWriterAsync(server, ct);
        return await PostgreSqlFaults.GuardAsync(server.Nodes[0], () => FoundLogin.OfAsync(writer, login, ct), ct) is { } found
            ? new LoginReading
            {
                Presence = found.CanLogin ? LoginPresence.Login : LoginPresence.NoLogin,
                Oid = found.Oid,
                ValidUntil = found.ValidUntil,
                Generation = found.Mark?.Generation ?? 0,
                FirstRevealedAt = found.Mark?.Since,
            }
            : new LoginReading { Presence = LoginPresence.Absent };
    }

    public Task<IReadOnlyList<RevocationReport>> EndAsync(EndLogins request, CancellationToken ct) =>
        _fullLockTable.StepAsync(request, () => StepAsync(request, ct), ct);

    private async Task<IReadOnlyList<RevocationReport>> StepAsync(EndLogins request, CancellationToken ct)
    {
        await using var step = new RevocationStep(_ready, _standbys, _memory, _clock, _instanceKey, _options, request);
        return await PostgreSqlFaults.GuardAsync(request.Server.Nodes[0], () => step.RunAsync(ct), ct);
    }

    public async Task<IReadOnlyList<ManagedLogin>> ListAsync(Server server, CancellationToken ct)
    {
        await using var writer = await _connections.OpenWriterAsync(server, ct);
        return await PostgreSqlFaults.GuardAsync(server.Nodes[0], async () =>
        {
            var identity = await writer.IdentifyAsync(server, _clock, ct);
            var records = await LoginRecords.OfPresentAsync(writer, ct);
            var logins = await writer.RowsAsync(FacadeStatements.Logins, row => FoundLogin.Read(row, records), ct);
            return logins.Select(login => new ManagedLogin
            {
                Name = login.Name,
                Oid = login.Oid,
                MacVerifies = LoginName.LooksLikeOurs(login.Name) && login.Mark?.Verifies(_instanceKey, login.Name, identity.SystemIdentifier, login.Oid) == true,
                Grant = login.Mark?.Grant,
                CanLogin = login.CanLogin,
                ValidUntil = login.ValidUntil,
                IsLocked = login.IsLocked,
                Generation = login.Mark?.Generation ?? 0,
                FirstRevealedAt = login.Mark?.Since,
                IsRecorded = login.Mark?.RecordedOid == login.Oid,
            }).ToList();
        }, ct);
    }

    public async Task<IReadOnlyList<MintedLogin>> NewestMintsAsync(Server server, int count, CancellationToken ct)
    {
        await using var writer = await _connections.OpenWriterAsync(server, ct);
        return await PostgreSqlFaults.GuardAsync(server.Nodes[0], async () =>
        {
            var identity = await writer.IdentifyAsync(server, _clock, ct);
            return await LoginRecords.NewestAsync(writer, _instanceKey, identity.SystemIdentifier, count, ct);
        }, ct);
    }

    public Task StandReadyAsync(Server server, bool wanted, CancellationToken ct) => _ready.StandReadyAsync(server, wanted, ct);

    public Task<IReadOnlyList<GhostSession>> EndGhostsAsync(EndGhosts request, CancellationToken ct) =>
        new GhostSweep(_connections, request).RunAsync(ct);

    public Task<SessionSight> ObserveAsync(Server server, IReadOnlyList<string> logins, CancellationToken ct) =>
        new SessionObservation(_connections, server).RunAsync(logins, ct);

    public async ValueTask DisposeAsync()
    {
        await _ready.DisposeAsync();
        await _connections.DisposeAsync();
    }

    private async Task<Result<HandedOver>> OnOurLoginAsync(
        NpgsqlConnection writer, Server server, ServerIdentity pin, string login, uint oid, DateTimeOffset expiry, Func<Task<DateTimeOffset>> change, CancellationToken ct)
    {
        return await AskAsync<HandedOver>(server, async () =>
        {
            await using var transaction = await writer.BeginTransactionAsync(ct);
            var identity = await writer.IdentifyAsync(server, _clock, ct);
            if (Mismatch(identity, pin, database: null) is { } wrong)
            {
                return wrong;
            }

            if (TooFarApart(identity) is { } skewed)
            {
                return skewed;
            }

            if (_clock.GetUtcNow() + identity.ClockSkew >= expiry)
            {
                return new Refusal("too_late", "The window is over. Nothing was done; ask again.");
            }

            if (await FoundLogin.OfAsync(writer, login, ct) is not { Mark: { } mark } found || found.Oid != oid || !mark.Verifies(_instanceKey, login, identity.SystemIdentifier, oid))
            {
                return new Refusal("login_gone", "The login is gone from the server.");
            }

            var until = await change();
            await transaction.CommitAsync(ct);
            return new HandedOver { ValidUntil = until };
        }, ct);
    }

    private Refusal? TooFarApart(ServerIdentity identity) => identity.ClockSkew.Duration() > _options.MaximumClockSkew
        ? new Refusal("clock_skew", $"The clocks of bot and server differ by {identity.ClockSkew.TotalSeconds.ToString("F1", CultureInfo.InvariantCulture)} s. Correct one of them.")
        : null;

    // A refusal leaves the transaction to be rolled back by its disposal.
    private async Task<Result<T>> AskAsync<T>(Server server, Func<Task<Result<T>>> exchange, CancellationToken ct)
        where T : notnull
    {
        try
        {
            return await exchange();
        }
        catch (PostgresException fault) when (PostgreSqlFaults.AsRefusal(fault) is { } refusal)
        {
            return refusal;
        }
        catch (Exception fault) when (PostgreSqlFaults.IsConnectionFault(fault, ct))
        {
            if (fault is PostgresException { SqlState: PostgresErrorCodes.LockNotAvailable })
            {
                await using var writer = await _connections.OpenWriterAsync(server, ct);
                await PostgreSqlFaults.GuardAsync(server.Nodes[0], () => OwnTransactions.EndAsync(writer, ct), ct);
            }

            throw PostgreSqlFaults.Unavailable($"{server.Nodes[0]} did not answer as expected ({PostgreSqlFaults.Code(fault)}); the outcome is unknown", fault);
        }
    }

    private static Refusal? Mismatch(ServerIdentity found, ServerIdentity pin, string? database)
    {
        var same = string.Equals(found.SystemIdentifier, pin.SystemIdentifier, StringComparison.Ordinal)
            && (database is null
                || (found.Databases.TryGetValue(database, out var oid) && pin.Databases.TryGetValue(database, out var pinned) && oid == pinned));
        return same ? null : new Refusal("wrong_server", "This is not the server or database that was pinned. Nothing was done. Find out why; if it is meant, let nothing live remain there and give the server a new Id.");
    }

    private static int Milliseconds(TimeSpan span) => (int)Math.Clamp(span.TotalMilliseconds, 0, int.MaxValue);
}
