namespace DbChatOps.Host.Configuration.Reading;

/// <summary>Puts included files together: objects member by member, lists one after the other; a single value may be set in one place only.</summary>
internal static class SettingMerge
{
    public static SettingNode Of(SettingNode first, SettingNode second, string path, ICollection<SettingProblem> problems)
    {
        switch (first, second)
        {
            case (SettingNode.Branch left, SettingNode.Branch right):
                var members = new Dictionary<string, SettingNode>(left.Members, StringComparer.Ordinal);
                foreach (var (name, node) in right.Members)
                {
                    members[name] = members.TryGetValue(name, out var present)
                        ? Of(present, node, path.Length == 0 ? name : $"{path}.{name}", problems)
                        : node;
                }

                return left with { Members = members };

            case (SettingNode.Series left, SettingNode.Series right):
                return left with { Items = [.. left.Items, .. right.Items] };

            default:
                problems.Add(new SettingProblem(path, $"is set twice: in {first.Origin ?? "the main file"} and in {second.Origin ?? "the main file"}"));
                return first;
        }
    }
}
