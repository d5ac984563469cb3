namespace DbChatOps.Host.Desk;

/// <summary>
/// Slack asks for suggestions at each letter. Who somebody is and what they may choose is found out once for a word that is being typed: what is chosen is looked at
/// anew, and the directory's limits are everybody's.
/// </summary>
public static class Suggested
{
    public static readonly TimeSpan For = TimeSpan.FromSeconds(10);
}
