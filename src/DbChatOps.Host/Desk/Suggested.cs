namespace DbChatOps.Host.Desk;

/// <summary>
/// Slack asks for suggestions at each letter. The person and their choices are looked up once while they type, to spare Slack's limits. The submitted choice is checked
/// afresh.
/// </summary>
public static class Suggested
{
    public static readonly TimeSpan For = TimeSpan.FromSeconds(10);
}
