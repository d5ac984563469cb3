namespace DbChatOps.Policies;

/// <summary>What the policies say to a question. There is no fourth answer and no default: what nobody allowed is denied.</summary>
public abstract record PolicyVerdict
{
    private PolicyVerdict()
    {
    }

    /// <summary>Granted without a person's yes; never for a production target.</summary>
    public sealed record Allow(PinnedPolicy Pinned, TimeSpan Window) : PolicyVerdict;

    /// <summary>Granted once every seat of the rule is filled.</summary>
    public sealed record NeedApproval(PinnedPolicy Pinned, TimeSpan Window) : PolicyVerdict
    {
        public ApprovalRule Rule => Pinned.Policy.Rule;
    }

    /// <summary>
    /// Refused: <c>no_policy</c>, <c>window_too_long</c>, <c>window_too_short</c>, <c>ticket_required</c>, <c>cooling_down</c>, <c>rule_unsatisfiable</c>,
    /// <c>auto_approve_production</c>, or one of <see cref="Eligibility"/>.
    /// </summary>
    public sealed record Deny(Refusal Refusal) : PolicyVerdict;
}
