using System.Text.Json.Nodes;
using DbChatOps.Playground.World;

namespace DbChatOps.Playground.BlockKit;

/// <summary>What Slack adds to the blocks it is given: ids where they are missing, <c>emoji</c> and <c>verbatim</c> on text objects.</summary>
internal static class Normal
{
    public static JsonArray Blocks(JsonArray blocks)
    {
        var shown = blocks.Copy();
        foreach (var block in shown.OfType<JsonObject>())
        {
            if (string.IsNullOrEmpty(block.Text("block_id"))) block["block_id"] = SlackWorld.Unguessable()[..5];
            foreach (var element in ViewState.ElementsOf(block))
            {
                if (string.IsNullOrEmpty(element.Text("action_id")) && element["type"] is not null && element.Text("type") is not "image")
                    element["action_id"] = SlackWorld.Unguessable()[..5];
            }

            if (block.Text("type") is "input")
            {
                block["optional"] ??= false;
                block["dispatch_action"] ??= false;
            }

            CompleteTexts(block);
        }

        return shown;
    }

    public static JsonObject View(JsonObject view)
    {
        var shown = view.Copy();
        if (shown["blocks"] is JsonArray blocks) shown["blocks"] = Blocks(blocks);
        foreach (var part in new[] { "title", "submit", "close" })
        {
            if (shown[part] is JsonObject text) CompleteTexts(text);
        }

        return shown;
    }

    private static void CompleteTexts(JsonNode node)
    {
        if (node is JsonObject json)
        {
            // rich_text has elements of type "text", which are no text objects.
            if (json.Text("type") is "rich_text") return;
            if (json.Text("type") is "plain_text") json["emoji"] ??= true;
            if (json.Text("type") is "mrkdwn") json["verbatim"] ??= false;
            foreach (var member in json.ToList())
            {
                if (member.Value is JsonObject or JsonArray) CompleteTexts(member.Value);
            }
        }
        else if (node is JsonArray array)
        {
            foreach (var item in array)
            {
                if (item is JsonObject or JsonArray) CompleteTexts(item);
            }
        }
    }
}
