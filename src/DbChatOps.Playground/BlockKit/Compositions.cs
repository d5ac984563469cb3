using System.Text.Json.Nodes;

namespace DbChatOps.Playground.BlockKit;

/// <summary>The small objects that blocks and elements are composed of: texts, options, confirmations.</summary>
internal static class Compositions
{
    public static void PlainText(this Spot spot, int most)
    {
        if (spot.IsAbsent || !spot.Object("type", "text", "emoji")) return;
        spot["type"].OneOf("plain_text");
        spot.Required("type");
        spot.TextOf(most);
        spot["emoji"].Flag();
    }

    /// <summary>A plain_text or mrkdwn object.</summary>
    public static void AnyText(this Spot spot, int most)
    {
        if (spot.Type is not "mrkdwn")
        {
            spot.PlainText(most);
            return;
        }

        spot.Object("type", "text", "verbatim");
        spot.TextOf(most);
        spot["verbatim"].Flag();
    }

    public static void Confirmation(this Spot spot)
    {
        if (spot.IsAbsent || !spot.Object("title", "text", "confirm", "deny", "style")) return;
        foreach (var name in new[] { "title", "text", "confirm", "deny" }) spot.Required(name);
        spot["title"].PlainText(100);
        spot["text"].AnyText(300);
        spot["confirm"].PlainText(30);
        spot["deny"].PlainText(30);
        spot["style"].OneOf("primary", "danger");
    }

    /// <summary><c>options</c> of a menu, or <c>option_groups</c> where the element may have them, and the initial choice among them.</summary>
    public static void Choices(this Spot element, int most, bool mayGroup)
    {
        var groups = element["option_groups"];
        if (mayGroup && !groups.IsAbsent)
        {
            groups.Count(1, 100);
            foreach (var group in groups.Items)
            {
                group.Object("label", "options");
                group.Required("label");
                group["label"].PlainText(75);
                group["options"].Options(100);
            }
        }
        else
        {
            element.Required("options");
            element["options"].Options(most);
        }

        var offered = groups.Items.SelectMany(group => group["options"].Items).Concat(element["options"].Items).Select(option => option.Node).ToList();
        element["initial_option"].AmongOffered(offered);
        foreach (var initial in element["initial_options"].Items) initial.AmongOffered(offered);
    }

    private static void TextOf(this Spot spot, int most)
    {
        spot.Required("text");
        spot["text"].String(most, least: 1);
    }

    private static void Options(this Spot options, int most)
    {
        options.Count(1, most);
        foreach (var option in options.Items)
        {
            if (!option.Object("text", "value", "description", "url")) continue;
            option.Required("text");
            option.Required("value");
            option["text"].AnyText(75);
            // The documentation says 150, Slack's own types 75: the stricter of two readings keeps an app safe under both.
            option["value"].String(75, least: 1);
            option["description"].AnyText(75);
            option["url"].String(3000);
        }
    }

    private static void AmongOffered(this Spot initial, List<JsonNode?> offered)
    {
        if (!initial.IsAbsent && !offered.Exists(option => JsonNode.DeepEquals(option, initial.Node)))
            initial.Report("initial_option must match an option exactly");
    }
}
