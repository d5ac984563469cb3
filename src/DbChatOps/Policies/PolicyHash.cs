namespace DbChatOps.Policies;

/// <summary>
/// A policy's content as 64 hexadecimal digits: equal for equal content, whatever the order of groups, targets or tags.
/// The order of seats counts, because people are seated in it.
/// </summary>
public static class PolicyHash
{
    public static string Of(AccessPolicy policy)
    {
        using var print = new Fingerprint();
        print.Add("policy/1").Add(policy.Name)
            .AddSet(policy.Covers.Targets?.Select(target => target.Value))
            .AddSet(policy.Covers.Tags)
            .AddSet(policy.Covers.Environments?.Select(environment => environment.ToString()))
            .AddSet(policy.Covers.Levels.Select(level => level.ToString()))
            .AddSet(policy.Requesters)
            .Add(policy.MaximumWindow).Add(policy.DefaultWindow)
            .Add(policy.AutoApprove)
            .Add(policy.Extension.Allowed).Add(policy.Extension.MaximumTotal).Add(policy.Extension.MaximumTimes)
            .Add(policy.CoolDownAfterDenial).Add(policy.RequiresTicket);
        AddRule(print, policy.Rule);
        if (policy.MinimumReason is { } least)
        {
            // Absent where it is not set: what was pinned before there was such a setting keeps its hash.
            print.Add("minimum reason").Add(least);
        }

        return print.ToHex();
    }

    private static void AddRule(Fingerprint print, ApprovalRule rule)
    {
        print.Add(rule.Seats.Count);
        foreach (var seat in rule.Seats)
        {
            print.Add(seat.Name).AddSet(seat.Groups);
        }

        print.Add(rule.PendingFor).Add(rule.ClaimWithin).Add(rule.Channel).AddSet(rule.PingGroups)
            .Add(rule.Escalation?.Group).Add(rule.Escalation?.After ?? TimeSpan.Zero)
            .Add(rule.OneDenialIsFinal);
    }
}
