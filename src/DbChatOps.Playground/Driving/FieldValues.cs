using System.Globalization;
using System.Text.Json.Nodes;
using DbChatOps.Playground.World;

namespace DbChatOps.Playground.Driving;

/// <summary>Turns what a person types or picks into the value Slack reports, and refuses what Slack's own form would not take.</summary>
internal static class FieldValues
{
    public static JsonNode? Of(JsonObject element, string given, SlackWorld world, IEnumerable<JsonObject> suggested) => element.Text("type") switch
    {
        "plain_text_input" => Typed(element, given),
        "email_text_input" or "url_text_input" or "number_input" => given.Length == 0 ? null : given,
        "rich_text_input" => Rich(given),
        "static_select" or "radio_buttons" or "overflow" => given.Length == 0 ? null : Option(Offered(element), given),
        "external_select" => given.Length == 0 ? null : Option(suggested, given),
        "multi_static_select" or "checkboxes" => Json.Array(Several(given).Select(one => Option(Offered(element), one))),
        "multi_external_select" => Json.Array(Several(given).Select(one => Option(suggested, one))),
        "users_select" => User(world, given),
        "multi_users_select" => Json.Array(Several(given).Select(one => User(world, one))),
        "channels_select" or "conversations_select" => Channel(world, given),
        "multi_channels_select" or "multi_conversations_select" => Json.Array(Several(given).Select(one => Channel(world, one))),
        "datetimepicker" => long.Parse(given, CultureInfo.InvariantCulture),
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

    private static string[] Several(string given) =>
        given.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
