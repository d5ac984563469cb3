using System.Text.Json.Nodes;

namespace DbChatOps.Host.Slack;

/// <summary>Rich text elements with one text each: structure instead of marks, so there is nothing to escape.</summary>
internal static class RichText
{
    public static JsonObject Section(string text, bool bold)
    {
        var drawn = Text(text);
        if (bold)
        {
            drawn["style"] = new JsonObject { ["bold"] = true };
        }

        return new JsonObject { ["type"] = "rich_text_section", ["elements"] = new JsonArray(drawn) };
    }

    /// <summary><paramref name="type"/> is <c>rich_text_quote</c> or <c>rich_text_preformatted</c>.</summary>
    public static JsonObject Element(string type, string text) => new() { ["type"] = type, ["elements"] = new JsonArray(Text(text)) };

    private static JsonObject Text(string text) => new() { ["type"] = "text", ["text"] = text };
}
