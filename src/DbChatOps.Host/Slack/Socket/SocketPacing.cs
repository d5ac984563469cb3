namespace DbChatOps.Host.Slack.Socket;

/// <summary>How patient Socket Mode is. There is no setting for it; tests are less patient.</summary>
public sealed record SocketPacing
{
    /// <summary>Between the openings of the two connections, so that Slack does not recycle them together.</summary>
    public TimeSpan Apart { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Between our pings, and as long again for the answer: a line that is deaf is found in twice this time.</summary>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Before the first try after a line was lost.</summary>
    public TimeSpan AfterLoss { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest pause between tries.</summary>
    public TimeSpan Longest { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>After a no that only a person can change.</summary>
    public TimeSpan BetweenLooks { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>While Slack counts more connections than it allows: each further try would make another ghost.</summary>
    public TimeSpan AfterTooMany { get; init; } = TimeSpan.FromMinutes(1);
}
