using DbChatOps.Chat;
using DbChatOps.Policies;

namespace DbChatOps.Access;

/// <summary>
/// Asks for more time on a live grant: a request of its own, with the same approval as a new one.
/// Refuses <c>unknown_grant</c>, <c>ended</c>, <c>not_active</c>, <c>extension_not_allowed</c>, <c>extension_limit</c>, <c>extension_pending</c>, <c>store_restored</c>, and what the policy refuses with.
/// </summary>
public sealed record AskExtension(RequestId Request, GrantId Grant, TimeSpan? Window, string Reason) : Command
{
    public override Subject Subject => Subject.Of(Request);

    public static Result<Decision<AccessRequest>> Decide(AccessRequest? request, AskExtension command, Facts facts)
    {
        if (request is not null)
        {
            return Decision<AccessRequest>.Unchanged(request);
        }

        if (!GrantRules.HeldBy(facts.Grant, facts.Actor, facts.Policies.People).TryGet(out var grant, out var refusal))
        {
            return refusal;
        }

        if (grant.State is GrantState.Revoking or GrantState.Revoked || grant.Expiry <= facts.Now)
        {
            return GrantRules.Ended(grant);
        }

        if (grant.State != GrantState.Active || grant.Expiry is not { } expiry)
        {
            return new Refusal("not_active", $"The window of {grant.Id.Handle} has not started; it starts when you press Show credentials.");
        }

        var reason = Reasons.Clean(command.Reason);
        reason = reason.Length > 0 ? reason : $"More time: {grant.Reason}";
        var access = new AskAccess(command.Request, grant.Target, grant.Level, command.Window, reason);
        if (!AskAccess.PrepareMore(access, facts).TryGet(out var asked, out refusal))
        {
            return refusal;
        }

        if (facts.Server?.RefuseWhileRestored() is { } observing)
        {
            return observing;
        }

        if (UnderWay(grant, facts.History) is { } underWay)
        {
            return underWay;
        }

        if (Limit(asked.Policy.Policy.Extension, grant, expiry + asked.Window) is { } limit)
        {
            return limit;
        }

        asked = asked with { Kind = RequestKind.Extension, Extends = grant.Id, LapsesAt = asked.LapsesAt < expiry ? asked.LapsesAt : expiry };
        var decision = asked.Policy.Policy.AutoApprove
            ? Decision<AccessRequest>.Of(null, asked, new RequestApproved { Request = command.Request, Grant = grant.Id, Automatic = true, By = PersonId.Bot, At = facts.Now })
            : Decision<AccessRequest>.Of(null, asked);
        return decision with { Guards = [AskAccess.PendingLimit(facts)] };
    }

    /// <summary>One at a time: an extension that waits, or is approved and not yet spent, would not be counted by the limits.</summary>
    private static Refusal? UnderWay(Grant grant, IReadOnlyList<AccessRequest> history)
    {
        var extensions = history.Where(earlier => earlier.Extends == grant.Id).ToList();
        return extensions.Exists(earlier => earlier.State == RequestState.Pending)
            || extensions.Count(earlier => earlier.State == RequestState.Approved && earlier.Outcome is null) > grant.Extensions
            ? new Refusal("extension_pending", $"An extension of {grant.Id.Handle} is already under way.")
            : null;
    }

    /// <summary>Null, or why the window may not end then: asked for when it is asked, and again when it is applied.</summary>
    internal static Refusal? Limit(ExtensionRule rule, Grant grant, DateTimeOffset newEnd)
    {
        if (!rule.Allowed)
        {
            return new Refusal("extension_not_allowed", "The policy does not allow extensions here. Ask for new access when this one ends.");
        }

        if (grant.Extensions >= rule.MaximumTimes)
        {
            return new Refusal("extension_limit", $"{grant.Id.Handle} was already extended as often as the policy allows ({rule.MaximumTimes}×). Ask for new access when it ends.");
        }

        return newEnd - grant.ClaimedAt > rule.MaximumTotal
            ? new Refusal("extension_limit", $"With that, the whole window would exceed {PlainText.Duration(rule.MaximumTotal)}, the most the policy allows. Ask for less.") { Field = "window" }
            : null;
    }
}
