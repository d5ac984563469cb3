using System.Globalization;

namespace DbChatOps.Host.Configuration.Reading;

/// <summary>
/// Lays environment variables over the files: <c>DBCHATOPS__Slack__BotToken__File=/run/secrets/bot</c>, list places by number
/// (<c>DBCHATOPS__Slack__TeamIds__0=T0ACME</c>). A variable wins over the files; upper and lower case do not matter for names that the files have.
/// </summary>
internal static class EnvironmentOverlay
{
    public const string Prefix = "DBCHATOPS__";

    public static SettingNode Apply(SettingNode root, IEnumerable<KeyValuePair<string, string>> variables, ICollection<SettingProblem> problems)
    {
        var ours = variables.Where(variable => variable.Key.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(variable => (Name: variable.Key, Steps: variable.Key[Prefix.Length..].Split("__"), variable.Value))
            .OrderBy(variable => string.Join("__", variable.Steps.Select(step => Index(step) is null ? step : step.PadLeft(9, '0'))), StringComparer.Ordinal);
        foreach (var (name, steps, value) in ours)
        {
            if (steps.Any(step => step.Length == 0))
            {
                problems.Add(new SettingProblem(name, "has an empty part between its double underscores"));
                continue;
            }

            root = Set(root, steps, new SettingNode.Leaf(value, LeafKind.Untyped, name), problems);
        }

        return root;
    }

    private static SettingNode Set(SettingNode? node, ReadOnlySpan<string> steps, SettingNode.Leaf value, ICollection<SettingProblem> problems)
    {
        if (steps.IsEmpty)
        {
            return value;
        }

        if (Index(steps[0]) is { } index && node is null or SettingNode.Series)
        {
            var items = node is SettingNode.Series series ? series.Items.ToList() : [];
            if (index > items.Count)
            {
                problems.Add(new SettingProblem(value.Origin ?? "", $"names place {index} of a list that has only {items.Count}: numbers start at 0 and leave no gap"));
            }
            else
            {
                var item = Set(index < items.Count ? items[index] : null, steps[1..], value, problems);
                items = [.. items.Take(index), item, .. items.Skip(index + 1)];
            }

            return new SettingNode.Series(items, node?.Origin ?? value.Origin);
        }

        var step = steps[0];
        var members = node is SettingNode.Branch branch
            ? new Dictionary<string, SettingNode>(branch.Members, StringComparer.Ordinal)
            : new Dictionary<string, SettingNode>(StringComparer.Ordinal);
        var key = members.Keys.FirstOrDefault(known => string.Equals(known, step, StringComparison.OrdinalIgnoreCase)) ?? step;
        members[key] = Set(members.GetValueOrDefault(key), steps[1..], value, problems);
        return new SettingNode.Branch(members, node?.Origin ?? value.Origin);
    }

    private static int? Index(string step) => step.Length <= 4 && int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index : null;
}
