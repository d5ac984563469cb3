using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Shouldly;

namespace DbChatOps.Tests.Slack;

/// <summary>Judges blocks and views by Slack's documented limits, independently of the presenter.</summary>
internal static partial class BlockKitJudge
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly System.Buffers.SearchValues<char> Forbidden =
        System.Buffers.SearchValues.Create("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\0\r");

    public static void Message(JsonObject message)
    {
        Mrkdwn(Text(message["text"], 3_999));
        var blocks = message["blocks"]!.AsArray();
        blocks.Count.ShouldBeInRange(1, 50);
        blocks.ToJsonString(Plain).Length.ShouldBeLessThan(12_000);
        Blocks(blocks, modal: false);
    }

    public static void View(JsonObject view)
    {
        view["type"]!.GetValue<string>().ShouldBe("modal");
        PlainText(view["title"], 24);
        PlainText(view["close"], 24);
        if (view["submit"] is not null)
        {
            PlainText(view["submit"], 24);
        }

        view["callback_id"]!.GetValue<string>().Length.ShouldBeLessThanOrEqualTo(255);
        view["private_metadata"]!.GetValue<string>().Length.ShouldBeLessThanOrEqualTo(3000);
        var blocks = view["blocks"]!.AsArray();
        blocks.Count.ShouldBeInRange(1, 100);
        Blocks(blocks, modal: true);
        Encoding.UTF8.GetByteCount(view.ToJsonString(Plain)).ShouldBeLessThan(250 * 1024);
        if (blocks.Any(block => Type(block) == "input"))
        {
            view["submit"].ShouldNotBeNull();
        }
    }

    public static void Page(JsonObject view)
    {
        view["type"]!.GetValue<string>().ShouldBe("home");
        var blocks = view["blocks"]!.AsArray();
        blocks.Count.ShouldBeInRange(1, 100);
        Blocks(blocks, modal: false);
        Encoding.UTF8.GetByteCount(view.ToJsonString(Plain)).ShouldBeLessThan(250 * 1024);
    }

    private static void Blocks(JsonArray blocks, bool modal)
    {
        Unique(blocks, "block_id");
        foreach (var block in blocks)
        {
            switch (Type(block))
            {
                case "header":
                    PlainText(block!["text"], 150);
                    break;
                case "section" when block!["fields"] is JsonArray fields:
                    fields.Count.ShouldBeInRange(1, 10);
                    fields.ToList().ForEach(field => MrkdwnText(field, 2000));
                    break;
                case "section":
                    MrkdwnText(block!["text"], 3000);
                    break;
                case "context":
                    block!["elements"]!.AsArray().Count.ShouldBeInRange(1, 10);
                    block["elements"]!.AsArray().ToList().ForEach(element => MrkdwnText(element, 3000));
                    break;
                case "rich_text":
                    RichText(block!);
                    break;
                case "actions" when !modal:
                    block!["elements"]!.AsArray().Count.ShouldBeInRange(1, 25);
                    Unique(block["elements"]!.AsArray(), "action_id");
                    block["elements"]!.AsArray().ToList().ForEach(Button);
                    break;
                case "divider":
                    break;
                case "input" when modal:
                    Input(block!);
                    break;
                default:
                    throw new ShouldAssertException($"Unexpected block {block?.ToJsonString()}");
            }
        }
    }

    private static void Button(JsonNode? button)
    {
        Type(button).ShouldBe("button");
        Text(button!["action_id"], 255);
        PlainText(button["text"], 75);
        button["value"]!.GetValue<string>().Length.ShouldBeLessThanOrEqualTo(2000);
        if (button["confirm"] is { } confirm)
        {
            PlainText(confirm["title"], 100);
            PlainText(confirm["text"], 300);
            PlainText(confirm["confirm"], 30);
            PlainText(confirm["deny"], 30);
        }
    }

    private static void Input(JsonNode block)
    {
        Text(block["block_id"], 255);
        PlainText(block["label"], 2000);
        if (block["hint"] is { } hint)
        {
            PlainText(hint, 2000);
        }

        var element = block["element"]!;
        Text(element["action_id"], 255);
        switch (Type(element))
        {
            case "plain_text_input":
                var most = element["max_length"]!.GetValue<int>();
                most.ShouldBeInRange(1, 3000);
                if (element["initial_value"] is { } initial)
                {
                    Text(initial, most);
                }

                if (element["placeholder"] is { } placeholder)
                {
                    PlainText(placeholder, 150);
                }

                break;
            case "static_select":
                var options = element["options"]!.AsArray();
                options.Count.ShouldBeInRange(1, 100);
                options.ToList().ForEach(Option);
                if (element["initial_option"] is { } chosen)
                {
                    options.ShouldContain(option => JsonNode.DeepEquals(option, chosen));
                }

                break;
            default:
                Type(element).ShouldBe("external_select");
                if (element["initial_option"] is { } known)
                {
                    Option(known);
                }

                break;
        }
    }

    private static void Option(JsonNode? option)
    {
        PlainText(option!["text"], 75);
        Text(option["value"], 150);
    }

    private static void RichText(JsonNode block)
    {
        foreach (var element in block["elements"]!.AsArray())
        {
            Type(element).ShouldBeOneOf("rich_text_section", "rich_text_quote", "rich_text_preformatted");
            element!["elements"]!.AsArray().ToList().ForEach(piece =>
            {
                Type(piece).ShouldBe("text");
                Text(piece!["text"], 3000);
            });
        }
    }

    private static void PlainText(JsonNode? text, int most)
    {
        Type(text).ShouldBe("plain_text");
        text!["emoji"]!.GetValue<bool>().ShouldBeFalse();
        Text(text["text"], most);
    }

    private static void MrkdwnText(JsonNode? text, int most)
    {
        Type(text).ShouldBe("mrkdwn");
        text!["verbatim"]!.GetValue<bool>().ShouldBeTrue();
        Mrkdwn(Text(text["text"], most));
    }

    /// <summary>Nothing in angle brackets but a mention of a person or channel, or a date; no ampersand but of the three entities.</summary>
    private static void Mrkdwn(string text)
    {
        var rest = OurTokens().Replace(text, "");
        rest.ShouldNotContain("<");
        rest.ShouldNotContain(">");
        BareAmpersand().IsMatch(rest).ShouldBeFalse(text);
    }

    private static string Text(JsonNode? node, int most)
    {
        var text = node!.GetValue<string>();
        text.Length.ShouldBeInRange(1, most);
        if (text.AsSpan().IndexOfAny(Forbidden) >= 0 || text.EnumerateRunes().Any(rune => rune == Rune.ReplacementChar))
        {
            throw new ShouldAssertException("A control or bidi character, or half of one: " + text);
        }

        return text;
    }

    private static void Unique(JsonArray items, string name)
    {
        var ids = items.Select(item => item![name]?.GetValue<string>()).OfType<string>().ToList();
        ids.Distinct(StringComparer.Ordinal).Count().ShouldBe(ids.Count);
    }

    private static string? Type(JsonNode? node) => node?["type"]?.GetValue<string>();

    [GeneratedRegex(@"<@[A-Za-z0-9]+>|<#[A-Za-z0-9]+>|<!date\^-?\d+\^\{date_short_pretty\} \{time(_secs)?\}\|[0-9: UTC-]+>", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex OurTokens();

    [GeneratedRegex("&(?!amp;|lt;|gt;)", RegexOptions.None, 1000)]
    private static partial Regex BareAmpersand();
}
