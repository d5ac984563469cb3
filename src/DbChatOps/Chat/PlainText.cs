using System.Globalization;
using System.Text;

namespace DbChatOps.Chat;

/// <summary>Text that was typed by somebody, made harmless to read; and the plain forms of times and durations.</summary>
public static class PlainText
{
    private static readonly Rune Blank = new(' ');

    /// <summary>
    /// Removes control characters (newlines and tabs become blanks), bidi overrides, zero-width and private-use characters and lone surrogates,
    /// so that what an approver reads is what was asked. Cuts at <paramref name="limit"/> UTF-16 units, never inside a character.
    /// </summary>
    public static string Clean(string text, int limit)
    {
        var clean = new StringBuilder(Math.Min(text.Length, limit + 2));
        foreach (var rune in text.EnumerateRunes())
        {
            if (Shown(rune) is not { } shown || (shown == Blank && clean is [] or [.., ' ']))
            {
                continue;
            }

            clean.Append(shown.ToString());
            if (clean.Length > limit && shown != Blank)
            {
                return Cut(clean.ToString(), limit);
            }
        }

        return clean.ToString().TrimEnd();
    }

    /// <summary>As <see cref="Clean"/>, line by line: line breaks stay, and of several empty lines one.</summary>
    public static string CleanLines(string text, int limit)
    {
        var lines = text.ReplaceLineEndings("\n").Split('\n').Select(line => Clean(line, limit)).ToList();
        var kept = lines.Where((line, index) => line.Length > 0 || (index > 0 && lines[index - 1].Length > 0));
        var whole = string.Join('\n', kept).Trim('\n');
        return whole.Length > limit ? Cut(whole, limit) : whole;
    }

    /// <summary>"2.1 s", "45 s", "30 min", "1 h 30 min", "1 d 2 h 5 min": as cards say it. Seconds are left out from ten minutes on.</summary>
    public static string Duration(TimeSpan span)
    {
        if (span < TimeSpan.Zero)
        {
            return "-" + Duration(-span);
        }

        if (span.TotalSeconds < 9.95 && span.Milliseconds != 0)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.0} s");
        }

        span = TimeSpan.FromSeconds(Math.Round(span.TotalSeconds));
        if (span < TimeSpan.FromMinutes(1))
        {
            return $"{span.Seconds} s";
        }

        string[] parts =
        [
            span.Days > 0 ? $"{span.Days} d" : "",
            span.Hours > 0 ? $"{span.Hours} h" : "",
            span.Minutes > 0 ? $"{span.Minutes} min" : "",
            span.Seconds > 0 && span < TimeSpan.FromMinutes(10) ? $"{span.Seconds} s" : "",
        ];
        return string.Join(' ', parts.Where(part => part.Length > 0));
    }

    /// <summary>"2026-11-22 14:03:07 UTC".</summary>
    public static string Utc(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    private static string Cut(string text, int limit)
    {
        var end = Math.Max(0, limit - 1);
        return text[..(end > 0 && char.IsHighSurrogate(text[end - 1]) ? end - 1 : end)].TrimEnd() + "…";
    }

    private static Rune? Shown(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.SpaceSeparator => Blank,
        UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned => null,
        _ when rune == Rune.ReplacementChar => null,

        // Letters by category that draw nothing: the Hangul fillers and the empty Braille cell.
        _ => rune.Value is 0x115F or 0x1160 or 0x2800 or 0x3164 or 0xFFA0 ? Blank : rune,
    };
}
