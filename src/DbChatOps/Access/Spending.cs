using DbChatOps.Policies;

namespace DbChatOps.Access;

/// <summary>
/// What must still hold when an approval is spent: when the grant is opened, when its holder first claims it, and when an extension is applied.
/// Between the approval and that moment policies, groups and targets may have been tightened; the approval does not outlive that.
/// </summary>
public static class Spending
{
    /// <summary>
    /// The pinned and the current policy together. Refuses <c>approval_void</c>, <c>policy_tightened</c> when the reviews no longer fill the seats, because
    /// the policy asks for more now or because an approver left the groups that made their word count, and what <see cref="ReviewRequest.Effective"/> refuses with.
    /// </summary>
    public static Result<EffectivePolicy> Judge(Facts facts)
    {
        if (facts.Request is not { State: RequestState.Approved } request)
        {
            return new Refusal("approval_void", "The approval no longer stands.");
        }

        if (!ReviewRequest.Effective(request, facts).TryGet(out var effective, out var refusal))
        {
            return refusal;
        }

        var isEnough = effective.Rules.Count == 0
            || effective.Count(ReviewRequest.BallotOf(request), facts.Membership).Outcome == TallyOutcome.Approved;
        return isEnough
            ? effective
            : new Refusal("policy_tightened", effective.Policies.Count == 1
                ? "Whoever approved this may no longer do so. Ask again."
                : $"Policy {request.Policy.Policy.Name} was changed after the approval and now asks for more than was given. Ask again.");
    }
}
