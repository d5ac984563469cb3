using System.Text.Json.Nodes;
using DbChatOps.Playground.World;

namespace DbChatOps.Tests.Journeys;

/// <summary>Reads a credentials dialog as its holder would: the login first, the password second.</summary>
public static class Credentials
{
    public static (string Login, Secret Password) In(SlackView view)
    {
        var texts = Texts(view.Content);
        return texts.Count >= 2 ? (texts[0], new Secret(texts[1])) : throw new InvalidOperationException("The dialog shows no credentials: " + view.Content.ToJsonString());
    }

    public static bool AreIn(SlackView? view) => view is not null && view.Content.ToJsonString().Contains("rich_text_preformatted", StringComparison.Ordinal);

    /// <summary>What stands in boxes for copying, in the order of reading.</summary>
    public static IReadOnlyList<string> Texts(JsonNode? content) =>
    [
        .. Nodes(content)
            .OfType<JsonObject>()
            .Where(node => (string?)node["type"] == "rich_text_preformatted")
            .Select(node => (string)node["elements"]![0]!["text"]!),
    ];

    private static IEnumerable<JsonNode> Nodes(JsonNode? node) => node switch
    {
        JsonObject it => it.Select(member => member.Value).SelectMany(Nodes).Prepend(it),
        JsonArray list => list.SelectMany(Nodes),
        _ => [],
    };
}
