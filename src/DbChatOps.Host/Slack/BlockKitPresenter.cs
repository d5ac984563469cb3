using System.Text.Json.Nodes;
using DbChatOps.Chat;
using DbChatOps.Targets;

namespace DbChatOps.Host.Slack;

/// <summary>Draws cards and dialogs in Block Kit. Every limit holds by construction, whatever the texts are.</summary>
internal static class BlockKitPresenter
{
    /// <summary>Slack refuses a message from about 13,200 characters of blocks.</summary>
    private const int MostBlockCharacters = 12_000;

    /// <summary>chat.update refuses 4,000.</summary>
    private const int MostTextCharacters = 3_000;

    private const int SmallestShare = 32;

    private const char Twin = '#';

    /// <summary><c>text</c> (notifications, screen readers) and <c>blocks</c>.</summary>
    public static JsonObject Message(Card card) => new() { ["text"] = Fallback(card), ["blocks"] = Blocks(card, withButtons: true) };

    /// <summary>The blocks of a card, below Slack's total: when they are too long, every text gets half of its room, until they fit.</summary>
    public static JsonArray Blocks(Card card, bool withButtons) => Fitting(share => new CardBlocks(share).Draw(card, withButtons));

    /// <summary>The same as part of a page, whose headings are larger than its banners; none for an empty card.</summary>
    public static JsonArray PageBlocks(Card card) => Fitting(share => new CardBlocks(share) { IsOnPage = true }.Draw(card, withButtons: true));

    private static JsonArray Fitting(Func<int, JsonArray> draw)
    {
        for (var share = 1; ; share *= 2)
        {
            var blocks = draw(share);
            if (BlockKitText.Json(blocks).Length < MostBlockCharacters)
            {
                return blocks;
            }

            if (share >= SmallestShare)
            {
                return WithoutTheLongest(blocks);
            }
        }
    }

    /// <summary>"🔴 PRODUCTION · orders-prod", the first line of everything about a target.</summary>
    public static string BannerText(Banner banner) => banner.Environment switch
    {
        TargetEnvironment.Production => "🔴 PRODUCTION · ",
        TargetEnvironment.Staging => "🟠 STAGING · ",
        _ => "🟢 DEVELOPMENT · ",
    } + banner.Target;

    public static JsonObject Page(Home home) => HomeView.Draw(home);

    public static JsonObject View(Dialog dialog) => DialogView.Draw(dialog);

    public static JsonArray Options(IEnumerable<Option> options, int most = 100) =>
        [.. options.Where(option => OptionValue(option).Length > 0).Take(most).Select(Option)];

    public static JsonObject Option(Option option) => new()
    {
        ["text"] = BlockKitText.PlainObject(option.Label, 75),
        ["value"] = OptionValue(option),
    };

    /// <summary>Block and action id of an input; field errors come back under it.</summary>
    public static string InputId(string name) => BlockKitText.Opaque(name, 200) is { Length: > 0 } id ? id : "input";

    /// <summary>Action ids must differ within a block: the second button of a verb is <c>verb#1</c>.</summary>
    public static string ActionId(string action, int index) =>
        BlockKitText.Opaque(action.Replace(Twin, '-'), 80) + (index == 0 ? "" : string.Create(null, $"{Twin}{index}"));

    public static string ActionOf(string actionId) => actionId.IndexOf(Twin, StringComparison.Ordinal) is >= 0 and var at ? actionId[..at] : actionId;

    public static string OptionValue(Option option) => BlockKitText.Opaque(option.Value, 150);

    private static string Fallback(Card card)
    {
        List<string> lines = [];
        if (card.Banner is { } banner)
        {
            lines.Add(Mrkdwn.Escape(BannerText(banner), 150));
        }

        lines.Add(Mrkdwn.Render(card.Title, 300));
        lines.AddRange(card.Fields.Take(10).Select(field => $"{Mrkdwn.Escape(field.Label, 60)}: {Mrkdwn.Render(field.Value, 200)}"));
        lines.AddRange(card.Quotes.Take(5).Select(quote => $"{Mrkdwn.Escape(quote.Label, 60)}: {Mrkdwn.Escape(quote.Text, 300)}"));
        lines.AddRange(card.Lines.Take(20).Select(line => Mrkdwn.Render(line, 200)));

        var text = "";
        foreach (var line in lines.Where(line => line.Length > 0).TakeWhile(line => text.Length + line.Length < MostTextCharacters))
        {
            text += text.Length == 0 ? line : "\n" + line;
        }

        return text.Length == 0 ? "—" : text;
    }

    /// <summary>Buttons and the banner stay; the longest of the rest goes, until it fits.</summary>
    private static JsonArray WithoutTheLongest(JsonArray blocks)
    {
        while (BlockKitText.Json(blocks).Length >= MostBlockCharacters
            && blocks.Where(block => block?["type"]?.GetValue<string>() is not ("actions" or "header")).MaxBy(block => BlockKitText.Json(block!).Length) is { } longest)
        {
            blocks.Remove(longest);
        }

        return blocks;
    }
}
