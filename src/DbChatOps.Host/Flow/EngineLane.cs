using DbChatOps.Access;
using DbChatOps.Chat;
using DbChatOps.Ledger;
using DbChatOps.Targets;

namespace DbChatOps.Host.Flow;

/// <summary>
/// Makes one server agree with the ledger: logins that are owed exist, those that ended are gone, and the end on the server is the end
/// in the ledger. Ending comes first and goes on through shutdown for a bounded while.
/// </summary>
public sealed class EngineLane(
    ILedger ledger, ILoginEngine engine, Decider decider, CatalogTurns turns, RestoreWatch restores, UnclaimedEndings unclaimed, Alarms alarms, Sightings sightings, Func<Rules> rules,
    TimeProvider clock,
    ILogger<EngineLane> log) : ILaneWorker
{
    /// <summary>A server that comes back must be noticed soon: access that should be gone is waiting there.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    /// <summary>Between tries of what waits for somebody to put a clock or a set-up right.</summary>
    private static readonly TimeSpan PauseForPeople = TimeSpan.FromSeconds(30);

    private const int QuickSteps = 8;

    private static readonly TimeSpan PatienceAtShutdown = TimeSpan.FromSeconds(5);

    public string LanePrefix => Lanes.EnginePrefix;

    public async Task<IReadOnlyList<RowResult>> WorkAsync(LaneClaim claim, CancellationToken ct)
    {
        var rows = new List<(ClaimedRow Row, Grant Grant)>();
        var results = new List<RowResult>();
        foreach (var row in claim.Rows)
        {
            var id = ((AgendaItem.Converge)row.Row.Item).Grant;
            if ((await ledger.LoadAsync<Grant>(id.ToString(), ct))?.State is { } grant)
            {
                rows.Add((row, grant));
            }
            else
            {
                results.Add(new RowResult(row, null));
            }
        }

        if (rows.Count == 0)
        {
            return results;
        }

        if (rules().Targets.Server(rows[0].Grant.Server) is not { } server)
        {
            log.ServerUnreachable(rows[0].Grant.Server.Value, "it is not in the configuration, yet it owes the end of a grant");
            return [.. results, .. rows.Select(pair => Later(pair.Row, LongestPause))];
        }

        results.AddRange(await EndAsync(server, [.. rows.Where(pair => pair.Grant.State == GrantState.Revoking)], ct));
        var answers = true;
        foreach (var (row, grant) in rows.Where(pair => pair.Grant.State != GrantState.Revoking))
        {
            // A dead server costs one patience, not one for each row: the next ending must not wait behind them.
            var kept = answers ? await KeepAsync(server, row, grant, claim.Until, ct) : null;
            answers = kept is not null;
            results.Add(kept ?? Later(row, Backoff.After(row.Attempts, LongestPause)));
        }

        return results;
    }

    private async Task<IReadOnlyList<RowResult>> EndAsync(Server server, IReadOnlyList<(ClaimedRow Row, Grant Grant)> ending, CancellationToken ct)
    {
        if (ending.Count == 0)
        {
            return [];
        }

        // Ending access does not stop at shutdown: each step is short and has its own bound.
        using var bounded = new CancellationTokenSource(Agenda.ClaimFor - PatienceAtShutdown, clock);
        IReadOnlyList<RevocationReport> reports;
        try
        {
            await unclaimed.LookAsync(server, ending, bounded.Token);
            var logins = ending.Select(pair => new EndingLogin(pair.Grant.Login, pair.Grant.Oid) { Level = pair.Grant.Level });
            var request = new EndLogins { Server = server, Logins = [.. logins] };
            reports = await turns.TakeAsync(server.Id, () => engine.EndAsync(request, bounded.Token), ct);
        }
        catch (TargetUnavailableException fault)
        {
            log.ServerUnreachable(server.Id.Value, fault.Message);
            reports = [.. ending.Select(pair => Unreachable(pair.Row, pair.Grant, fault))];
        }

        var byLogin = reports.ToDictionary(report => report.Login, StringComparer.Ordinal);
        return await Task.WhenAll(ending.Select(pair => RecordAsync(pair.Row, pair.Grant, byLogin[pair.Grant.Login], bounded.Token)));
    }

    private async Task<RowResult> RecordAsync(ClaimedRow row, Grant grant, RevocationReport report, CancellationToken ct)
    {
        await decider.DecideAsync(new RecordRevocation(grant.Id, report) { Watched = sightings.WatchedOf(grant) }, Principal.Bot, null, ct);
        return report.Stage == RevocationStage.ProvenGone ? new RowResult(row, null) : Later(row, Pause(row, report.RetryAfter));
    }

    /// <summary>What did not end in this many steps waits for somebody or something: a renamed login, a standby that is away.</summary>
    private static TimeSpan Pause(ClaimedRow row, TimeSpan asked) => row.Attempts < QuickSteps || asked > LongestPause ? asked : LongestPause;

    /// <summary>Nothing is known of the server: a login that was never handed over cannot be used, every other one counts as exposed.</summary>
    private static RevocationReport Unreachable(ClaimedRow row, Grant grant, TargetUnavailableException fault) => new()
    {
        Login = grant.Login,
        Stage = grant.Generation == 0 ? RevocationStage.Contained : RevocationStage.Exposed,
        Blockers = [fault.Message],
        RetryAfter = Backoff.After(row.Attempts, LongestPause),
    };

    /// <summary>Null when the server did not answer.</summary>
    private async Task<RowResult?> KeepAsync(Server server, ClaimedRow row, Grant grant, DateTimeOffset claimUntil, CancellationToken ct)
    {
        try
        {
            return grant.State switch
            {
                GrantState.Provisioning => await MakeAsync(server, row, grant, claimUntil, ct),
                GrantState.Active when grant.HasOtherEndOnServer => await MoveEndAsync(server, row, grant, ct),
                _ => new RowResult(row, null),
            };
        }
        catch (TargetUnavailableException fault)
        {
            log.ServerUnreachable(server.Id.Value, fault.Message);
            return null;
        }
    }

    private async Task<RowResult> MakeAsync(Server server, ClaimedRow row, Grant grant, DateTimeOffset claimUntil, CancellationToken ct)
    {
        if (rules().Targets.Target(grant.Target) is not { } target || (await ledger.LoadAsync<ServerRecord>(server.Id.Value, ct))?.State is not { } record)
        {
            return await FailAsync(row, grant, "the target is no longer configured as it was", ct);
        }

        // The engine takes database and role from the configuration of this moment; what was approved is what the grant says.
        if (target.Server != grant.Server || target.Database != grant.Database || target.Levels.GetValueOrDefault(grant.Level)?.StandingRole != grant.StandingRole)
        {
            return await FailAsync(row, grant, "the target is no longer configured as it was", ct);
        }

        if (grant.ClaimBy <= clock.GetUtcNow())
        {
            return new RowResult(row, null);
        }

        // A store that was restored may hold what was granted and taken back since: nothing is made until an operator has looked.
        if (await restores.RefuseAsync(server, ct) is not null)
        {
            return Later(row, PauseForPeople);
        }

        var request = new ProvisionLogin
        {
            Server = server,
            Target = target,
            Level = grant.Level,
            Grant = grant.Id,
            Login = grant.Login,
            Pin = record.Pin,
            NotAfter = claimUntil < grant.ClaimBy ? claimUntil : grant.ClaimBy,
        };
        var made = await turns.TakeAsync(server.Id, () => engine.EnsureAsync(request, ct), ct);
        if (made.TryGet(out var login, out var refusal))
        {
            await decider.DecideAsync(new ConcludeProvisioning(grant.Id, login.Oid, login.ClockSkew), Principal.Bot, null, ct);
            return new RowResult(row, null);
        }

        log.ProvisioningRefused(grant.Id.Handle, refusal.Code);
        return refusal.Code switch
        {
            "too_late" => Later(row, TimeSpan.Zero),
            "role_held" => Later(row, Backoff.After(row.Attempts, LongestPause)),
            "name_used" => await FailAsync(row, grant, refusal.Message, ct, EndReason.MadeBefore),
            _ => await FailAsync(row, grant, refusal.Message, ct),
        };
    }

    private async Task<RowResult> MoveEndAsync(Server server, ClaimedRow row, Grant grant, CancellationToken ct)
    {
        if (grant is not { Oid: { } oid, Expiry: { } expiry })
        {
            return new RowResult(row, null);
        }

        if ((await ledger.LoadAsync<ServerRecord>(server.Id.Value, ct))?.State is not { } record)
        {
            return Later(row, Backoff.After(row.Attempts, LongestPause));
        }

        var isLonger = expiry > grant.ValidUntil;
        if (isLonger && await restores.RefuseAsync(server, ct) is not null)
        {
            return Later(row, PauseForPeople);
        }

        var request = new ExtendLogin { Server = server, Login = grant.Login, Oid = oid, Expiry = expiry, Pin = record.Pin };
        var moved = await turns.TakeAsync(server.Id, () => engine.ExtendAsync(request, ct), ct);
        if (moved.TryGet(out var now, out var refusal))
        {
            await decider.DecideAsync(new ConcludeExtension(grant.Id, now.ValidUntil), Principal.Bot, null, ct);
            await PageOtherEndAsync(grant, now.ValidUntil, expiry, ct);
            return new RowResult(row, null);
        }

        log.ExtensionRefused(grant.Id.Handle, refusal.Code);
        if (!isLonger || (IsCurable(refusal) && clock.GetUtcNow() < grant.ValidUntil))
        {
            return Later(row, Backoff.After(row.Attempts, PauseForPeople));
        }

        await decider.DecideAsync(new NoteExtensionRefused(grant.Id, expiry, refusal), Principal.Bot, null, ct);
        return new RowResult(row, null);
    }

    private async Task PageOtherEndAsync(Grant grant, DateTimeOffset said, DateTimeOffset approved, CancellationToken ct)
    {
        if (ServersEnd.Differs(said, approved))
        {
            log.EndDiffers(grant.Id.Handle, PlainText.Utc(said));
            await alarms.RaiseAsync(OtherEnd.Key(grant), grant.Server.Value, OtherEnd.Sentence(grant, said, approved), ct);
        }
    }

    /// <summary>Somebody may put it right while the server still lets the holder in. A login that is gone ends its grant by itself.</summary>
    private static bool IsCurable(Refusal refusal) => refusal.Code is "clock_skew" or "wrong_server" or "setup_missing" or "login_gone" or "login_changed";

    private async Task<RowResult> FailAsync(ClaimedRow row, Grant grant, string why, CancellationToken ct, EndReason reason = EndReason.Failed)
    {
        await decider.DecideAsync(new EndGrant(grant.Id, reason, why), Principal.Bot, null, ct);
        return new RowResult(row, null);
    }

    private RowResult Later(ClaimedRow row, TimeSpan wait) => new(row, clock.GetUtcNow() + wait);
}
