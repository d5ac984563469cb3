namespace DbChatOps;

/// <summary>Where a target lives. Sets the colour of every card and how strict the policy must be.</summary>
public enum TargetEnvironment
{
    Development = 0,
    Staging = 1,
    Production = 2,
}
