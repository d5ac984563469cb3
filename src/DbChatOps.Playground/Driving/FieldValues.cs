using System.Globalization;
using System.Text.Json.Nodes;
using DbChatOps.Playground.World;

namespace DbChatOps.Playground.Driving;

/// <summary>Turns what a person types or picks into the value Slack reports, and refuses what Slack's own form would not take.</summary>
internal static class FieldValues
{
    /// <summary>What a person writes who separates several choices by commas.</summary>
    public static IReadOnlyList<string> Choices(JsonObject element, string written) => IsOfSeveral(element)
        ? written.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
        : [written];

    public static JsonNode? Of(JsonObject element, IReadOnlyList<string> choices, SlackWorld world, IEnumerable<JsonObject> suggested) =>
        IsOfSeveral(element) ? Several(element, choices, world, suggested) : One(element, choices is [var given, ..] ? given : "", world, suggested);

    private static bool IsOfSeveral(JsonObject element) =>
        element.Text("type") is "checkboxes" || element.Text("type")?.StartsWith("multi_", StringComparison.Ordinal) is true;

    private static JsonArray Several(JsonObject element, IReadOnlyList<string> choices, SlackWorld world, IEnumerable<JsonObject> suggested)
    {
        var values = Json.Array(choices.Select(choice => element.Text("type") switch
        {
            "multi_users_select" => User(world, choice),
            "multi_channels_select" or "multi_conversations_select" => Channel(world, choice),
            "multi_external_select" => Option(suggested, choice),
            _ => Option(Offered(element), choice),
        }));
        if ((int?)element["max_selected_items"] is { } most && values.Count > most) throw new ImpossibleGestureException($"At most {most} can be chosen.");
        return values;
    }

    private static JsonNode? One(JsonObject element, string given, SlackWorld world, IEnumerable<JsonObject> suggested) => element.Text("type") switch
    {
        "plain_text_input" => Typed(element, given),
        "email_text_input" or "url_text_input" or "number_input" => given.Length == 0 ? null : given,
        "rich_text_input" => Rich(given),
        "static_select" or "radio_buttons" or "overflow" when given.Length > 0 => Option(Offered(element), given),
        "external_select" when given.Length > 0 => Option(suggested, given),
        _ when given.Length == 0 => null,
        "users_select" => User(world, given),
        "channels_select" or "conversations_select" => Channel(world, given),
        "datetimepicker" => long.TryParse(given, CultureInfo.InvariantCulture, out var moment)
            ? moment
            : throw new ImpossibleGestureException($"\"{given}\" is no moment."),
        _ => given,
    };

    public static bool IsEmpty(JsonNode? value) => value switch
    {
        null => true,
        JsonArray array => array.Count == 0,
        JsonValue text => text.ToString().Length == 0,
        _ => false,
    };

    private static JsonValue? Typed(JsonObject element, string given)
    {
        var least = (int?)element["min_length"] ?? 0;
        var most = (int?)element["max_length"] ?? 3000;
        if (given.Length > most) throw new ImpossibleGestureException($"The input takes at most {most} characters.");
        if (given.Length > 0 && given.Length < least) throw new ImpossibleGestureException($"The input wants at least {least} characters.");
        return given.Length == 0 ? null : JsonValue.Create(given);
    }

    private static JsonObject Rich(string given) => new()
    {
        ["type"] = "rich_text",
        ["elements"] = new JsonArray(new JsonObject
        {
            ["type"] = "rich_text_section",
            ["elements"] = new JsonArray(new JsonObject { ["type"] = "text", ["text"] = given }),
        }),
    };

    private static IEnumerable<JsonObject> Offered(JsonObject element) =>
        element["options"].Objects().Concat(element["option_groups"].Objects().SelectMany(group => group["options"].Objects()));

    private static JsonNode Option(IEnumerable<JsonObject> offered, string given)
    {
        var options = offered.ToList();
        var option = options.Find(one => string.Equals(one["text"].Text("text"), given, StringComparison.Ordinal))
            ?? options.Find(one => string.Equals(one.Text("value"), given, StringComparison.Ordinal))
            ?? throw new ImpossibleGestureException($"No option \"{given}\"; offered: {string.Join(", ", options.Select(one => one["text"].Text("text")))}.");
        return option.DeepClone();
    }

    private static JsonNode User(SlackWorld world, string given) => Known(
        world.Users.Values.FirstOrDefault(user => Is(user.Id, given) || Is(user.Handle, given.TrimStart('@')))?.Id, given);

    private static JsonNode Channel(SlackWorld world, string given) => Known(
        world.Channels.Values.FirstOrDefault(channel => Is(channel.Id, given) || Is(channel.Name, given.TrimStart('#')))?.Id, given);

    private static JsonNode Known(string? id, string given) => id ?? throw new ImpossibleGestureException($"Nobody and nothing is called {given}.");

    private static bool Is(string name, string given) => string.Equals(name, given, StringComparison.Ordinal);
}
