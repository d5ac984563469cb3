namespace DbChatOps.Host.Configuration.Reading;

/// <summary>Configuration as written, before it means anything; every part remembers which file or variable it came from.</summary>
internal abstract record SettingNode(string? Origin)
{
    public sealed record Branch(Dictionary<string, SettingNode> Members, string? Origin) : SettingNode(Origin);

    public sealed record Series(List<SettingNode> Items, string? Origin) : SettingNode(Origin);

    public sealed record Leaf(string Text, LeafKind Kind, string? Origin) : SettingNode(Origin);

    public static Branch Nothing() => new(new Dictionary<string, SettingNode>(StringComparer.Ordinal), null);
}

internal enum LeafKind
{
    Text = 0,
    Number = 1,
    Flag = 2,
    Null = 3,

    /// <summary>From an environment variable, which cannot say whether it is a number.</summary>
    Untyped = 4,
}
