using System.Text;
using DbChatOps.Chat;

namespace DbChatOps.Tests.Chat;

/// <summary>A card as plain text, to be read by people in a review.</summary>
internal static class CardText
{
    public static string Of(Card card)
    {
        var text = new StringBuilder();
        if (card.Banner is { } banner)
        {
            text.Append('[').Append(banner.Environment).Append("] ").Append(banner.Target).Append('\n');
        }

        text.Append(card.Title).Append('\n');
        card.Fields.ToList().ForEach(field => text.Append(field.Label).Append(": ").Append(field.Value).Append('\n'));
        card.Quotes.ToList().ForEach(quote => text.Append(quote.Label).Append(" > ").Append(quote.Text).Append('\n'));
        card.Lines.ToList().ForEach(line => text.Append(line).Append('\n'));
        if (card.Buttons.Count > 0)
        {
            text.Append(string.Join(' ', card.Buttons.Select(button => $"({button.Label})"))).Append('\n');
        }

        card.Footnotes.ToList().ForEach(line => text.Append("-- ").Append(line).Append('\n'));
        return text.ToString();
    }

    public static string Of(Dialog dialog)
    {
        var text = new StringBuilder("{ ").Append(dialog.Title).Append(" }\n");
        if (dialog.Body is { } body)
        {
            text.Append(Of(body));
        }

        dialog.Preformatted.ToList().ForEach(part => text.Append(part.Label).Append(": ").Append(part.Text.Reveal()).Append('\n'));
        foreach (var input in dialog.Inputs.OfType<DialogInput.TextBox>())
        {
            text.Append('<').Append(input.Label).Append(input.Optional ? "?" : "").Append("> ").Append(input.Initial ?? input.Placeholder).Append('\n');
        }

        return text.Append(dialog.Submit is { } submit ? $"({submit}) ({dialog.Close})\n" : $"({dialog.Close})\n").ToString();
    }

    public static string Of(Home home)
    {
        var text = new StringBuilder();
        home.Buttons.ToList().ForEach(button => text.Append('(').Append(button.Label).Append(")\n"));
        foreach (var section in home.Sections)
        {
            text.Append("## ").Append(section.Heading).Append('\n');
            section.Cards.ToList().ForEach(card => text.Append(Of(card)).Append('\n'));
            if (section.Cards.Count == 0)
            {
                text.Append(section.WhenEmpty).Append('\n');
            }
        }

        home.Footnotes.ToList().ForEach(line => text.Append("-- ").Append(line).Append('\n'));
        return text.ToString();
    }

    /// <summary>Everything in a card that is drawn as ours, unescaped.</summary>
    public static IEnumerable<string> OursIn(Card card) =>
    [
        .. new[] { card.Title }.Concat(card.Lines).Concat(card.Footnotes).Concat(card.Fields.Select(field => field.Value))
            .SelectMany(phrase => phrase.Pieces).OfType<Piece.Ours>().Select(piece => piece.Value),
        .. card.Fields.Select(field => field.Label), .. card.Quotes.Select(quote => quote.Label), .. card.Buttons.Select(button => button.Label),
    ];
}
