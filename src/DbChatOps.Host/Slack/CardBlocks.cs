using System.Text.Json.Nodes;
using DbChatOps.Chat;

namespace DbChatOps.Host.Slack;

/// <summary>One drawing of a card, in which every text has its usual room divided by <paramref name="share"/>.</summary>
internal sealed class CardBlocks(int share)
{
    private const int MostFields = 10;
    private const int MostQuotes = 5;
    private const int MostLines = 25;
    private const int MostButtons = 10;
    private const int MostFootnotes = 5;
    private const int SectionText = 2_900;

    /// <summary>Among other cards under headings: the banner is a bold line, and an empty card draws nothing.</summary>
    public bool IsOnPage { get; init; }

    public JsonArray Draw(Card card, bool withButtons)
    {
        JsonArray blocks = [];
        if (card.Banner is { } banner)
        {
            var text = BlockKitPresenter.BannerText(banner);
            blocks.Add(IsOnPage ? Section($"*{Mrkdwn.Escape(text, 150)}*") : new JsonObject { ["type"] = "header", ["text"] = BlockKitText.PlainObject(text, 150) });
        }

        if (Mrkdwn.Render(card.Title, Room(500)) is { Length: > 0 } title)
        {
            // Bold does not reach beyond a line, and would end at a mark of the title's own.
            blocks.Add(Section(title.AsSpan().ContainsAny('\n', '*') ? title : $"*{title}*"));
        }

        if (card.Fields.Count > 0)
        {
            blocks.Add(new JsonObject { ["type"] = "section", ["fields"] = new JsonArray([.. card.Fields.Take(MostFields).Select(Field)]) });
        }

        if (card.Quotes.Count > 0)
        {
            blocks.Add(new JsonObject { ["type"] = "rich_text", ["elements"] = new JsonArray([.. card.Quotes.Take(MostQuotes).SelectMany(Quote)]) });
        }

        foreach (var text in Paragraphs(card.Lines))
        {
            blocks.Add(Section(text));
        }

        if (withButtons && card.Buttons.Count > 0)
        {
            blocks.Add(Actions(card.Buttons));
        }

        if (card.Footnotes.Count > 0)
        {
            blocks.Add(new JsonObject
            {
                ["type"] = "context",
                ["elements"] = new JsonArray([.. card.Footnotes.Take(MostFootnotes).Select(note => BlockKitText.MrkdwnObject(Mrkdwn.Render(note, Room(500))))]),
            });
        }

        return blocks.Count > 0 || IsOnPage ? blocks : [Section("—")];
    }

    private int Room(int usual) => Math.Max(10, usual / share);

    private static JsonObject Section(string rendered) => new() { ["type"] = "section", ["text"] = BlockKitText.MrkdwnObject(rendered) };

    private JsonNode Field(Field field)
    {
        var value = Mrkdwn.Render(field.Value, Room(600));
        return BlockKitText.MrkdwnObject($"*{Mrkdwn.Escape(BlockKitText.PlainOrDash(field.Label, 60), Room(60))}*\n{(value.Length == 0 ? "—" : value)}");
    }

    /// <summary>Rich text carries no marks at all: nothing in the quoted text can look like a sentence of ours.</summary>
    private IEnumerable<JsonNode> Quote(Quote quote) =>
    [
        RichText.Section(BlockKitText.PlainOrDash(quote.Label, Room(60)), bold: true),
        RichText.Element("rich_text_quote", BlockKitText.LinesOrDash(quote.Text, Room(1_500))),
    ];

    private IEnumerable<string> Paragraphs(IReadOnlyList<Phrase> lines)
    {
        var texts = lines.Take(MostLines).Select(line => Mrkdwn.Render(line, Room(700))).Where(line => line.Length > 0);
        if (lines.Count > MostLines)
        {
            texts = texts.Append($"… and {lines.Count - MostLines} more");
        }

        var paragraph = "";
        foreach (var text in texts)
        {
            if (paragraph.Length > 0 && paragraph.Length + text.Length >= SectionText)
            {
                yield return paragraph;
                paragraph = "";
            }

            paragraph += paragraph.Length == 0 ? text : "\n" + text;
        }

        if (paragraph.Length > 0)
        {
            yield return paragraph;
        }
    }

    private JsonObject Actions(IReadOnlyList<Button> buttons)
    {
        var used = new Dictionary<string, int>(StringComparer.Ordinal);
        JsonArray elements = [];
        foreach (var button in buttons.Take(MostButtons))
        {
            var action = BlockKitPresenter.ActionId(button.Action, 0);
            var twins = used.GetValueOrDefault(action);
            used[action] = twins + 1;
            elements.Add(Button(button, BlockKitPresenter.ActionId(button.Action, twins)));
        }

        return new JsonObject { ["type"] = "actions", ["block_id"] = "actions", ["elements"] = elements };
    }

    private JsonObject Button(Button button, string actionId)
    {
        var drawn = new JsonObject
        {
            ["type"] = "button",
            ["action_id"] = actionId.Length == 0 ? "action" : actionId,
            ["text"] = BlockKitText.PlainObject(button.Label, Room(75)),
            ["value"] = BlockKitText.Opaque(button.Value, 200),
        };
        var style = button.Style switch { ButtonStyle.Primary => "primary", ButtonStyle.Danger => "danger", _ => null };
        if (style is not null)
        {
            drawn["style"] = style;
        }

        if (button.Confirm is { } question)
        {
            drawn["confirm"] = new JsonObject
            {
                ["title"] = BlockKitText.PlainObject("Are you sure?", 100),
                ["text"] = BlockKitText.PlainObject(question, Room(300)),
                ["confirm"] = BlockKitText.PlainObject(button.Label, Math.Min(30, Room(75))),
                ["deny"] = BlockKitText.PlainObject("Cancel", 30),
            };
        }

        return drawn;
    }
}
