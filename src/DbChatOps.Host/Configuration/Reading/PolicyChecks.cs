using DbChatOps.Chat;
using DbChatOps.Host.Slack;
using DbChatOps.Policies;
using DbChatOps.Targets;

namespace DbChatOps.Host.Configuration.Reading;

/// <summary>What must hold between policies, groups, people and targets.</summary>
internal sealed class PolicyChecks(IReadOnlyList<Group> groups, People people, IReadOnlyList<Target> targets, SlackSettings slack, ReadingState state)
{
    private readonly IReadOnlyList<string> _realms = slack.EnterpriseId is { } enterprise ? [enterprise] : slack.TeamIds;

    public void Check(IReadOnlyList<PolicySection> policies)
    {
        foreach (var twice in policies.GroupBy(section => section.Policy.Name, StringComparer.Ordinal).Where(group => group.Key.Length > 0 && group.Count() > 1))
        {
            twice.Last().At.Wrong("Name", $"\"{SettingReader.Shown(twice.Key)}\" is used twice");
        }

        foreach (var section in policies)
        {
            CheckNames(section);
            CheckReach(section);
            CheckSeats(section);
        }
    }

    /// <summary>Every group must be configured.</summary>
    public void CheckGroups(SettingReader at, string name, IEnumerable<string> named)
    {
        foreach (var unknown in named.Distinct(StringComparer.Ordinal).Where(group => group.Length > 0 && groups.All(known => known.Name != group)))
        {
            at.Wrong(name, $"group \"{SettingReader.Shown(unknown)}\" is not configured{Meant(unknown, groups.Select(group => group.Name))}");
        }
    }

    /// <summary>Accounts of another organisation's realm can never be recognised: a typing mistake.</summary>
    public void CheckRealms(SettingReader root)
    {
        foreach (var stranger in groups.SelectMany(group => group.Roster).Concat(people.Linked.SelectMany(human => human.Identities)).Distinct()
            .Where(person => person.Platform == "slack" && !_realms.Contains(person.Realm, StringComparer.Ordinal)))
        {
            root.Wrong("Groups", $"{stranger} is not of this organisation: its realm is {string.Join(" or ", _realms)}");
        }
    }

    private static string Meant(string typed, IEnumerable<string> known) => Nearest.To(typed, known) is { } nearest ? $"; did you mean {nearest}?" : "";

    private void CheckNames(PolicySection section)
    {
        var (policy, at) = section;
        CheckGroups(at, "Requesters", policy.Requesters);
        CheckGroups(at, "Rule", policy.Rule.DecidingGroups.Concat(policy.Rule.PingGroups));
        foreach (var unknown in (policy.Covers.Targets ?? []).Where(id => targets.All(target => target.Id != id)))
        {
            at.Wrong("Covers", $"target \"{SettingReader.Shown(unknown.Value)}\" is not configured{Meant(unknown.Value, targets.Select(target => target.Id.Value))}");
        }

        if (policy.Requesters.Count == 0 && at.Has("Requesters"))
        {
            state.Warnings.Add($"Policy {policy.Name} lists no requesters: nobody can ask under it.");
        }
    }

    private void CheckReach(PolicySection section)
    {
        var (policy, at) = section;
        var covered = targets.Where(policy.Covers.Covers).ToList();
        if (covered.Count == 0)
        {
            state.Warnings.Add($"Policy {policy.Name} covers no target.");
        }

        if (policy.AutoApprove && (policy.Covers.Environments?.Contains(TargetEnvironment.Production) is true || covered.Exists(target => target.Environment == TargetEnvironment.Production)))
        {
            at.Wrong("AutoApprove", "must be false: the policy covers production");
        }

        foreach (var group in groups.Where(group => group is { ChatGroup: not null, ChatGroupUse: ChatGroupUse.Widens } && policy.Rule.DecidingGroups.Contains(group.Name, StringComparer.Ordinal)))
        {
            if (covered.Exists(target => target.Environment == TargetEnvironment.Production))
            {
                state.Warnings.Add($"Policy {policy.Name}: chat administrators can add approvers for production through group {group.Name} (ChatGroupUse Widens).");
            }
        }
    }

    private void CheckSeats(PolicySection section)
    {
        var (policy, at) = section;
        if (policy.AutoApprove || !at.Has("Rule"))
        {
            return;
        }

        if (policy.Rule.Seats.Count == 0)
        {
            at.Wrong("Rule", "has no seat, so nothing could ever be approved: add one, or AutoApprove outside production");
            return;
        }

        if (policy.Rule.DecidingGroups.Any(name => groups.Any(group => group.Name == name && group.ChatGroupUse == ChatGroupUse.Widens)))
        {
            return; // Who is in the chat is not known here; asked at every request.
        }

        var membership = Rosters();
        var verdicts = _realms.Select(realm => RuleFeasibility.Check(policy.Rule, new PersonId("slack", realm, "somebody"), membership)).ToList();
        if (verdicts.Count > 0 && verdicts.TrueForAll(verdict => verdict is not null))
        {
            at.Wrong("Rule", verdicts[0]!.Message);
            return;
        }

        foreach (var requester in policy.Requesters.SelectMany(membership.Members).Distinct().Select(human => human.Identities[0]))
        {
            if (RuleFeasibility.Check(policy.Rule, requester, membership) is not null)
            {
                state.Warnings.Add($"Policy {policy.Name}: nobody could approve what {requester} asks, because too few others sit in its seats.");
            }
        }
    }

    /// <summary>The rosters as if every chat group named all of them.</summary>
    private Membership Rosters() => Membership.Resolve(
        people, groups.Select(group => group with { ChatGroup = null }), new Dictionary<string, IReadOnlySet<PersonId>>(StringComparer.Ordinal)).OrThrow();
}
