using System.Text.Json.Nodes;

namespace DbChatOps.Playground.BlockKit;

internal enum Surface
{
    Message,
    Modal,
    Home,
}

/// <summary>The blocks this look-alike knows, with the limits of each; any other type is refused as unsupported.</summary>
internal static class Blocks
{
    public static void Check(Spot blocks, Surface surface)
    {
        blocks.Count(0, surface is Surface.Message ? 50 : 100);
        foreach (var block in blocks.Items) block.Block(surface);
        RequireUniqueIds(blocks, "block_id");
        foreach (var block in blocks.Items) RequireUniqueIds(block["elements"], "action_id");
        if (blocks.Items.Where(block => block.Type is "markdown").Sum(block => block.Node.Text("text")?.Length ?? 0) > 12_000)
            blocks.Report("markdown blocks must hold less than 12001 characters in all");
        if (blocks.Items.Count(block => block.Type is "table") > 1) blocks.Report("only_one_table_allowed");
    }

    private static void Block(this Spot block, Surface surface)
    {
        block["block_id"].String(255);
        switch (block.Type)
        {
            case "section":
                block.Section();
                break;
            case "header":
                block.Object("type", "block_id", "text");
                block.Required("text");
                block["text"].PlainText(150);
                break;
            case "divider":
                block.Object("type", "block_id");
                break;
            case "actions":
                block.Object("type", "block_id", "elements");
                block.Required("elements");
                block["elements"].Count(1, 25);
                foreach (var element in block["elements"].Items) element.InActions();
                break;
            case "context":
                block.Object("type", "block_id", "elements");
                block.Required("elements");
                block["elements"].Count(1, 10);
                foreach (var element in block["elements"].Items) element.InContext();
                break;
            case "image":
                block.Object("type", "block_id", "image_url", "slack_file", "alt_text", "title");
                block.Required("alt_text");
                block["image_url"].String(3000);
                block["alt_text"].String(2000);
                block["title"].PlainText(2000);
                break;
            case "input":
                block.Input(surface);
                break;
            case "rich_text":
                block.Object("type", "block_id", "elements");
                block.RichText();
                break;
            case "markdown":
                block.Object("type", "block_id", "text");
                block.Required("text");
                block["text"].String(12_000, least: 1);
                break;
            case "table" when surface is Surface.Message:
                block.Table();
                break;
            case "alert" when surface is Surface.Modal:
                block.Object("type", "block_id", "text", "level");
                block["text"].AnyText(200);
                block["level"].OneOf("default", "info", "warning", "error", "success");
                break;
            default:
                block.Report($"unsupported type: {block.Type}");
                break;
        }
    }

    private static void Section(this Spot block)
    {
        block.Object("type", "block_id", "text", "fields", "accessory", "expand");
        if (block["text"].IsAbsent && block["fields"].IsAbsent) block.Required("text");
        block["text"].AnyText(3000);
        block["fields"].Count(1, 10);
        foreach (var field in block["fields"].Items) field.AnyText(2000);
        if (!block["accessory"].IsAbsent) block["accessory"].AsAccessory();
    }

    private static void Input(this Spot block, Surface surface)
    {
        block.Object("type", "block_id", "label", "element", "dispatch_action", "hint", "optional");
        block.Required("label");
        block.Required("element");
        block["label"].PlainText(2000);
        block["hint"].PlainText(2000);
        block["optional"].Flag();
        block["dispatch_action"].Flag();
        if (!block["element"].IsAbsent) block["element"].InInput(surface);
    }

    private static void Table(this Spot block)
    {
        block.Object("type", "block_id", "rows", "column_settings");
        block.Required("rows");
        block["rows"].Count(1, 100);
        block["column_settings"].Count(0, 20);
        foreach (var row in block["rows"].Items) row.Count(1, 20);
        var characters = block["rows"].Items.SelectMany(row => row.Items).Sum(cell => cell.Node.Text("text")?.Length ?? 0);
        if (characters > 10_000) block.Report("table must hold less than 10001 characters");
    }

    private static void RequireUniqueIds(Spot items, string name)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var item in items.Items)
        {
            if (item.Node.Text(name) is { Length: > 0 } id && !seen.Add(id)) item[name].Report($"`{name}` must be unique");
        }
    }
}
