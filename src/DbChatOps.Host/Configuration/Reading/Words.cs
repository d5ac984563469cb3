using DbChatOps.Policies;
using DbChatOps.Targets;

namespace DbChatOps.Host.Configuration.Reading;

/// <summary>The fixed words of the configuration.</summary>
internal static class Words
{
    public static readonly IReadOnlyDictionary<string, TargetEnvironment> Environments = Of(
        ("Development", TargetEnvironment.Development), ("Staging", TargetEnvironment.Staging), ("Production", TargetEnvironment.Production));

    public static readonly IReadOnlyDictionary<string, AccessLevel> Levels = Of(
        ("read", AccessLevel.Read), ("write", AccessLevel.Write), ("ddl", AccessLevel.Ddl));

    public static readonly IReadOnlyDictionary<string, NodeKind> NodeKinds = Of(("Writer", NodeKind.Writer), ("Standby", NodeKind.Standby));

    public static readonly IReadOnlyDictionary<string, ChatGroupUse> ChatGroupUses = Of(("Narrows", ChatGroupUse.Narrows), ("Widens", ChatGroupUse.Widens));

    public static readonly IReadOnlyDictionary<string, SlackMode> SlackModes = Of(("Socket", SlackMode.Socket), ("Http", SlackMode.Http));

    private static Dictionary<string, T> Of<T>(params (string Text, T Value)[] words) => words.ToDictionary(word => word.Text, word => word.Value, StringComparer.Ordinal);
}
