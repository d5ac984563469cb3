using System.Text.RegularExpressions;
using DbChatOps.Host.Slack;

namespace DbChatOps.Host.Configuration.Reading;

/// <summary>Reads <c>Slack</c>.</summary>
internal static partial class SlackReading
{
    public static async Task<(SlackMode Mode, SlackSettings Settings)> ReadAsync(SettingReader root, CancellationToken ct)
    {
        if (root.Child("Slack") is not { } slack)
        {
            var nothing = root.Missing("Slack", new Secret(""));
            return (SlackMode.Http, new SlackSettings { BotToken = nothing, SigningSecret = nothing, AppId = "", TeamIds = [] });
        }

        var mode = slack.Word("Mode", Words.SlackModes) ?? SlackMode.Http;
        var settings = new SlackSettings
        {
            ApiBaseUrl = ReadApiBaseUrl(slack),
            BotToken = await SecretReading.RequiredAsync(slack, "BotToken", ct),
            AppToken = mode == SlackMode.Socket
                ? await SecretReading.RequiredAsync(slack, "AppToken", ct)
                : await SecretReading.OptionalAsync(slack, "AppToken", ct),
            SigningSecret = mode == SlackMode.Http
                ? await SecretReading.RequiredAsync(slack, "SigningSecret", ct)
                : await SecretReading.OptionalAsync(slack, "SigningSecret", ct) ?? new Secret(""),
            AppId = Id(slack, "AppId", slack.RequiredText("AppId"), 'A'),
            EnterpriseId = slack.Text("EnterpriseId") is { } enterprise ? Id(slack, "EnterpriseId", enterprise, 'E') : null,
            TeamIds = [.. (slack.TextList("TeamIds") ?? slack.Missing<IReadOnlyList<string>>("TeamIds", [])).Select(team => Id(slack, "TeamIds", team, 'T'))],
            DatabaseCommand = Command(slack, "DatabaseCommand") ?? "/db",
            AuditChannel = Channel(slack, "AuditChannel"),
            ApprovalChannel = Channel(slack, "ApprovalChannel") ?? slack.Missing<string?>("ApprovalChannel", null),
        };
        Check(slack, settings);
        slack.Later("IncidentCommand", "IncidentChannel");
        slack.Done();
        return (mode, settings);
    }

    private static void Check(SettingReader slack, SlackSettings settings)
    {
        if (slack.Has("TeamIds") && settings.TeamIds.Count == 0)
        {
            slack.Wrong("TeamIds", "is empty, so every message would be refused: name the workspace (T…)");
        }

        if (settings.BotToken.Reveal().StartsWith("xapp-", StringComparison.Ordinal))
        {
            slack.Wrong("BotToken", "holds an app-level token; the bot token begins with xoxb-");
        }

        if (settings.AppToken?.Reveal().StartsWith("xoxb-", StringComparison.Ordinal) is true)
        {
            slack.Wrong("AppToken", "holds a bot token; the app-level token begins with xapp-");
        }
    }

    private static Uri ReadApiBaseUrl(SettingReader slack)
    {
        var standard = new Uri("https://slack.com/api/");
        if (slack.Text("ApiBaseUrl") is not { } text)
        {
            return standard;
        }

        if (AlertReading.SafeUrl(text) is { } url && url.AbsolutePath.EndsWith('/') && url.Query.Length == 0)
        {
            return url;
        }

        slack.Wrong("ApiBaseUrl", "must be an https address that ends in a slash (http only on loopback): the bot token is sent there");
        return standard;
    }

    private static string Id(SettingReader slack, string name, string id, char first)
    {
        if (id.Length > 0 && (id[0] != first || !SlackId().IsMatch(id)))
        {
            slack.Wrong(name, $"\"{SettingReader.Shown(id)}\" is not an id such as {first}0123ABCD");
        }

        return id;
    }

    private static string? Command(SettingReader slack, string name)
    {
        var command = slack.Text(name);
        if (command is not null && !SlashCommand().IsMatch(command))
        {
            slack.Wrong(name, $"\"{SettingReader.Shown(command)}\" is not a slash command such as /db");
        }

        return command;
    }

    private static string? Channel(SettingReader slack, string name)
    {
        var channel = slack.Text(name);
        if (channel is not null && !SlackId().IsMatch(channel))
        {
            slack.Wrong(name, $"\"{SettingReader.Shown(channel)}\" is not a channel's id such as C0123ABCD (names change, ids do not)");
        }

        return channel;
    }

    [GeneratedRegex(@"^[A-Z][A-Z0-9_]{1,30}\z", RegexOptions.NonBacktracking)]
    private static partial Regex SlackId();

    [GeneratedRegex(@"^/[a-z0-9_-]{1,31}\z", RegexOptions.NonBacktracking)]
    private static partial Regex SlashCommand();
}
