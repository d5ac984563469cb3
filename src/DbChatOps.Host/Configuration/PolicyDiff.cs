using DbChatOps.Chat;
using DbChatOps.Policies;
using static DbChatOps.Host.Configuration.SettingsDiff;

namespace DbChatOps.Host.Configuration;

/// <summary>What changed in one policy, in words.</summary>
internal static class PolicyDiff
{
    public static IEnumerable<string> Describe(AccessPolicy before, AccessPolicy after)
    {
        List<string> told =
        [
            .. Scope(before.Covers, after.Covers),
            .. Set("requesters", before.Requesters, after.Requesters),
            .. Value("maximum window", Durations.ToTyped(before.MaximumWindow), Durations.ToTyped(after.MaximumWindow)),
            .. Value("default window", Durations.ToTyped(before.DefaultWindow), Durations.ToTyped(after.DefaultWindow)),
            .. Value("auto-approve", $"{before.AutoApprove}", $"{after.AutoApprove}"),
            .. Value("ticket required", $"{before.RequiresTicket}", $"{after.RequiresTicket}"),
            .. Value("minimum reason", $"{before.MinimumReason}", $"{after.MinimumReason}"),
            .. Value("cool-down after denial", Durations.ToTyped(before.CoolDownAfterDenial), Durations.ToTyped(after.CoolDownAfterDenial)),
            .. Value("extension", Extension(before.Extension), Extension(after.Extension)),
            .. Rule(before.Rule, after.Rule),
        ];
        return told.Count == 0 && PolicyHash.Of(before) != PolicyHash.Of(after) ? ["changed"] : told;
    }

    private static IEnumerable<string> Scope(PolicyScope before, PolicyScope after) =>
    [
        .. Value("targets", Stated(before.Targets), Stated(after.Targets)),
        .. Value("tags", Stated(before.Tags), Stated(after.Tags)),
        .. Value("environments", Stated(before.Environments), Stated(after.Environments)),
        .. Value("levels", Stated(before.Levels), Stated(after.Levels)),
    ];

    private static IEnumerable<string> Rule(ApprovalRule before, ApprovalRule after)
    {
        var was = before.Seats.ToDictionary(seat => seat.Name, StringComparer.Ordinal);
        return
        [
            .. Value("seats", $"{before.Seats.Count}", $"{after.Seats.Count}"),
            .. Set("seats", before.Seats.Select(seat => seat.Name), after.Seats.Select(seat => seat.Name)),
            .. after.Seats.Where(seat => was.ContainsKey(seat.Name)).SelectMany(seat => Set($"seat {seat.Name}", was[seat.Name].Groups, seat.Groups)),
            .. Value("pending for", Durations.ToTyped(before.PendingFor), Durations.ToTyped(after.PendingFor)),
            .. Value("claim within", Durations.ToTyped(before.ClaimWithin), Durations.ToTyped(after.ClaimWithin)),
            .. Value("channel", before.Channel ?? "default", after.Channel ?? "default"),
            .. Set("pinged", before.PingGroups, after.PingGroups),
            .. Value("escalation", Escalation(before), Escalation(after)),
            .. Value("one denial is final", $"{before.OneDenialIsFinal}", $"{after.OneDenialIsFinal}"),
        ];
    }

    private static string Stated<T>(IEnumerable<T>? items)
        where T : notnull =>
        items is null ? "any" : string.Join(", ", items.Select(item => item.ToString()).Order(StringComparer.Ordinal)) is { Length: > 0 } words ? words : "none";

    private static string Extension(ExtensionRule rule) =>
        rule.Allowed ? $"{rule.MaximumTimes} times to {Durations.ToTyped(rule.MaximumTotal)} in all" : "not allowed";

    private static string Escalation(ApprovalRule rule) => rule.Escalation is { } escalation ? $"{escalation.Group} after {Durations.ToTyped(escalation.After)}" : "none";
}
