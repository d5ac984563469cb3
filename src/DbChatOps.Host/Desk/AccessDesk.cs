using DbChatOps.Access;
using DbChatOps.Chat;
using DbChatOps.Host.Flow;
using DbChatOps.Ledger;
using DbChatOps.Policies;
using DbChatOps.Targets;

namespace DbChatOps.Host.Desk;

/// <summary>
/// Answers what somebody typed: looks up the names in it, asks the decider, and says what was understood and what came of it.
/// Questions only read.
/// </summary>
public sealed class AccessDesk(ILedger ledger, Decider decider, FactGathering facts, AccessLookup lookup, ReviewSight sight, RevokeDesk revocation, Func<Rules> rules)
{
    public Task<Result<Card>> AnswerAsync(AccessIntent intent, Principal actor, string? deliveryKey, CancellationToken ct) =>
        intent switch
        {
            AccessIntent.Help help => HelpAsync(help, actor, ct),
            AccessIntent.WhoAmI => WhoAmIAsync(actor, ct),
            AccessIntent.ListTargets list => TargetsAsync(list, actor, ct),
            AccessIntent.ListRequests => RequestsAsync(actor, ct),
            AccessIntent.ListGrants list => GrantsAsync(list, actor, ct),
            AccessIntent.Who who => WhoAsync(who, ct),
            AccessIntent.Access { DryRun: true } dry => DryRunAsync(dry, actor, ct),
            AccessIntent.Access ask => AskAsync(ask, actor, deliveryKey, ct),
            AccessIntent.Approve approve => ApproveAsync(approve, actor, deliveryKey, ct),
            AccessIntent.Deny deny => DenyAsync(deny, actor, deliveryKey, ct),
            AccessIntent.Withdraw withdraw => WithdrawAsync(withdraw, actor, deliveryKey, ct),
            AccessIntent.Extend extend => ExtendAsync(extend, actor, deliveryKey, ct),
            AccessIntent.Release release => ReleaseAsync(release, actor, deliveryKey, ct),
            AccessIntent.Revoke revoke => RevokeAsync(revoke, actor, deliveryKey, ct),
            AccessIntent.RevokePerson { Confirmed: true } revoke => revocation.CutOffAsync(OrderOf(revoke, actor), actor, deliveryKey, ct),
            AccessIntent.RevokePerson revoke => revocation.PreviewAsync(OrderOf(revoke, actor), actor, ct),
            _ => throw new InvalidOperationException($"Nobody answers {intent.GetType().Name}."),
        };

