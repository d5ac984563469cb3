using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using DbChatOps.Chat;

namespace DbChatOps.Host.Slack;

/// <summary>Text objects of Block Kit, each within its limit.</summary>
internal static class BlockKitText
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Json(JsonNode node) => node.ToJsonString(Plain);

    /// <summary>Shown literally by Slack: no marks, no mentions, no emoji by name.</summary>
    public static JsonObject PlainObject(string text, int limit) =>
        new() { ["type"] = "plain_text", ["text"] = PlainOrDash(text, limit), ["emoji"] = false };

    /// <summary><paramref name="rendered"/> comes from <see cref="Mrkdwn"/>; <c>verbatim</c> keeps Slack from linking names and addresses in it.</summary>
    public static JsonObject MrkdwnObject(string rendered) =>
        new() { ["type"] = "mrkdwn", ["text"] = rendered.Length == 0 ? "—" : rendered, ["verbatim"] = true };

    /// <summary>Slack refuses empty text.</summary>
    public static string PlainOrDash(string text, int limit) => PlainText.Clean(text, limit) is { Length: > 0 } clean ? clean : "—";

    /// <summary>Keeps line breaks; everything else as <see cref="PlainText.Clean"/> does.</summary>
    public static string Lines(string text, int limit) =>
        Cut(string.Join('\n', text.ReplaceLineEndings("\n").Split('\n').Select(line => PlainText.Clean(line, limit))), limit);

    public static string LinesOrDash(string text, int limit) => PlainText.CleanLines(text, limit) is { Length: > 0 } clean ? clean : "—";

    /// <summary>At most <paramref name="limit"/> UTF-16 units, never half a character.</summary>
    public static string Cut(string text, int limit)
    {
        if (text.Length <= limit)
        {
            return text;
        }

        var end = limit - 1;
        return text[..(char.IsHighSurrogate(text[end - 1]) ? end - 1 : end)] + "…";
    }

    /// <summary>An id of ours that comes back with a press. What does not fit is a mistake of ours and finds nothing when it comes back.</summary>
    public static string Opaque(string value, int limit)
    {
        var ascii = new StringBuilder();
        foreach (var character in value.Take(limit * 2).Where(character => character is > ' ' and < '\x7f' and not ('"' or '\\')).Take(limit))
        {
            ascii.Append(character);
        }

        return ascii.ToString();
    }
}
