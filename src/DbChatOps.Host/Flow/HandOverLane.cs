using DbChatOps.Access;
using DbChatOps.Chat;
using DbChatOps.Ledger;
using DbChatOps.Targets;

namespace DbChatOps.Host.Flow;

/// <summary>
/// The only effect that touches engine and chat together. A password is born here, its verifier goes to the server, the dialog shows it, and
/// nothing of it is left when the method returns. What the server says afterwards is recorded; a hand-over that died half-way is only read back,
/// because nobody knows its password any more.
/// </summary>
public sealed class HandOverLane(
    ILedger ledger, ILoginEngine engine, IChatPlatform chat, Decider decider, CatalogTurns turns, RestoreWatch restores, Alarms alarms, Func<Rules> rules, TimeProvider clock,
    ILogger<HandOverLane> log) : ILaneWorker
{
    private const string Title = "Credentials";
    private const int TriesToShow = 3;
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(500);

    public string LanePrefix => Lanes.HandOverPrefix;

    public async Task<IReadOnlyList<RowResult>> WorkAsync(LaneClaim claim, CancellationToken ct)
    {
        var results = new List<RowResult>();
        foreach (var row in claim.Rows)
        {
            try
            {
                await (row.Row.Item switch
                {
                    AgendaItem.HandOver item => HandOverAsync(item, claim.Until, ct),
                    AgendaItem.Show show => chat.UpdateDialogAsync(show.Card["blank:".Length..], AccessDialogs.Blank(), ct),
                    _ => Task.CompletedTask,
                });
                results.Add(new RowResult(row, null));
            }
            catch (Exception fault) when (fault is TargetUnavailableException or ChatUnavailableException)
            {
                results.Add(new RowResult(row, clock.GetUtcNow() + Backoff.After(row.Attempts, LongestPause)));
            }
            catch (ChatRefusedException refused)
            {
                // A dialog that will not be blanked: asking again changes nothing.
                log.DialogNotBlanked(refused.Code);
                results.Add(new RowResult(row, null));
            }
        }

        return results;
    }

    private async Task HandOverAsync(AgendaItem.HandOver item, DateTimeOffset claimUntil, CancellationToken ct)
    {
        var grant = (await ledger.LoadAsync<Grant>(item.Grant.ToString(), ct))?.State;
        if (grant is not { Revealing: { } pending, Oid: { } oid } || pending.Generation != item.Generation)
        {
            return;
        }

        if (grant.State is not (GrantState.Ready or GrantState.Active))
        {
            await ConcludeAsync(grant, item, new LoginReading { Presence = LoginPresence.Absent }, "the access was ended meanwhile", ct);
            await ShowAsync(grant, item, AccessDialogs.Refused(Title, GrantRules.Ended(grant)), ct);
            return;
        }

        if (Subjects(grant) is not var (server, target) || (await ledger.LoadAsync<ServerRecord>(server.Id.Value, ct))?.State is not { } record)
        {
            await ConcludeAsync(grant, item, new LoginReading { Presence = LoginPresence.Absent }, "the target is no longer configured", ct);
            return;
        }

        // An earlier try may have reached the server before it died; its password is lost, so it is only read back.
        var before = await ReadAsync(server, grant, ct);
        if (before.Presence == LoginPresence.Login && before.Generation >= item.Generation)
        {
            await ConcludeAsync(grant, item, before, null, ct);
            await ShowAsync(grant, item, AccessDialogs.Refused(Title, new Refusal("lost", "The password could not be shown. Press New password on the card.")), ct);
            return;
        }

        if (grant.ClaimedAt is null && await restores.RefuseAsync(server, ct) is { } observing)
        {
            await ShowAsync(grant, item, AccessDialogs.Refused(Title, observing), ct);
            await ConcludeAsync(grant, item, before, observing.Message, ct);
            return;
        }

        // Handed over once and closed now: a new password would undo somebody's lock.
        if (before is { Presence: LoginPresence.NoLogin, Generation: > 0 })
        {
            var locked = await WhyLockedAsync(grant, ct);
            await ShowAsync(grant, item, AccessDialogs.Refused(Title, locked), ct);
            await ConcludeAsync(grant, item, before, locked.Message, ct);
            return;
        }

        var password = Passwords.New();
        var request = new HandOverLogin
        {
            Server = server,
            Login = grant.Login,
            Oid = oid,
            Password = password,
            Expiry = pending.Expiry,
            Generation = item.Generation,
            NotAfter = claimUntil,
            Pin = record.Pin,
        };
        var handed = await turns.TakeAsync(server.Id, () => engine.HandOverAsync(request, ct), ct);
        if (handed.Refused is { Code: "login_locked" })
        {
            handed = await WhyLockedAsync(grant, ct);
        }

        var shown = handed.TryGet(out var until, out var refusal)
            ? AccessDialogs.Credentials(grant, target, password, ServersEnd.Earlier(until.ValidUntil, pending.Expiry))
            : AccessDialogs.Refused(Title, refusal);
        await ShowAsync(grant, item, shown, ct);
        await ConcludeAsync(grant, item, await ReadAsync(server, grant, ct), refusal?.Message, ct);
        if (refusal is null)
        {
            log.HandedOver(grant.Id.Handle, item.Generation);
        }
    }

    /// <summary>In its turn, so that a thousand hand-overs at once do not open a thousand connections.</summary>
    private Task<LoginReading> ReadAsync(Server server, Grant grant, CancellationToken ct) =>
        turns.TakeAsync(server.Id, () => engine.ReadAsync(server, grant.Login, ct), ct);

    /// <summary>The bot locks only what the ledger calls ending; a lock on a live grant's login is somebody else's.</summary>
    private async Task<Refusal> WhyLockedAsync(Grant grant, CancellationToken ct) =>
        (await ledger.LoadAsync<Grant>(grant.Id.ToString(), ct))?.State is { State: GrantState.Ready or GrantState.Active }
            ? new Refusal("login_locked", "This login was locked on the server by somebody else. Ask a DBA why; press Done on the card to end it, and ask again.")
            : GrantRules.Ended(grant);

    private (Server Server, Target Target)? Subjects(Grant grant) =>
        rules().Targets.Server(grant.Server) is { } server && rules().Targets.Target(grant.Target) is { } target ? (server, target) : null;

    /// <summary>
    /// Retries a failed views.update while the holder looks at "one moment", within the time that a reveal may take. Then tells the holder by direct message and goes
    /// on: the outcome must be recorded also when chat is down.
    /// </summary>
    private async Task ShowAsync(Grant grant, AgendaItem.HandOver item, Dialog dialog, CancellationToken ct)
    {
        var until = clock.GetUtcNow() + RequestReveal.Patience / 2;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                // False means that the holder closed the dialog: nothing to tell.
                await chat.UpdateDialogAsync(item.View, dialog, ct);
                return;
            }
            catch (ChatUnavailableException fault) when (attempt < TriesToShow && clock.GetUtcNow() < until)
            {
                await Task.Delay(fault.RetryAfter is { } asked && asked < LongestPause ? asked : BetweenTries, clock, ct);
            }
            catch (Exception fault) when (fault is ChatUnavailableException or ChatRefusedException)
            {
                log.CredentialsNotShown((fault as ChatRefusedException)?.Code ?? "unavailable");
                break;
            }
        }

        await ledger.CommitAsync(new Change { Agenda = [Rows.Tell(grant.Holder.Id, AccessNotices.NotShown(item.Generation), grant.Subject, clock.GetUtcNow())] }, ct);
    }

    private async Task ConcludeAsync(Grant grant, AgendaItem.HandOver item, LoginReading reading, string? why, CancellationToken ct)
    {
        await decider.DecideAsync(new ConcludeReveal(grant.Id, item.Generation, reading, why), Principal.Bot, null, ct);
        var said = ServersEnd.Said(reading.ValidUntil);
        if (reading.Presence == LoginPresence.Login && reading.Generation == item.Generation && grant.Revealing is { } pending && ServersEnd.Differs(said, pending.Expiry))
        {
            log.EndDiffers(grant.Id.Handle, PlainText.Utc(said));
            await alarms.RaiseAsync(OtherEnd.Key(grant), grant.Server.Value, OtherEnd.Sentence(grant, said, pending.Expiry), ct);
        }
    }
}
