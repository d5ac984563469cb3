using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using DbChatOps.Playground.World;

namespace DbChatOps.Playground.WebApi;

/// <summary>The arguments of one call and the world it acts upon.</summary>
internal sealed class ApiCall(JsonObject arguments, SlackWorld world, SlackWorkspaceSettings settings, Uri address)
{
    public JsonObject Arguments { get; } = arguments;
    public SlackWorld World { get; } = world;
    public SlackWorkspaceSettings Settings { get; } = settings;
    public Uri Address { get; } = address;

    /// <summary>The argument as text; numbers and booleans as they would stand in a form. Null when absent or empty.</summary>
    public string? Text(string name) => Arguments[name] switch
    {
        null => null,
        JsonValue value when value.TryGetValue<string>(out var text) => text.Length == 0 ? null : text,
        var other => other.ToJsonString(),
    };

    public string Required(string name) => Text(name) ?? throw SlackErrorException.MissingArgument(name);

    public bool Flag(string name) => Text(name) is "true" or "1";

    public int Number(string name, int otherwise) =>
        int.TryParse(Text(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : otherwise;

    public JsonArray? Array(string name, string malformed) => Nested<JsonArray>(name, malformed);

    public JsonObject? Object(string name, string malformed) => Nested<JsonObject>(name, malformed);

    /// <summary>The conversation that <c>channel</c> names: an id, a person's id (their direct conversation), or <c>#name</c>.</summary>
    public SlackChannel Channel()
    {
        var named = Required("channel");
        if (named.StartsWith('U') && World.Users.ContainsKey(named)) return World.DirectWith(named);

        var channel = named.StartsWith('#')
            ? World.Channels.Values.FirstOrDefault(candidate => !candidate.IsDirect && string.Equals(candidate.Name, named[1..], StringComparison.Ordinal))
            : World.Channels.GetValueOrDefault(named);

        // A private channel hides from apps that are not in it.
        if (channel is null || (channel.IsPrivate && !HasJoined(channel))) throw new SlackErrorException("channel_not_found");
        return channel;
    }

    public static bool HasJoined(SlackChannel channel) => channel.Members.Contains(Seed.BotUserId);

    public SlackUser User(string name) =>
        World.Users.GetValueOrDefault(Required(name)) ?? throw new SlackErrorException("user_not_found");

    /// <summary>One page of <paramref name="all"/>, by <c>limit</c> and <c>cursor</c>, with the cursor of the next.</summary>
    public (IReadOnlyList<T> Page, JsonObject Metadata) Page<T>(IReadOnlyList<T> all, int limit = 100)
    {
        var from = 0;
        if (Text("cursor") is { } cursor && (!Cursor.TryRead(cursor, out from) || from > all.Count)) throw new SlackErrorException("invalid_cursor");
        var page = all.Skip(from).Take(Math.Clamp(Number("limit", limit), 1, 1000)).ToList();
        var next = from + page.Count < all.Count ? Cursor.Write(from + page.Count) : "";
        return (page, new JsonObject { ["next_cursor"] = next });
    }

    private T? Nested<T>(string name, string malformed)
        where T : JsonNode
    {
        var node = Arguments[name];
        if (node is JsonValue value && value.TryGetValue<string>(out var text))
        {
            if (text.Length == 0) return null;
            node = Json.TryParse(text);
            if (node is null) throw new SlackErrorException(malformed);
        }

        return node switch
        {
            null => null,
            T nested => nested,
            _ => throw new SlackErrorException(malformed),
        };
    }
}

/// <summary>Cursors are opaque to apps; here they hide a position.</summary>
internal static class Cursor
{
    public static string Write(int position) =>
        Convert.ToBase64String(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"from:{position}")));

    public static bool TryRead(string cursor, out int position)
    {
        position = 0;
        Span<byte> bytes = stackalloc byte[64];
        if (!Convert.TryFromBase64String(cursor, bytes, out var length)) return false;
        var text = Encoding.UTF8.GetString(bytes[..length]);
        return text.StartsWith("from:", StringComparison.Ordinal)
            && int.TryParse(text.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out position);
    }
}
