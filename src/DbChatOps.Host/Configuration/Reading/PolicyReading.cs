using DbChatOps.Chat;
using DbChatOps.Policies;
using DbChatOps.Targets;

namespace DbChatOps.Host.Configuration.Reading;

/// <summary>Reads <c>Policies[]</c>.</summary>
internal static class PolicyReading
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <summary>Longer than this is not temporary access.</summary>
    private static readonly TimeSpan LongestWindow = TimeSpan.FromDays(7);

    public static IReadOnlyList<PolicySection> Read(SettingReader root) => [.. root.Children("Policies").Select(ReadPolicy)];

    private static PolicySection ReadPolicy(SettingReader policy)
    {
        var maximum = policy.RequiredSpan("MaximumWindow", Minute, LongestWindow);
        var read = new AccessPolicy
        {
            Name = policy.RequiredText("Name"),
            Covers = ReadScope(policy),
            Requesters = policy.TextList("Requesters") ?? policy.Missing<IReadOnlyList<string>>("Requesters", []),
            MaximumWindow = maximum,
            DefaultWindow = policy.Span("DefaultWindow", Minute, LongestWindow) ?? (maximum < TimeSpan.FromMinutes(30) ? maximum : TimeSpan.FromMinutes(30)),
            AutoApprove = policy.Flag("AutoApprove"),
            Rule = ReadRule(policy),
            Extension = ReadExtension(policy, maximum),
            CoolDownAfterDenial = policy.Span("CoolDownAfterDenial", TimeSpan.Zero, LongestWindow) ?? TimeSpan.Zero,
            RequiresTicket = policy.Flag("RequiresTicket"),
            MinimumReason = policy.Has("MinimumReason") ? policy.Number("MinimumReason", 1, 1, 200) : null,
        };
        if (read.DefaultWindow > maximum && policy.Has("DefaultWindow") && Duration.TryParse(policy.Text("MaximumWindow") ?? "", out _))
        {
            policy.Wrong("DefaultWindow", $"{Durations.ToTyped(read.DefaultWindow)} is longer than MaximumWindow ({Durations.ToTyped(maximum)})");
        }

        policy.Done();
        return new PolicySection(read, policy);
    }

    private static PolicyScope ReadScope(SettingReader policy)
    {
        if (policy.Child("Covers") is not { } covers)
        {
            return policy.Missing("Covers", new PolicyScope { Levels = [] });
        }

        var scope = new PolicyScope
        {
            Targets = covers.TextList("Targets")?.Select(id => new TargetId(id)).ToList(),
            Tags = covers.TextList("Tags"),
            Environments = covers.WordList("Environments", Words.Environments),
            Levels = covers.WordList("Levels", Words.Levels) ?? covers.Missing<IReadOnlyList<AccessLevel>>("Levels", []),
        };
        if (scope is { Targets: null, Tags: null, Environments: null })
        {
            covers.Wrong("must name Targets, Tags or Environments: a policy never covers everything by saying nothing");
        }

        covers.Done();
        return scope;
    }

    private static ApprovalRule ReadRule(SettingReader policy)
    {
        if (policy.Child("Rule") is not { } rule)
        {
            return policy.Missing("Rule", new ApprovalRule { Seats = [], PendingFor = Minute, ClaimWithin = Minute });
        }

        var seats = rule.Children("Seats").Select(ReadSeat).ToList();
        foreach (var twice in seats.GroupBy(seat => seat.Name, StringComparer.Ordinal).Where(group => group.Key.Length > 0 && group.Count() > 1))
        {
            rule.Wrong("Seats", $"seat \"{SettingReader.Shown(twice.Key)}\" is named twice");
        }

        var read = new ApprovalRule
        {
            Seats = seats,
            PendingFor = rule.RequiredSpan("PendingFor", Minute, LongestWindow),
            ClaimWithin = rule.RequiredSpan("ClaimWithin", Minute, Day),
            Channel = rule.Text("Channel"),
            PingGroups = rule.TextList("PingGroups") ?? [],
            Escalation = ReadEscalation(rule),
            OneDenialIsFinal = rule.Flag("OneDenialIsFinal", otherwise: true),
        };
        if (read.Escalation is { } escalation && escalation.After >= read.PendingFor)
        {
            rule.Wrong("Escalation", $"comes after {Durations.ToTyped(escalation.After)}, when the request has already lapsed (PendingFor {Durations.ToTyped(read.PendingFor)})");
        }

        rule.Done();
        return read;
    }

    private static Seat ReadSeat(SettingReader seat)
    {
        var read = new Seat
        {
            Name = seat.RequiredText("Name"),
            Groups = seat.TextList("Groups") ?? seat.Missing<IReadOnlyList<string>>("Groups", []),
        };
        seat.Done();
        return read;
    }

    private static Escalation? ReadEscalation(SettingReader rule)
    {
        if (rule.Child("Escalation") is not { } escalation)
        {
            return null;
        }

        var read = new Escalation { Group = escalation.RequiredText("Group"), After = escalation.RequiredSpan("After", Minute, LongestWindow) };
        escalation.Done();
        return read;
    }

    private static ExtensionRule ReadExtension(SettingReader policy, TimeSpan maximum)
    {
        if (policy.Child("Extension") is not { } extension)
        {
            return ExtensionRule.None;
        }

        var read = new ExtensionRule
        {
            Allowed = extension.Flag("Allowed"),
            MaximumTotal = extension.Span("MaximumTotal", Minute, LongestWindow) ?? TimeSpan.Zero,
            MaximumTimes = extension.Number("MaximumTimes", 0, 0, 100),
        };
        if (read.Allowed && !extension.Has("MaximumTotal"))
        {
            extension.Wrong("MaximumTotal", "is missing");
        }
        else if (read.Allowed && read.MaximumTotal <= maximum)
        {
            extension.Wrong("MaximumTotal", $"must be longer than MaximumWindow ({Durations.ToTyped(maximum)})");
        }

        if (read.Allowed && read.MaximumTimes == 0)
        {
            extension.Wrong("MaximumTimes", "must be at least 1");
        }

        extension.Done();
        return read;
    }
}

/// <summary>One policy as read, with where it stood.</summary>
internal sealed record PolicySection(AccessPolicy Policy, SettingReader At);
