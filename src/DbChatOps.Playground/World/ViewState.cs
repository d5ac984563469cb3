using System.Text.Json.Nodes;

namespace DbChatOps.Playground.World;

/// <summary>What stands in the inputs of a view: initial values, what people typed, and the shape in which Slack reports it.</summary>
internal static class ViewState
{
    private static readonly Dictionary<string, string> ValueMembers = new(StringComparer.Ordinal)
    {
        ["plain_text_input"] = "value",
        ["email_text_input"] = "value",
        ["url_text_input"] = "value",
        ["number_input"] = "value",
        ["rich_text_input"] = "rich_text_value",
        ["static_select"] = "selected_option",
        ["external_select"] = "selected_option",
        ["radio_buttons"] = "selected_option",
        ["overflow"] = "selected_option",
        ["multi_static_select"] = "selected_options",
        ["multi_external_select"] = "selected_options",
        ["checkboxes"] = "selected_options",
        ["users_select"] = "selected_user",
        ["multi_users_select"] = "selected_users",
        ["channels_select"] = "selected_channel",
        ["multi_channels_select"] = "selected_channels",
        ["conversations_select"] = "selected_conversation",
        ["multi_conversations_select"] = "selected_conversations",
        ["datepicker"] = "selected_date",
        ["timepicker"] = "selected_time",
        ["datetimepicker"] = "selected_date_time",
        ["file_input"] = "files",
    };

    /// <summary>The member of a state value that carries it, or null for an element without state (a button).</summary>
    public static string? ValueMember(JsonObject element) => ValueMembers.GetValueOrDefault(element.Text("type") ?? "");

    /// <summary>The elements of a block that people act on.</summary>
    public static IEnumerable<JsonObject> ElementsOf(JsonObject block) => block.Text("type") switch
    {
        "input" => block["element"] is JsonObject element ? [element] : [],
        "actions" => block["elements"].Objects(),
        "section" => block["accessory"] is JsonObject accessory ? [accessory] : [],
        _ => [],
    };

    /// <summary>
    /// The state of freshly shown blocks. What a person put into an input survives an update if block id, action id and type stay the same.
    /// </summary>
    public static JsonObject Of(IEnumerable<JsonObject> blocks, JsonObject? before)
    {
        var values = new JsonObject();
        foreach (var block in blocks)
        {
            foreach (var element in ElementsOf(block))
            {
                if (ValueMember(element) is not { } member || block.Text("block_id") is not { } blockId) continue;

                var actionId = element.Text("action_id") ?? "";
                var kept = before?[blockId]?[actionId] is JsonObject old && SameType(old, element) ? old.DeepClone() : null;
                if (values[blockId] is not JsonObject ofBlock) values[blockId] = ofBlock = [];
                ofBlock[actionId] = kept ?? Initial(element, member);
            }
        }

        return values;
    }

    private static bool SameType(JsonObject value, JsonObject element) =>
        string.Equals(value.Text("type"), element.Text("type"), StringComparison.Ordinal);

    private static JsonObject Initial(JsonObject element, string member)
    {
        var initial = element[member.Replace("selected_", "initial_", StringComparison.Ordinal)] ?? element["initial_value"];
        return new JsonObject
        {
            ["type"] = element.Text("type"),
            [member] = initial?.DeepClone() ?? (IsList(member) ? new JsonArray() : null),
        };
    }

    private static bool IsList(string member) => member.EndsWith('s');
}
