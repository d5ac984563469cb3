using System.Text.Json.Nodes;

namespace DbChatOps.Playground.Deliveries;

/// <summary>One signed request to the bot, byte for byte, so that it can be sent again.</summary>
public sealed record SentDelivery
{
    /// <summary><c>commands</c>, <c>interactions</c> or <c>events</c>.</summary>
    public required string Doorway { get; init; }

    public required string ContentType { get; init; }
    public required string Body { get; init; }
    public required IReadOnlyDictionary<string, string> Headers { get; init; }

    /// <summary>As people read it: form fields by name, nested JSON decoded.</summary>
    internal JsonNode Readable()
    {
        if (Json.TryParse(Body) is { } json) return json;
        var fields = new JsonObject();
        foreach (var pair in Body.Split('&').Select(pair => pair.Split('=', 2)).Where(pair => pair.Length == 2))
        {
            var value = Uri.UnescapeDataString(pair[1].Replace('+', ' '));
            fields[pair[0]] = pair[0] is "payload" ? Json.TryParse(value) : value;
        }

        return fields;
    }
}

/// <summary>What may be wrong with the signature of the next delivery.</summary>
public enum SignatureFault
{
    None,
    WrongSecret,
    BodyAltered,
    StaleTimestamp,
    FutureTimestamp,
    Missing,
}
