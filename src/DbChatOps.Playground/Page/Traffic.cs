using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace DbChatOps.Playground.Page;

/// <summary>The journal as people may look at it: newest first, without tokens and without addresses that are as good as tokens.</summary>
internal sealed partial class Traffic(SlackWorkspace slack)
{
    private const int MostShown = 150;
    private const string Hidden = "•••";

    private static readonly HashSet<string> Secret = new(StringComparer.OrdinalIgnoreCase)
    {
        "token", "trigger_id", "response_url", "response_urls", "upload_url", "authorization",
    };

    public JsonObject List() => new()
    {
        ["entries"] = Json.Array(slack.Journal.Entries.TakeLast(MostShown).Reverse().Select(Row)),
    };

    /// <summary>Null when there is no such entry.</summary>
    public JsonObject? Of(int sequence)
    {
        if (slack.Journal.Entries.ElementAtOrDefault(sequence - 1) is not { } entry) return null;
        var row = Row(entry);
        row["asked"] = Clean(entry.Sent?.Readable() ?? entry.Arguments);
        row["answered"] = Clean(entry.IsDelivery ? entry.Arguments : entry.Answer);
        return row;
    }

    private static JsonObject Row(JournalEntry entry) => new()
    {
        ["sequence"] = entry.Sequence,
        ["at"] = entry.At.ToUnixTimeMilliseconds(),
        ["toBot"] = entry.IsDelivery,
        ["method"] = Kind(entry),
        ["status"] = entry.Status,
        ["error"] = entry.Error,
        ["ok"] = entry.IsDelivery ? entry.Status is >= 200 and < 300 : entry.Status is > 0 and < 400 && entry.Error is null,
        ["took"] = Math.Round(entry.Took.TotalMilliseconds, 1),
    };

    private static string Kind(JournalEntry entry) =>
        entry.Sent?.Readable() is { } sent
            ? sent["payload"].Text("type") ?? sent["event"].Text("type") ?? sent.Text("command") ?? entry.Sent.Doorway
            : entry.Method;

    private JsonNode? Clean(JsonNode? node) => node switch
    {
        JsonObject json => new JsonObject(json.Select(member => new KeyValuePair<string, JsonNode?>(
            member.Key, Secret.Contains(member.Key) && member.Value is not null ? Hidden : Clean(member.Value)))),
        JsonArray array => new JsonArray([.. array.Select(Clean)]),
        JsonValue value when value.TryGetValue<string>(out var text) => SocketTicket().Replace(text, Hidden)
            .Replace(slack.Settings.BotToken, Hidden, StringComparison.Ordinal)
            .Replace(slack.Settings.AppToken, Hidden, StringComparison.Ordinal)
            .Replace(slack.Settings.SigningSecret, Hidden, StringComparison.Ordinal),
        _ => node?.DeepClone(),
    };

    /// <summary>Whoever has it opens a socket of the app; the rest of the address may be seen.</summary>
    [GeneratedRegex("(?<=/link/[?]ticket=)[0-9a-f]+", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SocketTicket();
}