    /// <summary>A fresh id for something that a delivery makes: derived from its key, so that deciding it again makes the same thing.</summary>
    public static RequestId IdFrom(string? deliveryKey, DateTimeOffset at)
    {
        if (deliveryKey is null)
        {
            return new RequestId(Guid.CreateVersion7(at));
        }

        var digest = System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes("request:" + deliveryKey));
        return new RequestId(new Guid(digest.AsSpan(0, 16), bigEndian: true));
    }

    private async Task<Result<Card>> HelpAsync(AccessIntent.Help help, Principal actor, CancellationToken ct) =>
        AccessHelp.List(help.Topic, await lookup.AbilitiesAsync(actor, ct));

    /// <summary>A mention names somebody of the caller's own workspace.</summary>
    private static CutOffOrder OrderOf(AccessIntent.RevokePerson revoke, Principal actor) => new(actor.Id with { User = revoke.User }, revoke.Reason);

    private async Task<Result<Card>> WhoAmIAsync(Principal actor, CancellationToken ct)
    {
        if (!(await lookup.EveryGroupAsync(ct)).TryGet(out var membership, out var refusal))
        {
            return refusal;
        }

        var groups = rules().Policies.Groups.Where(group => membership.Contains(group.Name, actor.Id)).Select(group => group.Name).ToList();
        return AccessReplies.WhoAmI(actor, groups, lookup.Visible(actor, membership).Count);
    }

    private async Task<Result<Card>> TargetsAsync(AccessIntent.ListTargets list, Principal actor, CancellationToken ct)
    {
        if (!(await lookup.EveryGroupAsync(ct)).TryGet(out var membership, out var refusal))
        {
            return refusal;
        }

        return AccessReplies.Targets([.. lookup.Offers(actor, membership, list.Filter)], list.Filter);
    }

    private async Task<Result<Card>> RequestsAsync(Principal actor, CancellationToken ct)
    {
        if (!(await lookup.WaitingForAsync(actor, ct)).TryGet(out var waiting, out var refusal))
        {
            return refusal;
        }

        var open = await ledger.FindAsync<AccessRequest>(new SnapshotQuery { Kind = "request", Open = true }, ct);
        return AccessReplies.Requests([.. open.Select(stored => stored.State).Where(request => rules().Policies.People.AreSame(request.Requester.Id, actor.Id))], waiting);
    }

    private async Task<Result<Card>> GrantsAsync(AccessIntent.ListGrants list, Principal actor, CancellationToken ct)
    {
        var query = new SnapshotQuery { Kind = "grant", Open = true };
        if (!list.Everybody)
        {
            var mine = await ledger.FindAsync<Grant>(query with { People = lookup.AccountsOf(actor) }, ct);
            return AccessReplies.Grants([.. mine.Select(stored => stored.State)], false);
        }

        return (await lookup.RevocableAsync(actor, ct)).TryGet(out var theirs, out var refusal) ? AccessReplies.Grants(theirs, true) : refusal;
    }

    private async Task<Result<Card>> WhoAsync(AccessIntent.Who who, CancellationToken ct) =>
        (await lookup.GrantByLoginAsync(who.Login, ct)).TryGet(out var grant, out var refusal) ? AccessReplies.Who(grant) : refusal;

    private async Task<Result<Card>> DryRunAsync(AccessIntent.Access ask, Principal actor, CancellationToken ct)
    {
        if (!(await lookup.TargetAsync(ask.Target, actor, ct)).TryGet(out var target, out var refusal))
        {
            return refusal;
        }

        var command = new AskAccess(new RequestId(Guid.Empty), target.Id, ask.Level, ask.Window, ask.Reason);
        var needs = new FactNeeds { PoliciesOf = target.Id, HistoryFor = target.Id, ServerOf = target.Id };
        if (!(await facts.GatherAsync(actor, needs, ct)).TryGet(out var known, out refusal))
        {
            return refusal;
        }

        return AskAccess.Prepare(command, known).TryGet(out var would, out refusal) ? AccessReplies.DryRun(would).Noted(ask.Reason) : refusal;
    }

    private async Task<Result<Card>> AskAsync(AccessIntent.Access ask, Principal actor, string? deliveryKey, CancellationToken ct)
    {
        if (!(await lookup.TargetAsync(ask.Target, actor, ct)).TryGet(out var target, out var refusal))
        {
            return refusal;
        }

        var command = new AskAccess(IdFrom(deliveryKey, facts.Now), target.Id, ask.Level, ask.Window, ask.Reason);
        var decided = await decider.DecideAsync(command, actor, deliveryKey, ct);
        return decided.TryGet(out var done, out refusal) ? AccessReplies.Asked((AccessRequest)done.State, await lookup.OwedAsync(target.Server, ct)).Noted(ask.Reason) : refusal;
    }

    private async Task<Result<Card>> ApproveAsync(AccessIntent.Approve approve, Principal actor, string? deliveryKey, CancellationToken ct)
    {
        if (!(await lookup.RequestAsync(approve.Request, ct)).TryGet(out var request, out var refusal))
        {
            return refusal;
        }

        if (approve.Digest is null && ReviewRequest.AsksForDigest(request))
        {
            return await ShowAsync(request, actor, deliveryKey, ct);
        }

        // Another digest than the one that was shown is handed on as typed: the decider refuses and records it.
        var digest = approve.Digest is { } typed && typed != ReviewRequest.BriefDigest(request) ? typed : request.Digest;
        return await ReviewAsync(new ReviewRequest(request.Id, Verdict.Approve, digest, approve.TypedTarget, null), actor, deliveryKey, ct);
    }

    /// <summary>Shows a typed approver what the dialog would show; to whoever could not approve it, the refusal of the attempt.</summary>
    private async Task<Result<Card>> ShowAsync(AccessRequest request, Principal actor, string? deliveryKey, CancellationToken ct)
    {
        var needs = new FactNeeds { Pinned = request.Policy, Person = request.Requester };
        if (!(await facts.GatherAsync(actor, needs, ct)).TryGet(out var known, out var refusal))
        {
            return refusal;
        }

        refusal = request.State != RequestState.Pending ? ReviewRequest.AlreadyDecided(request)
            : ReviewRequest.Effective(request, known).TryGet(out var effective, out var changed)
                ? Tally.RefuseReview(effective.Rules, ReviewRequest.BallotOf(request), actor, true, known.Membership, known.Now)
                : changed;
        if (refusal is not null)
        {
            await decider.RecordRefusalAsync(request.Subject, nameof(ReviewRequest), actor.Id, refusal, deliveryKey, ct);
            return refusal;
        }

        return AccessReplies.WouldApprove(await sight.CardAsync(request, actor, ct), request);
    }

    private async Task<Result<Card>> DenyAsync(AccessIntent.Deny deny, Principal actor, string? deliveryKey, CancellationToken ct) =>
        (await lookup.RequestAsync(deny.Request, ct)).TryGet(out var request, out var refusal)
            ? await ReviewAsync(new ReviewRequest(request.Id, Verdict.Deny, request.Digest, null, deny.Reason), actor, deliveryKey, ct)
            : refusal;

    private async Task<Result<Card>> ReviewAsync(ReviewRequest review, Principal actor, string? deliveryKey, CancellationToken ct)
    {
        var decided = await decider.DecideAsync(review, actor, deliveryKey, ct);
        return decided.TryGet(out var done, out var refusal) ? AccessReplies.Reviewed((AccessRequest)done.State).Noted(review.Comment) : refusal;
    }

    private async Task<Result<Card>> WithdrawAsync(AccessIntent.Withdraw withdraw, Principal actor, string? deliveryKey, CancellationToken ct)
    {
        var found = withdraw.Request is { } handle ? await lookup.RequestAsync(handle, ct) : await lookup.OnlyRequestOfAsync(actor, ct);
        if (!found.TryGet(out var request, out var refusal))
        {
            return refusal;
        }

        var decided = await decider.DecideAsync(new WithdrawRequest(request.Id), actor, deliveryKey, ct);
        return decided.TryGet(out var done, out refusal) ? AccessReplies.Withdrawn((AccessRequest)done.State) : refusal;
    }

    private async Task<Result<Card>> ExtendAsync(AccessIntent.Extend extend, Principal actor, string? deliveryKey, CancellationToken ct)
    {
        if (!(await lookup.GrantOfAsync(extend.Grant, actor, ct)).TryGet(out var grant, out var refusal))
        {
            return refusal;
        }

        var decided = await decider.DecideAsync(new AskExtension(IdFrom(deliveryKey, facts.Now), grant.Id, extend.Window, extend.Reason), actor, deliveryKey, ct);
        return decided.TryGet(out var done, out refusal) ? AccessReplies.ExtensionAsked((AccessRequest)done.State).Noted(extend.Reason) : refusal;
    }

    private async Task<Result<Card>> ReleaseAsync(AccessIntent.Release release, Principal actor, string? deliveryKey, CancellationToken ct)
    {
        if (!(await lookup.GrantOfAsync(release.Grant, actor, ct)).TryGet(out var grant, out var refusal))
        {
            return refusal;
        }

        var decided = await decider.DecideAsync(new ReleaseGrant(grant.Id), actor, deliveryKey, ct);
        return decided.TryGet(out var done, out refusal) ? AccessReplies.Ending((Grant)done.State) : refusal;
    }

    private async Task<Result<Card>> RevokeAsync(AccessIntent.Revoke revoke, Principal actor, string? deliveryKey, CancellationToken ct)
    {
        if (!(await lookup.GrantAsync(revoke.Grant, ct)).TryGet(out var grant, out var refusal))
        {
            return refusal;
        }

        return await revocation.RevokeAsync(grant.Id, revoke.Reason, actor, deliveryKey, ct);
    }
}
