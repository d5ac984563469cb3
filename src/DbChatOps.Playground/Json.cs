using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace DbChatOps.Playground;

/// <summary>The few JSON moves that the look-alike repeats. Nodes have one parent, so whatever is stored or sent is a copy.</summary>
internal static class Json
{
    /// <summary>Slack escapes no more than JSON demands; &lt;, &gt; and &amp; travel as they are.</summary>
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly JsonSerializerOptions Pretty = new(Plain) { WriteIndented = true };

    public static string Write(JsonNode? node) => node?.ToJsonString(Plain) ?? "null";

    public static string WriteIndented(JsonNode? node) => node?.ToJsonString(Pretty) ?? "null";

    public static JsonArray Array(IEnumerable<string> values) => [.. values.Select(value => (JsonNode)value)];

    public static JsonArray Array(IEnumerable<JsonNode> values) => [.. values];

    public static JsonObject Copy(this JsonObject node) => (JsonObject)node.DeepClone();

    public static JsonArray Copy(this JsonArray node) => (JsonArray)node.DeepClone();

    /// <summary>The member's text, or null when it is absent or something else than text.</summary>
    public static string? Text(this JsonNode? node, string name) =>
        (node as JsonObject)?[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    public static bool Flag(this JsonNode? node, string name) =>
        (node as JsonObject)?[name] is JsonValue value && value.TryGetValue<bool>(out var flag) && flag;

    public static IEnumerable<JsonObject> Objects(this JsonNode? node) => (node as JsonArray)?.OfType<JsonObject>() ?? [];

    public static JsonNode? TryParse(string text)
    {
        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
