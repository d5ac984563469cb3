using DbChatOps.Access;
using DbChatOps.Chat;
using DbChatOps.Host.Flow;
using DbChatOps.Ledger;
using DbChatOps.Policies;

namespace DbChatOps.Host.Desk;

/// <summary>Takes access away before its time: one grant, or everything of one person after a look at what that is.</summary>
public sealed class RevokeDesk(ILedger ledger, Decider decider, FactGathering facts, CuttingOff cuttingOff, Func<Rules> rules)
{
    private static readonly Refusal NotSecurity = new(
        "not_security", "Only members of the cut-off groups may cut somebody off. End a single grant with `/db revoke <grant> <reason>`.");

    /// <summary>The dialog behind the button on the card of an approved request.</summary>
    public async Task<Result<Dialog>> OpenAsync(RequestId request, Principal actor, CancellationToken ct)
    {
        if ((await ledger.LoadAsync<AccessRequest>(request.ToString(), ct))?.State.Grant is not { } id
            || (await ledger.LoadAsync<Grant>(id.ToString(), ct))?.State is not { } grant)
        {
            return GrantRules.Unknown;
        }

        if (!(await facts.GatherAsync(actor, new FactNeeds { SecurityGroups = true }, ct)).TryGet(out var known, out var refusal))
        {
            return refusal;
        }

        if (!RevokeGrant.MayRevoke(grant, known))
        {
            return new Refusal("may_not_revoke", "This can be revoked by its holder, its approvers and the cut-off groups.");
        }

        return grant.State is GrantState.Revoking or GrantState.Revoked ? GrantRules.Ended(grant) : AccessDialogs.Revoke(grant);
    }

    public async Task<Result<Card>> RevokeAsync(GrantId grant, string reason, Principal actor, string? deliveryKey, CancellationToken ct)
    {
        var decided = await decider.DecideAsync(new RevokeGrant(grant, reason), actor, deliveryKey, ct);
        return decided.TryGet(out var done, out var refusal) ? AccessReplies.Ending((Grant)done.State).Noted(reason) : refusal;
    }

    /// <summary>What cutting this person off would end, with the button that leads to the confirmation.</summary>
    public async Task<Result<Card>> PreviewAsync(CutOffOrder order, Principal actor, CancellationToken ct) =>
        (await AuthoriseAsync(order.Person, actor, null, ct)).TryGet(out _, out var refusal) ? await PreviewAsync(order, ct) : refusal;

    /// <summary>The confirmation.</summary>
    public async Task<Result<Dialog>> OpenAsync(CutOffOrder order, Principal actor, CancellationToken ct) =>
        (await AuthoriseAsync(order.Person, actor, null, ct)).TryGet(out _, out var refusal) ? AccessDialogs.CutOff(order, await PreviewAsync(order, ct)) : refusal;

    /// <summary>Cuts off. Repeating it after a crash ends what is left and pages nobody twice.</summary>
    public async Task<Result<Card>> CutOffAsync(CutOffOrder order, Principal actor, string? deliveryKey, CancellationToken ct)
    {
        if (!(await AuthoriseAsync(order.Person, actor, deliveryKey, ct)).TryGet(out var membership, out var refusal))
        {
            return refusal;
        }

        if (string.IsNullOrWhiteSpace(order.Reason))
        {
            return new Refusal("reason_missing", "Say why, for the record: `/db revoke @person --yes <reason>`.") { Field = "reason" };
        }

        var cut = await cuttingOff.RunAsync(order, EndReason.Revoked, actor, deliveryKey, membership, ct);
        return AccessReplies.CutOff(order.Person, cut.Closed, cut.Ending, cut.Refused).Noted(order.Reason);
    }

    private async Task<Card> PreviewAsync(CutOffOrder order, CancellationToken ct)
    {
        List<AccessRequest> waiting = [];
        List<Grant> live = [];
        foreach (var account in rules().Policies.People.Of(order.Person).Identities)
        {
            var grants = await ledger.FindAsync<Grant>(new SnapshotQuery { Kind = Grant.Kind, Open = true, Person = account.ToString(), Limit = 1000 }, ct);
            live.AddRange(grants.Select(stored => stored.State));
            waiting.AddRange(await CuttingOff.MayBecomeAccessAsync(ledger, account, facts.Now, ct));
        }

        return AccessReplies.WouldCutOff(order, waiting, live);
    }

    private async Task<Result<Membership>> AuthoriseAsync(PersonId person, Principal actor, string? deliveryKey, CancellationToken ct)
    {
        if (!(await facts.GatherAsync(actor, new FactNeeds { SecurityGroups = true }, ct)).TryGet(out var known, out var refusal))
        {
            return refusal;
        }

        if (known.Membership.ContainsAny(known.SecurityGroups, actor.Id))
        {
            return known.Membership;
        }

        await decider.RecordRefusalAsync(Subject.Of(person), nameof(AccessIntent.RevokePerson), actor.Id, NotSecurity, deliveryKey, ct);
        return NotSecurity;
    }
}
