using DbChatOps.Host.Slack;

namespace DbChatOps.Tests.Slack;

/// <summary>The organisation of the samples.</summary>
internal static class SlackWorld
{
    public const string SigningSecret = "0123456789abcdef0123456789abcdef";

    public static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_795_336_000);

    public static SlackSettings Settings(Uri? api = null) => new()
    {
        ApiBaseUrl = api ?? new Uri("https://slack.com/api/"),
        BotToken = new Secret("xoxb-token-that-must-not-leak"),
        SigningSecret = new Secret(SigningSecret),
        AppId = "A0DBCHAT01",
        EnterpriseId = "E0ACME0001",
        TeamIds = ["T0DBOPS001"],
    };

    public static PersonId OnCall { get; } = new("slack", "E0ACME0001", "U0ONCALL01");
}
