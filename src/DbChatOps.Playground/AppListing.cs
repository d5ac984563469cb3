namespace DbChatOps.Playground;

/// <summary>What the workspace knows of the app without asking it: the commands and shortcuts of its manifest, and how a newcomer may begin.</summary>
public sealed record AppListing
{
    /// <summary>Offered while somebody types a slash.</summary>
    public IReadOnlyList<ListedCommand> Commands { get; init; } = [];

    /// <summary>In the menu of each message; empty when the app has none.</summary>
    public IReadOnlyList<MessageShortcut> MessageShortcuts { get; init; } = [];

    /// <summary>Shown above the conversations of the page, in this order.</summary>
    public IReadOnlyList<FirstStep> FirstSteps { get; init; } = [];
}

/// <summary>A line such as <c>/db access &lt;target&gt; &lt;level&gt;</c>, and what it does.</summary>
public sealed record ListedCommand(string Line, string Meaning);

public sealed record MessageShortcut(string CallbackId, string Name);

/// <summary>One thing to try: as whom, in which channel (null is the conversation with the app), and what to type (null when it is a click).</summary>
public sealed record FirstStep(string UserId, string? ChannelId, string Sentence, string? Line);
