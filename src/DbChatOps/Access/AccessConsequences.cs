using DbChatOps.Alerts;
using DbChatOps.Ledger;

namespace DbChatOps.Access;

/// <summary>What follows from what happens to a request or a grant: cards, notices, timers, and work for the engine.</summary>
public static class AccessConsequences
{
    /// <summary>Long enough to copy a password, short enough that nobody finds it on an unlocked screen after lunch.</summary>
    public static readonly TimeSpan CredentialsAreShownFor = TimeSpan.FromSeconds(60);

    /// <summary>What a request needs to go on by itself.</summary>
    public static IEnumerable<AgendaRow> Owed(AccessRequest request) => request.State == RequestState.Pending ? [Lapse(request)] : [];

    /// <summary>What a grant needs to go on by itself.</summary>
    public static IEnumerable<AgendaRow> Owed(Grant grant, DateTimeOffset now) => grant.State switch
    {
        GrantState.Provisioning or GrantState.Revoking => [Converge(grant, now), .. Timers(grant)],
        GrantState.Ready or GrantState.Active => Timers(grant),
        _ => [],
    };

    public static IEnumerable<AgendaRow> After(AccessRequest request, RequestEvent change)
    {
        yield return Rows.Show(AccessCardKeys.Request(request.Id), Lanes.Channel(request.Channel), change.At);
        yield return Rows.Show(AccessCardKeys.Asked(request.Id), Lanes.Person(request.Requester.Id), change.At);
        if (request.EscalatedAt is not null)
        {
            yield return Rows.Show(AccessCardKeys.Escalation(request.Id), Lanes.Channel(request.Channel), change.At);
        }

        switch (change)
        {
            case RequestAsked:
                yield return Lapse(request);
                if (request.Policy.Policy.Rule.Escalation is { } escalation)
                {
                    yield return Rows.Dispatch(new EscalateRequest(request.Id), "escalate", request.AskedAt + escalation.After);
                }

                break;
            case RequestDenied or RequestLapsed or GrantRefused or RequestVoided:
                yield return Rows.Tell(request.Requester.Id, AccessNotices.Answered, request.Subject, change.At);
                break;
            case RequestApproved when request.Kind == RequestKind.Access:
                yield return Rows.Dispatch(OpenGrant.For(request), "open", change.At, AgendaPriority.Provision);
                break;
            case RequestApproved:
                yield return Rows.Dispatch(new ExtendGrant(request.Extends!.Value, request.Id, request.Window), "extend", change.At);
                break;
        }
    }

