using System.Text.Json.Nodes;

namespace DbChatOps.Host.Slack;

/// <summary>
/// Our sentences say <c>/db</c>; an installation may have named its slash command otherwise. Only code spans that begin with it are renamed, which
/// no text from outside can be: its backticks are fenced.
/// </summary>
internal static class OwnCommand
{
    private const string Written = "`/db ";

    public static JsonObject Speaking(this JsonObject rendered, string command)
    {
        if (command != "/db")
        {
            Rename(rendered, $"`{command} ");
        }

        return rendered;
    }

    private static void Rename(JsonNode? node, string ours)
    {
        switch (node)
        {
            case JsonObject fields:
                foreach (var (name, value) in fields.ToList())
                {
                    if (Renamed(value, ours) is { } text)
                    {
                        fields[name] = text;
                    }
                    else
                    {
                        Rename(value, ours);
                    }
                }

                break;
            case JsonArray items:
                foreach (var item in items)
                {
                    Rename(item, ours);
                }

                break;
        }
    }

    private static string? Renamed(JsonNode? node, string ours) =>
        node is JsonValue value && value.TryGetValue<string>(out var text) && text.Contains(Written, StringComparison.Ordinal)
            ? text.Replace(Written, ours, StringComparison.Ordinal)
            : null;
}
