namespace DbChatOps;

/// <summary>The rights asked for; each maps, per target, to a standing role of its own.</summary>
public enum AccessLevel
{
    Read = 0,
    Write = 1,
    Ddl = 2,
}
