using DbChatOps.Chat;
using DbChatOps.Targets;

namespace DbChatOps.Policies;

/// <summary>
/// All policies, groups and linked people of one configuration; immutable, swapped whole. Default deny.
/// <para>
/// Which policy answers: in the order of the configuration, the first that covers the target and level, names a group of the requester, and whose
/// maximum window is long enough. Put the policy that should win first. A missing ticket or a cool-down of that policy refuses; it does not
/// fall through to a later one.
/// </para>
/// </summary>
public sealed class PolicyBook(IReadOnlyList<AccessPolicy> policies, IReadOnlyList<Group> groups, People people)
{
    /// <summary>Allows nothing to anybody.</summary>
    public static PolicyBook Empty { get; } = new([], [], People.Unlinked);

    public IReadOnlyList<AccessPolicy> Policies { get; } = policies;

    public IReadOnlyList<Group> Groups { get; } = groups;

    public People People { get; } = people;

    public AccessPolicy? Find(string name) => Policies.FirstOrDefault(policy => policy.Name == name);

    /// <summary>Groups whose membership decides a question about this target and level.</summary>
    public IReadOnlySet<string> GroupsFor(Target target, AccessLevel level) =>
        Policies.Where(policy => policy.Covers.Covers(target, level)).SelectMany(DecidingGroups).ToHashSet(StringComparer.Ordinal);

    /// <summary>Groups whose membership decides a review: of the pinned policy and of the current one of the same name.</summary>
    public IReadOnlySet<string> GroupsFor(PinnedPolicy pinned) =>
        DecidingGroups(pinned.Policy).Concat(Find(pinned.Policy.Name) is { } current ? DecidingGroups(current) : []).ToHashSet(StringComparer.Ordinal);

    /// <summary>The chat user groups the directory must be asked about to resolve these groups.</summary>
    public IReadOnlySet<string> ChatGroupsOf(IReadOnlySet<string> names) =>
        Groups.Where(group => names.Contains(group.Name)).Select(group => group.ChatGroup).OfType<string>().ToHashSet(StringComparer.Ordinal);

    /// <inheritdoc cref="Membership.Resolve"/>
    public Result<Membership> Resolve(IReadOnlySet<string> names, IReadOnlyDictionary<string, IReadOnlySet<PersonId>> answers) =>
        Membership.Resolve(People, Groups.Where(group => names.Contains(group.Name)), answers);

    /// <summary>The levels the person may ask for on the target, each with the policy that would answer a request without a window.</summary>
    public IEnumerable<(AccessLevel Level, AccessPolicy Policy)> Offers(PersonId person, Target target, Membership membership) =>
        from level in target.Levels.Keys.Order()
        let policy = Matching(person, target, level, membership).FirstOrDefault()
        where policy is not null
        select (level, policy);

    /// <summary>Answers a question; pure.</summary>
    public PolicyVerdict Judge(AccessQuestion question)
    {
        if (Eligibility.Refuse(question.Requester) is { } ineligible)
        {
            return new PolicyVerdict.Deny(ineligible);
        }

        var matching = Matching(question.Requester.Id, question.Target, question.Level, question.Membership).ToList();
        if (matching.Count == 0 || !question.Target.Levels.ContainsKey(question.Level))
        {
            return new PolicyVerdict.Deny(NoPolicy(question.Target, question.Level));
        }

        if (question.Window <= TimeSpan.Zero)
        {
            return new PolicyVerdict.Deny(new Refusal("window_too_short", "The window must be longer than nothing, such as 30m or 2h.") { Field = "window" });
        }

        return matching.Find(policy => question.Window is null || question.Window <= policy.MaximumWindow) is { } policy
            ? JudgeBy(policy, question)
            : new PolicyVerdict.Deny(WindowTooLong(matching, question));
    }

