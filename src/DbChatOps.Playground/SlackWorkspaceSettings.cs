namespace DbChatOps.Playground;

/// <summary>How a look-alike workspace behaves. The defaults suit tests: no pacing, real time, three seconds for an answer.</summary>
public sealed record SlackWorkspaceSettings
{
    /// <summary>The clock of the workspace: message stamps, signatures, triggers, response URLs, pacing and event retries.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Port on 127.0.0.1; 0 takes a free one.</summary>
    public int Port { get; init; }

    public string SigningSecret { get; init; } = "playground-signing-secret";

    public string BotToken { get; init; } = "xoxb-playground";

    /// <summary>The app-level token, with which the bot opens sockets.</summary>
    public string AppToken { get; init; } = "xapp-1-playground";

    /// <summary>Socket Mode is switched on for the app: everything reaches it by socket and nothing by HTTP, as Slack does it.</summary>
    public bool SocketMode { get; init; }

    /// <summary>The app as the workspace lists it to people.</summary>
    public AppListing App { get; init; } = new();

    /// <summary>How long the bot may take to answer a delivery, in real time whatever <see cref="Clock"/> says.</summary>
    public TimeSpan AnswerBudget { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How fast one channel takes new messages; null is unlimited.</summary>
    public ChannelPacing? Pacing { get; init; }

    /// <summary>Waits before the second, third and fourth delivery of an event that was not acknowledged.</summary>
    public IReadOnlyList<TimeSpan> EventRetries { get; init; } = [TimeSpan.Zero, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5)];

    /// <summary>The scopes of the bot's token. <c>chat:write.public</c> is left out: the bot must be in a channel to post there.</summary>
    public IReadOnlySet<string> Scopes { get; init; } = new HashSet<string>(StringComparer.Ordinal)
    {
        "commands", "chat:write", "app_mentions:read", "channels:read", "channels:history", "groups:read", "groups:history",
        "im:read", "im:history", "im:write", "users:read", "usergroups:read", "reactions:write", "files:write",
    };
}

/// <summary>A token bucket per channel: <see cref="Burst"/> messages at once, then one per <see cref="Interval"/>.</summary>
public sealed record ChannelPacing(int Burst, TimeSpan Interval)
{
    /// <summary>What Slack documents for chat.postMessage: about one a second and short bursts.</summary>
    public static readonly ChannelPacing AsSlack = new(Burst: 5, TimeSpan.FromSeconds(1));
}
