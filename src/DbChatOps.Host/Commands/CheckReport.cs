using System.Globalization;
using DbChatOps.Targets;

namespace DbChatOps.Host.Commands;

/// <summary>What <c>check</c> says about one server: the worst first, each with its cure as it can be copied.</summary>
internal static class CheckReport
{
    private const string Indent = "           ";

    public static IEnumerable<string> Of(Server server, IReadOnlyList<Target> targets, ServerInspection inspection) =>
    [
        string.Create(
            CultureInfo.InvariantCulture,
            $"{server.Id}: PostgreSQL {inspection.Identity.Version}, system {inspection.Identity.SystemIdentifier}, clock {inspection.Identity.ClockSkew.TotalMilliseconds:+0;-0;0} ms"),
        .. inspection.Findings.OrderByDescending(static finding => finding.Severity).SelectMany(Lines),
        .. targets.SelectMany(target => Reaches(target, inspection)),
    ];

    public static IEnumerable<string> Lines(Finding finding)
    {
        yield return $"  {finding.Severity.ToString().ToUpperInvariant(),-8} {finding.Code}: {finding.Message}";
        if (finding.Cure is not { } cure)
        {
            yield break;
        }

        if (finding.CureIn is null && !cure.Contains('\n', StringComparison.Ordinal))
        {
            yield return $"{Indent}cure: {cure}";
            yield break;
        }

        yield return $"{Indent}{finding.CureIn ?? "cure"}:";
        foreach (var line in cure.Split('\n'))
        {
            yield return $"{Indent}  {line}";
        }
    }

    private static IEnumerable<string> Reaches(Target target, ServerInspection inspection) =>
        from level in target.Levels.Keys
        let key = $"{target.Id}/{level.ToWord()}"
        let reaches = inspection.AlsoReaches.GetValueOrDefault(key, [])
        where reaches.Count > 0
        select $"  NOTE     {key} reaches beyond its database {target.Database}: {string.Join("; ", reaches)}";
}
