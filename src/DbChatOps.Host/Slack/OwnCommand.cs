using System.Text.Json.Nodes;

namespace DbChatOps.Host.Slack;

/// <summary>
/// Our sentences say <c>/db</c>; an installation may have named its slash command otherwise. Only code spans of mrkdwn that begin with it are renamed,
/// which no text from outside can be: its backticks are fenced there.
/// </summary>
internal static class OwnCommand
{
    private const string Written = "`/db ";

    /// <summary>The same message or view, renamed in place.</summary>
    public static JsonObject Speaking(this JsonObject rendered, string command)
    {
        if (command != "/db")
        {
            Rename(rendered, isText: true, $"`{command} ");
        }

        return rendered;
    }

    private static void Rename(JsonNode? node, bool isText, string ours)
    {
        switch (node)
        {
            case JsonObject part:
                if ((isText || (string?)part["type"] == "mrkdwn") && part["text"] is JsonValue value && value.TryGetValue<string>(out var text))
                {
                    part["text"] = text.Replace(Written, ours, StringComparison.Ordinal);
                }

                foreach (var inner in part.Select(field => field.Value).Where(inner => inner is JsonObject or JsonArray).ToList())
                {
                    Rename(inner, isText: false, ours);
                }

                break;
            case JsonArray items:
                foreach (var item in items)
                {
                    Rename(item, isText: false, ours);
                }

                break;
        }
    }
}
