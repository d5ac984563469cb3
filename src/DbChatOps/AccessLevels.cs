namespace DbChatOps;

/// <summary>Levels by the word that people and configurations use for them.</summary>
public static class AccessLevels
{
    public static IReadOnlyList<string> Words { get; } = ["read", "write", "ddl"];

    public static string ToWord(this AccessLevel level) => level switch
    {
        AccessLevel.Read => "read",
        AccessLevel.Write => "write",
        _ => "ddl",
    };
}
