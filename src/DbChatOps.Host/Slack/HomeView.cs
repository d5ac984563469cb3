using System.Text;
using System.Text.Json.Nodes;
using DbChatOps.Chat;

namespace DbChatOps.Host.Slack;

/// <summary>One drawing of somebody's own page: as many cards of each section as Slack takes, and how many more there are.</summary>
internal static class HomeView
{
    private const int MostCards = 10;
    private const int MostBlocks = 100;
    private const int MostBytes = 200 * 1024;

    public static JsonObject Draw(Home home)
    {
        var most = MostCards;
        var view = Draw(home, most);
        while ((view["blocks"]!.AsArray().Count > MostBlocks || Encoding.UTF8.GetByteCount(BlockKitText.Json(view)) > MostBytes) && most > 1)
        {
            view = Draw(home, most /= 2);
        }

        return view;
    }

    private static JsonObject Draw(Home home, int mostCards)
    {
        JsonArray blocks = [];
        Add(blocks, new Card { Title = Phrase.Empty, Buttons = home.Buttons });
        foreach (var section in home.Sections)
        {
            blocks.Add(new JsonObject { ["type"] = "header", ["text"] = BlockKitText.PlainObject(section.Heading, 150) });
            foreach (var card in section.Cards.Take(mostCards))
            {
                Add(blocks, card);
                blocks.Add(new JsonObject { ["type"] = "divider" });
            }

            if (section.Cards.Count > mostCards)
            {
                Add(blocks, new Card { Title = Phrase.Empty, Lines = [Phrase.Of($"… and {section.Cards.Count - mostCards} more: ") + (section.Elsewhere ?? Phrase.Empty)] });
            }
            else if (section is { Cards.Count: 0, WhenEmpty: { } empty })
            {
                Add(blocks, new Card { Title = Phrase.Empty, Lines = [empty] });
            }
        }

        Add(blocks, new Card { Title = Phrase.Empty, Footnotes = home.Footnotes });
        return new JsonObject { ["type"] = "home", ["blocks"] = blocks };
    }

    /// <summary>Block ids must differ within a view.</summary>
    private static void Add(JsonArray blocks, Card card)
    {
        foreach (var block in BlockKitPresenter.PageBlocks(card).Select(block => block!.AsObject()))
        {
            var own = block.DeepClone().AsObject();
            if (own.ContainsKey("block_id"))
            {
                own["block_id"] = string.Create(null, $"actions-{blocks.Count}");
            }

            blocks.Add(own);
        }
    }
}