    public static IEnumerable<AgendaRow> After(Grant grant, GrantEvent change)
    {
        if (change is not RevealRequested)
        {
            yield return Rows.Show(AccessCardKeys.Grant(grant.Id), Lanes.Person(grant.Holder.Id), change.At);
        }

        if (change is not (GrantOpened or RevealRequested or RevealFailed or ExtensionApplied or HolderWarned or SessionsSeen))
        {
            yield return Rows.Show(AccessCardKeys.Request(grant.Request), Lanes.Channel(grant.Channel), change.At);
        }

        if (grant.LastExtension is { } longer && change is GrantEnding or GrantRevoked)
        {
            yield return Rows.Show(AccessCardKeys.Request(longer), Lanes.Channel(grant.Channel), change.At);
        }

        if (grant.Ending is { IsOverdue: true } && change is RevocationProgressed or GrantOverdue or StoppedNoLonger or GrantRevoked)
        {
            yield return Rows.Show(AccessCardKeys.Overdue(grant.Id), Lanes.Channel(grant.Channel), change.At);
        }

        if (grant.Ending is { IsOverdue: true } && change is GrantOverdue or GrantRevoked)
        {
            yield return Rows.Show(AccessCardKeys.OverdueAlert(grant.Id), AlertCards.WebhookLane, change.At);
        }

        // Whatever ended it against their will was told when it did.
        if (change is GrantRevoked && grant.Ending is { Reason: EndReason.Expired or EndReason.Released })
        {
            yield return Rows.Tell(grant.Holder.Id, AccessNotices.Over, grant.Subject, change.At);
        }

        switch (change)
        {
            case GrantOpened:
                yield return Converge(grant, change.At);
                yield return EndUnclaimed(grant);
                break;
            case RevealRequested reveal:
                yield return new AgendaRow
                {
                    Key = $"handover:{grant.Id}",
                    Lane = Lanes.HandOver(grant.Id),
                    Priority = AgendaPriority.Reveal,
                    Due = change.At,
                    Item = new AgendaItem.HandOver(grant.Id, reveal.Generation, reveal.View),
                };
                yield return Expire(grant, grant.LatestPossibleEnd!.Value);
                break;
            case RevealFailed when grant.Expiry is null:
                yield return EndUnclaimed(grant);
                break;
            case GrantRevealed or GrantExtended:
                if (change is GrantExtended extended)
                {
                    yield return Rows.Tell(grant.Holder.Id, AccessNotices.Extended(extended.Expiry), grant.Subject, change.At);
                }

                foreach (var timer in Timers(grant))
                {
                    yield return timer;
                }

                if (change is GrantRevealed revealed)
                {
                    yield return Rows.Show(AccessCardKeys.Blank(revealed.View), Lanes.HandOver(grant.Id), change.At + CredentialsAreShownFor);
                }

                // Also after a reveal: an extension that came while it was under way may have been written over on the server.
                if (grant.HasOtherEndOnServer)
                {
                    yield return Converge(grant, change.At);
                }

                break;
            case ExtensionApplied when grant.HasOtherEndOnServer:
                yield return Converge(grant, change.At);
                break;
            case RevealFound { Expiry: not null }:
                foreach (var timer in Timers(grant))
                {
                    yield return timer;
                }

                if (grant.HasOtherEndOnServer)
                {
                    yield return Converge(grant, change.At);
                }

                break;
            case GrantShortened shortened:
                yield return Rows.Tell(grant.Holder.Id, AccessNotices.Shortened(shortened.Expiry), grant.Subject, change.At);
                foreach (var timer in Timers(grant))
                {
                    yield return timer;
                }

                break;
            case ExtensionRefused refused:
                foreach (var timer in Timers(grant))
                {
                    yield return timer;
                }

                // The request's card and its requester read the same as for an extension that could not be spent.
                if (grant.LastExtension is { } extension)
                {
                    yield return Rows.Dispatch(new NoteGrantRefused(extension, new Refusal(refused.Code, refused.Message)), "not-applied", change.At);
                }

                break;
            case HolderWarned warned:
                yield return Rows.Tell(grant.Holder.Id, AccessNotices.EndsSoon(warned.Warning, grant.Expiry!.Value), grant.Subject, change.At);
                break;
            case GrantEnding ending:
                yield return Converge(grant, change.At);
                if (grant.ShownIn is { } view)
                {
                    yield return Rows.Show(AccessCardKeys.Blank(view), Lanes.HandOver(grant.Id), change.At);
                }

                if (ending.Reason is not (EndReason.Released or EndReason.Expired))
                {
                    yield return Rows.Tell(grant.Holder.Id, AccessNotices.Ended, grant.Subject, change.At);
                }

                break;
            case SessionsSeen when grant.Receipt.ClientAddresses.Count > 1:
                yield return Rows.Tell(grant.Holder.Id, AccessNotices.SecondAddress(grant.Receipt.ClientAddresses.Count), grant.Subject, change.At);
                yield return Rows.Show(AccessCardKeys.Addresses(grant.Id), Lanes.Channel(grant.Channel), change.At);
                yield return Rows.Show(AccessCardKeys.AddressesAlert(grant.Id), AlertCards.WebhookLane, change.At);
                break;
            case GrantRevoked when grant.Receipt.ClientAddresses.Count > 1:
                yield return Rows.Show(AccessCardKeys.AddressesAlert(grant.Id), AlertCards.WebhookLane, change.At);
                break;
        }
    }

    private static IEnumerable<AgendaRow> Timers(Grant grant)
    {
        if (grant.LatestPossibleEnd is not { } end)
        {
            yield return EndUnclaimed(grant);
            yield break;
        }

        yield return Expire(grant, end);
        if (grant.Expiry is not { } expiry)
        {
            yield break;
        }

        foreach (var warning in Enum.GetValues<EndWarning>())
        {
            if (grant.Warned is not { } given || given < warning)
            {
                yield return Rows.Dispatch(new WarnHolder(grant.Id, warning, expiry), $"warn-{warning}", expiry - WarnHolder.Before(warning, grant.Window));
            }
        }
    }

    /// <summary>Makes the server agree with this grant.</summary>
    public static AgendaRow Converge(Grant grant, DateTimeOffset due) => new()
    {
        Key = $"converge:{grant.Id}",
        Lane = Lanes.Engine(grant.Server),
        Priority = grant.State == GrantState.Revoking ? AgendaPriority.Revoke : AgendaPriority.Provision,
        Due = due,
        Item = new AgendaItem.Converge(grant.Id),
    };

    private static AgendaRow Expire(Grant grant, DateTimeOffset end) =>
        Rows.End(new EndGrant(grant.Id, EndReason.Expired), "expire", grant.Server, end);

    private static AgendaRow EndUnclaimed(Grant grant) =>
        Rows.End(new EndGrant(grant.Id, EndReason.Unclaimed), "unclaimed", grant.Server, grant.ClaimBy);

    private static AgendaRow Lapse(AccessRequest request) => Rows.Dispatch(new LapseRequest(request.Id), "lapse", request.LapsesAt);
}
