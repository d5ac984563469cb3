using System.Globalization;
using System.Text;

namespace DbChatOps.Chat;

/// <summary>Text that was typed by somebody, made harmless to read; and the plain forms of times and durations.</summary>
public static class PlainText
{
    /// <summary>
    /// Removes control characters (newlines and tabs become blanks), bidi overrides, zero-width and private-use characters and lone surrogates,
    /// so that what an approver reads is what was asked. Cuts at <paramref name="limit"/> UTF-16 units, never inside a character.
    /// </summary>
    public static string Clean(string text, int limit)
    {
        var clean = new StringBuilder(Math.Min(text.Length, limit));
        foreach (var rune in text.EnumerateRunes())
        {
            var shown = Shown(rune);
            if (shown is null || (shown.Value.Value == ' ' && clean is [.., ' ']))
            {
                continue;
            }

            if (clean.Length + shown.Value.Utf16SequenceLength > limit - 1 && clean.Length < text.Length - 1)
            {
                return clean.Append('…').ToString();
            }

            clean.Append(shown.Value.ToString());
        }

        return clean.ToString().Trim();
    }

    /// <summary>"45 s", "30 min", "2 h", "1 h 30 min", "3 d 2 h": what people say.</summary>
    public static string Duration(TimeSpan span)
    {
        if (span < TimeSpan.Zero)
        {
            return "-" + Duration(-span);
        }

        if (span < TimeSpan.FromMinutes(1))
        {
            return span.TotalSeconds < 10 && span.Milliseconds != 0
                ? string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.0} s")
                : string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0} s");
        }

        string[] parts =
        [
            span.Days > 0 ? $"{span.Days} d" : "",
            span.Hours > 0 ? $"{span.Hours} h" : "",
            span.Minutes > 0 && span.Days == 0 ? $"{span.Minutes} min" : "",
            span.Seconds > 0 && span < TimeSpan.FromMinutes(10) ? $"{span.Seconds} s" : "",
        ];
        return string.Join(' ', parts.Where(part => part.Length > 0));
    }

    /// <summary>"2026-11-22 14:03:07 UTC".</summary>
    public static string Utc(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    private static Rune? Shown(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.Control => new Rune(' '),
        UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator => new Rune(' '),
        UnicodeCategory.SpaceSeparator => new Rune(' '),
        UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned => null,
        _ => rune == Rune.ReplacementChar ? null : rune,
    };
}
