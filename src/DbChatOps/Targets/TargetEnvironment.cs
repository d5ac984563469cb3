namespace DbChatOps.Targets;

/// <summary>Where a target lives. Sets the colour of every card and how strict the policy must be.</summary>
public enum TargetEnvironment
{
    Development = 0,
    Staging = 1,
    Production = 2,
}

/// <summary>The rights asked for; each maps, per target, to a standing role of its own.</summary>
public enum AccessLevel
{
    Read = 0,
    Write = 1,
    Ddl = 2,
}
