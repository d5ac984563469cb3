using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;

namespace DbChatOps.Host.Slack;

/// <summary>Reads named members of a payload and forgives what is absent; a member of another type counts as absent.</summary>
internal static class JsonPayload
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 64, AllowDuplicateProperties = false };

    /// <summary>Reads a whole object.</summary>
    /// <exception cref="MalformedPayloadException">No JSON object, too deep, a name given twice, or not UTF-8.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> utf8)
    {
        if (!Utf8.IsValid(utf8.Span))
        {
            throw new MalformedPayloadException("The payload is not UTF-8.");
        }

        try
        {
            var document = JsonDocument.Parse(utf8, Strict);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? document
                : throw new MalformedPayloadException("The payload is not a JSON object.");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new MalformedPayloadException("The payload is not JSON that we read.", e);
        }
    }

    /// <summary>The member at the path; an element of kind Undefined when there is none.</summary>
    public static JsonElement At(this JsonElement element, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
        {
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out element))
            {
                return default;
            }
        }

        return element;
    }

    /// <summary>The text at the path; null when there is none.</summary>
    public static string? Text(this JsonElement element, params ReadOnlySpan<string> path) => element.At(path).AsText();

    public static bool IsTrue(this JsonElement element, params ReadOnlySpan<string> path) => element.At(path).ValueKind == JsonValueKind.True;

    public static IEnumerable<JsonElement> Items(this JsonElement element, params ReadOnlySpan<string> path)
    {
        var array = element.At(path);
        return array.ValueKind == JsonValueKind.Array ? array.EnumerateArray() : Enumerable.Empty<JsonElement>();
    }

    public static IEnumerable<JsonProperty> Members(this JsonElement element, params ReadOnlySpan<string> path)
    {
        var members = element.At(path);
        return members.ValueKind == JsonValueKind.Object ? members.EnumerateObject() : Enumerable.Empty<JsonProperty>();
    }

    /// <summary>A string, or a number as its digits (<c>selected_date_time</c>); null for anything else.</summary>
    /// <exception cref="MalformedPayloadException">Half of a surrogate pair.</exception>
    public static string? AsText(this JsonElement element)
    {
        try
        {
            return element.ValueKind switch
            {
                JsonValueKind.String => element.GetString(),
                JsonValueKind.Number when element.TryGetInt64(out var number) => number.ToString(CultureInfo.InvariantCulture),
                _ => null,
            };
        }
        catch (InvalidOperationException e)
        {
            throw new MalformedPayloadException("A text of the payload is not valid Unicode.", e);
        }
    }
}
