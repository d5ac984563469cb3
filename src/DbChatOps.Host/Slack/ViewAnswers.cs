using System.Text;
using System.Text.Json;

namespace DbChatOps.Host.Slack;

/// <summary>What people entered, flattened to one text per input: several choices are joined by commas, what was left empty is "".</summary>
internal static class ViewAnswers
{
    /// <summary>Answers by the name of the input, which is the block's id (and the action's).</summary>
    public static Dictionary<string, string> Read(JsonElement values)
    {
        var answers = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var block in values.Members())
        {
            foreach (var input in block.Value.Members())
            {
                answers[input.Name] = ValueOf(input.Value);
            }
        }

        return answers;
    }

    /// <summary>The value of an input or a pressed element, of every type that Slack has.</summary>
    public static string ValueOf(JsonElement input)
    {
        foreach (var member in (ReadOnlySpan<string>)
            ["value", "selected_user", "selected_channel", "selected_conversation", "selected_date", "selected_time", "selected_date_time"])
        {
            if (input.Text(member) is { } text)
            {
                return text;
            }
        }

        if (input.Text("selected_option", "value") is { } option)
        {
            return option;
        }

        foreach (var member in (ReadOnlySpan<string>)["selected_users", "selected_channels", "selected_conversations"])
        {
            if (input.At(member).ValueKind == JsonValueKind.Array)
            {
                return string.Join(',', input.Items(member).Select(item => item.AsText()));
            }
        }

        if (input.At("selected_options").ValueKind == JsonValueKind.Array)
        {
            return string.Join(',', input.Items("selected_options").Select(item => item.Text("value")));
        }

        if (input.At("files").ValueKind == JsonValueKind.Array)
        {
            return string.Join(',', input.Items("files").Select(item => item.Text("id")));
        }

        var rich = new StringBuilder();
        AppendRichText(input.At("rich_text_value"), rich);
        return rich.ToString();
    }

    private static void AppendRichText(JsonElement element, StringBuilder text)
    {
        text.Append(element.Text("type") switch
        {
            "text" or "link" => element.Text("text") ?? element.Text("url"),
            "user" => $"<@{element.Text("user_id")}>",
            "channel" => $"<#{element.Text("channel_id")}>",
            "emoji" => $":{element.Text("name")}:",
            _ => "",
        });
        foreach (var child in element.Items("elements"))
        {
            AppendRichText(child, text);
        }
    }
}
