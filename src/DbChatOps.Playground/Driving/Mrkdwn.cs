using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using DbChatOps.Playground.World;

namespace DbChatOps.Playground.Driving;

/// <summary>Slack's markup as people read it: mentions by name, links by their text, dates by their fallback, entities undone.</summary>
internal sealed partial class Mrkdwn(SlackWorld world)
{
    public string Read(string text) => Angles().Replace(text, Reference)
        .Replace("&lt;", "<", StringComparison.Ordinal)
        .Replace("&gt;", ">", StringComparison.Ordinal)
        .Replace("&amp;", "&", StringComparison.Ordinal);

    public string ReadRich(JsonObject rich) => string.Concat(rich["elements"].Objects().Select(part => part.Text("type") switch
    {
        "rich_text_list" => string.Concat(part["elements"].Objects().Select(item => $"\n• {ReadRich(item)}")),
        "rich_text_quote" => $"\n> {ReadRich(part).Replace("\n", "\n> ", StringComparison.Ordinal)}\n",
        "rich_text_section" or "rich_text_preformatted" => ReadRich(part),
        "user" => Person(part.Text("user_id") ?? ""),
        "channel" => Channel(part.Text("channel_id") ?? ""),
        "usergroup" => Group(part.Text("usergroup_id") ?? ""),
        "emoji" => $":{part.Text("name")}:",
        "broadcast" => "@" + part.Text("range"),
        "date" => part.Text("fallback") ?? "",
        "link" => part.Text("text") ?? part.Text("url") ?? "",
        _ => part.Text("text") ?? "",
    })).Trim('\n');

    [GeneratedRegex("<(?<target>[^<>|]+)(\\|(?<label>[^<>]*))?>", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Angles();

    private string Reference(Match match)
    {
        var (target, label) = (match.Groups["target"].Value, match.Groups["label"].Value);
        return target switch
        {
            ['@', .. var user] => Person(user),
            ['#', .. var channel] => Channel(channel),
            ['!', .. var special] when special.StartsWith("subteam^", StringComparison.Ordinal) => Group(special["subteam^".Length..]),
            ['!', .. var special] when special.StartsWith("date^", StringComparison.Ordinal) => label,
            ['!', .. var special] => "@" + special,
            _ => label.Length > 0 ? label : target,
        };
    }

    private string Person(string id) => world.Users.GetValueOrDefault(id)?.ToString() ?? "@" + id;

    private string Channel(string id) => "#" + (world.Channels.GetValueOrDefault(id)?.Name ?? id);

    private string Group(string id) => "@" + (world.Groups.GetValueOrDefault(id)?.Handle ?? id);
}
