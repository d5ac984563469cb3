namespace DbChatOps.Playground.BlockKit;

/// <summary>The nesting of rich_text: sections, lists, preformatted text and quotes, which hold texts, links and mentions.</summary>
internal static class RichTexts
{
    public static void RichText(this Spot block)
    {
        block.Required("elements");
        foreach (var part in block["elements"].Items)
        {
            switch (part.Type)
            {
                case "rich_text_list":
                    part.Object("type", "style", "elements", "indent", "offset", "border");
                    part.Required("style");
                    part["style"].OneOf("bullet", "ordered");
                    foreach (var item in part["elements"].Items) item.Inlines();
                    break;
                case "rich_text_section" or "rich_text_preformatted" or "rich_text_quote":
                    part.Inlines();
                    break;
                default:
                    part.Report($"unsupported type: {part.Type}");
                    break;
            }
        }
    }

    private static void Inlines(this Spot part)
    {
        part.Object("type", "elements", "border", "language");
        part.Required("elements");
        foreach (var inline in part["elements"].Items)
        {
            inline.Required(inline.Type switch
            {
                "text" => "text",
                "link" => "url",
                "user" => "user_id",
                "usergroup" => "usergroup_id",
                "channel" => "channel_id",
                "emoji" => "name",
                "broadcast" => "range",
                "date" => "timestamp",
                "color" => "value",
                _ => "type",
            });
            if (inline.Type is "text") inline["text"].String(int.MaxValue - 1, least: 1);
        }
    }
}
