namespace DbChatOps.Host.Slack;

/// <summary>How to reach Slack and whom to believe. Checked where it is used first; a wrong value stops the start.</summary>
public sealed record SlackSettings
{
    /// <summary>Base of the Web API, ending in a slash. Only https, except on loopback. Its host is the only one that ever sees the token.</summary>
    public Uri ApiBaseUrl { get; init; } = new("https://slack.com/api/");

    /// <summary>Bot token (<c>xoxb-…</c>).</summary>
    public required Secret BotToken { get; init; }

    /// <summary>Signs every request from Slack; needed in mode Http, never empty there.</summary>
    public required Secret SigningSecret { get; init; }

    /// <summary>App-level token (<c>xapp-…</c>); needed in mode Socket only.</summary>
    public Secret? AppToken { get; init; }

    /// <summary>Our own app (<c>A…</c>); payloads of any other app are refused.</summary>
    public required string AppId { get; init; }

    /// <summary>The Enterprise Grid organisation (<c>E…</c>), if there is one; then it is the realm of all its people.</summary>
    public string? EnterpriseId { get; init; }

    /// <summary>Our workspaces (<c>T…</c>), all of them. Empty means none: every payload is refused.</summary>
    public required IReadOnlyList<string> TeamIds { get; init; }

    public string DatabaseCommand { get; init; } = "/db";

    public string? AuditChannel { get; init; }

    public string? ApprovalChannel { get; init; }

    /// <summary>How long one call to Slack may take.</summary>
    public TimeSpan CallTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long the directory may take to say who somebody is: a person waits for it.</summary>
    public TimeSpan DirectoryTimeout { get; init; } = TimeSpan.FromSeconds(2);
}
