namespace DbChatOps.Playground.BlockKit;

/// <summary>The interactive elements, with the limits of each.</summary>
internal static class Elements
{
    private static readonly HashSet<string> Menus = new(StringComparer.Ordinal)
    {
        "static_select", "external_select", "users_select", "conversations_select", "channels_select",
        "multi_static_select", "multi_external_select", "multi_users_select", "multi_conversations_select", "multi_channels_select",
    };

    private static readonly HashSet<string> Pickers = new(StringComparer.Ordinal)
    {
        "datepicker", "timepicker", "datetimepicker", "checkboxes", "radio_buttons",
    };

    private static readonly HashSet<string> TextInputs = new(StringComparer.Ordinal)
    {
        "plain_text_input", "number_input", "email_text_input", "url_text_input", "rich_text_input",
    };

    public static void InActions(this Spot spot) =>
        spot.Element(type => type is "button" or "overflow" || Pickers.Contains(type) || (Menus.Contains(type) && !type.StartsWith("multi_", StringComparison.Ordinal)));

    public static void AsAccessory(this Spot spot) =>
        spot.Element(type => type is "button" or "overflow" or "image" || Pickers.Contains(type) || Menus.Contains(type));

    public static void InInput(this Spot spot, Surface surface) =>
        spot.Element(type => TextInputs.Contains(type) || Pickers.Contains(type) || Menus.Contains(type) || (type is "file_input" && surface is Surface.Modal));

    public static void InContext(this Spot spot)
    {
        if (spot.Type is "image") spot.Image();
        else spot.AnyText(2000);
    }

    private static void Element(this Spot spot, Func<string, bool> isAllowed)
    {
        if (!isAllowed(spot.Type))
        {
            spot.Report($"unsupported type: {spot.Type}");
            return;
        }

        spot["action_id"].String(255);
        spot["confirm"].Confirmation();
        spot["placeholder"].PlainText(150);
        spot["focus_on_load"].Flag();
        if (Menus.Contains(spot.Type)) spot.Menu();
        else spot.Other();
    }

    private static void Other(this Spot spot)
    {
        switch (spot.Type)
        {
            case "button":
                spot.Button();
                break;
            case "image":
                spot.Image();
                break;
            case "overflow":
                spot.Object("type", "action_id", "options", "confirm");
                spot.Choices(5, mayGroup: false);
                break;
            case "checkboxes" or "radio_buttons":
                spot.Object("type", "action_id", "options", "initial_option", "initial_options", "confirm", "focus_on_load");
                spot.Choices(10, mayGroup: false);
                break;
            case "datepicker":
                spot.Object("type", "action_id", "initial_date", "confirm", "focus_on_load", "placeholder");
                break;
            case "timepicker":
                spot.Object("type", "action_id", "initial_time", "confirm", "focus_on_load", "placeholder", "timezone");
                break;
            case "datetimepicker":
                spot.Object("type", "action_id", "initial_date_time", "confirm", "focus_on_load");
                break;
            case "file_input":
                spot.Object("type", "action_id", "filetypes", "max_files");
                spot["max_files"].Integer(1, 10);
                break;
            default:
                spot.TextInput();
                break;
        }
    }

    private static void Button(this Spot spot)
    {
        spot.Object("type", "action_id", "text", "value", "url", "style", "confirm", "accessibility_label");
        spot.Required("text");
        spot["text"].PlainText(75);
        spot["value"].String(2000);
        spot["url"].String(3000);
        spot["accessibility_label"].String(75);
        spot["style"].OneOf("primary", "danger");
    }

    private static void Image(this Spot spot)
    {
        spot.Object("type", "image_url", "alt_text", "slack_file");
        spot.Required("alt_text");
        spot["image_url"].String(3000);
        spot["alt_text"].String(2000);
    }

    private static void Menu(this Spot spot)
    {
        spot.Object(
            "type", "action_id", "placeholder", "confirm", "focus_on_load", "options", "option_groups", "initial_option", "initial_options",
            "min_query_length", "max_selected_items", "initial_user", "initial_users", "initial_channel", "initial_channels",
            "initial_conversation", "initial_conversations", "default_to_current_conversation", "response_url_enabled", "filter");
        spot["max_selected_items"].Integer(1, int.MaxValue);
        if (spot.Type is "static_select" or "multi_static_select") spot.Choices(100, mayGroup: true);
    }

    private static void TextInput(this Spot spot)
    {
        spot.Object(
            "type", "action_id", "placeholder", "focus_on_load", "initial_value", "multiline", "min_length", "max_length",
            "min_value", "max_value", "is_decimal_allowed", "dispatch_action_config");
        spot["min_length"].Integer(0, 3000);
        spot["max_length"].Integer(1, 3000);
        if (spot.Type is "plain_text_input") spot["initial_value"].String(3000);
        if (spot.Type is "number_input") spot.Required("is_decimal_allowed");
    }
}