    /// <summary>
    /// What must hold now for something that was asked under <paramref name="pinned"/>: that policy and the current one together.
    /// Refuses <c>policy_gone</c> when it vanished or no longer covers the target and level, <c>no_longer_eligible</c> when the requester may not
    /// ask under either, <c>window_too_long</c> when the window no longer fits.
    /// </summary>
    public Result<EffectivePolicy> Combine(PinnedPolicy pinned, AccessQuestion question)
    {
        if (Eligibility.Refuse(question.Requester) is { } ineligible)
        {
            return ineligible;
        }

        if (Find(pinned.Policy.Name) is not { } current || !current.Covers.Covers(question.Target, question.Level))
        {
            return new Refusal(
                "policy_gone",
                $"Policy {pinned.Policy.Name}, under which this was asked, no longer covers {question.Level.ToWord()} on {question.Target.Id}. Ask again.");
        }

        var effective = EffectivePolicy.Of(pinned, current);
        if (!effective.Policies.All(policy => question.Membership.ContainsAny(policy.Requesters, question.Requester.Id)))
        {
            return new Refusal("no_longer_eligible", $"The requester may no longer ask under policy {current.Name}.");
        }

        return question.Window > effective.MaximumWindow
            ? new Refusal("window_too_long", $"Policy {current.Name} now allows at most {PlainText.Duration(effective.MaximumWindow)}. Ask again.") { Field = "window" }
            : effective;
    }

    private static IEnumerable<string> DecidingGroups(AccessPolicy policy) => policy.Requesters.Concat(policy.Rule.DecidingGroups);

    private static PolicyVerdict JudgeBy(AccessPolicy policy, AccessQuestion question)
    {
        var window = question.Window ?? policy.DefaultWindow;
        if (policy.RequiresTicket && !question.HasTicket)
        {
            return new PolicyVerdict.Deny(
                new Refusal("ticket_required", $"Policy {policy.Name} asks for a ticket or an incident: add one, such as INC-42, to the reason.") { Field = "reason" });
        }

        if (question.LastDeniedAt + policy.CoolDownAfterDenial is { } until && question.Now < until)
        {
            return new PolicyVerdict.Deny(
                new Refusal("cooling_down", $"You were denied this recently. You can ask again in {PlainText.Duration(until - question.Now)}; until then, talk to an approver."));
        }

        if (policy.AutoApprove)
        {
            return question.Target.Environment == TargetEnvironment.Production
                ? new PolicyVerdict.Deny(new Refusal("auto_approve_production", $"Policy {policy.Name} approves by itself, which is never done in production."))
                : new PolicyVerdict.Allow(PinnedPolicy.Of(policy), window);
        }

        return RuleFeasibility.Check(policy.Rule, question.Requester.Id, question.Membership) is { } unsatisfiable
            ? new PolicyVerdict.Deny(unsatisfiable)
            : new PolicyVerdict.NeedApproval(PinnedPolicy.Of(policy), window);
    }

    private static Refusal WindowTooLong(IReadOnlyList<AccessPolicy> matching, AccessQuestion question) => new(
        "window_too_long",
        $"You can have {question.Level.ToWord()} on {question.Target.Id} for at most {PlainText.Duration(matching.Max(policy => policy.MaximumWindow))} at a time.")
    {
        Field = "window",
    };

    private IEnumerable<AccessPolicy> Matching(PersonId person, Target target, AccessLevel level, Membership membership) =>
        Policies.Where(policy => policy.Covers.Covers(target, level) && membership.ContainsAny(policy.Requesters, person));

    private Refusal NoPolicy(Target target, AccessLevel level)
    {
        var able = target.Levels.ContainsKey(level)
            ? Policies.Where(policy => policy.Covers.Covers(target, level)).SelectMany(policy => policy.Requesters).Distinct(StringComparer.Ordinal).ToList()
            : [];
        return new Refusal("no_policy", able.Count == 0
            ? $"No policy gives anybody {level.ToWord()} on {target.Id}."
            : $"No policy lets you ask for {level.ToWord()} on {target.Id}. Members of {string.Join(", ", able)} can.");
    }
}
