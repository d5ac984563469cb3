using System.Globalization;
using System.Text;
using DbChatOps.Chat;

namespace DbChatOps.Host.Slack;

/// <summary>
/// The one place where text becomes Slack's mrkdwn. <c>&amp; &lt; &gt;</c> become entities; as mrkdwn has no escape character, every mark of an
/// outside text is fenced by word joiners, which are invisible and leave it neither a beginning nor an end to find.
/// </summary>
internal static class Mrkdwn
{
    private const char WordJoiner = '\u2060';

    private const char Ellipsis = '…';

    /// <summary>At most <paramref name="limit"/> UTF-16 units; cut with an ellipsis between characters, never inside a mention, date or entity.</summary>
    public static string Render(Phrase phrase, int limit)
    {
        var text = new StringBuilder();
        foreach (var piece in phrase.Pieces)
        {
            var left = limit - text.Length;
            var more = Piece(piece, left);
            if (more.Length > left || (left <= 1 && more.Length > 0))
            {
                // What cannot be cut is left out whole.
                return Ended(text, limit);
            }

            text.Append(more);
        }

        return text.ToString().Trim();
    }

    /// <summary>Outside text, harmless in mrkdwn.</summary>
    public static string Escape(string untrusted, int limit)
    {
        var text = new StringBuilder();
        var clean = PlainText.Clean(untrusted, Math.Max(limit, 2));
        foreach (var rune in clean.EnumerateRunes())
        {
            var shown = Fenced(rune, first: text.Length == 0);
            if (text.Length + shown.Length > limit - 1)
            {
                return text.Append(Ellipsis).ToString();
            }

            text.Append(shown);
        }

        return text.ToString();
    }

    private static string Piece(Piece piece, int left) => piece switch
    {
        Piece.Ours ours => Entities(ours.Value),
        Piece.Text plain => Escape(plain.Value, left),
        Piece.Code code => Code(code.Value, left),
        Piece.Person { Id: { Platform: SlackTenant.Platform } person } when IsId(person.User) => $"<@{person.User}>",
        Piece.Person person => Escape("@" + person.Id.User, left),
        Piece.Channel channel when IsId(channel.Id) => $"<#{channel.Id}>",
        Piece.Channel channel => Escape("#" + channel.Id, left),
        Piece.Time time => Time(time),
        _ => throw new InvalidOperationException($"Unknown piece {piece.GetType().Name}."),
    };

    /// <summary>In fixed width only the backtick means something, so the text can be copied as it is.</summary>
    private static string Code(string value, int left)
    {
        var text = new StringBuilder("`");
        foreach (var rune in PlainText.Clean(value, Math.Max(left, 2)).EnumerateRunes())
        {
            var shown = rune.Value == '`' ? "ˋ" : Entities(rune.ToString());
            if (text.Length + shown.Length > left - 2)
            {
                text.Append(Ellipsis);
                break;
            }

            text.Append(shown);
        }

        return text.Length == 1 ? "" : text.Append('`').ToString();
    }

    private static string Time(Piece.Time time)
    {
        var utc = time.At.UtcDateTime.ToString(time.Style == TimeStyle.Second ? "HH:mm:ss 'UTC'" : "HH:mm 'UTC'", CultureInfo.InvariantCulture);
        var token = time.Style == TimeStyle.Second ? "{time_secs}" : "{time}";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"<!date^{time.At.ToUnixTimeSeconds()}^{{date_short_pretty}} {token}|{PlainText.Utc(time.At)}> ({utc})");
    }

    private static string Fenced(Rune rune, bool first) => rune.Value switch
    {
        '*' or '_' or '~' or '`' => $"{WordJoiner}{rune}{WordJoiner}",
        ':' => $":{WordJoiner}",
        '>' when first => WordJoiner + "&gt;",
        _ => Entities(rune.ToString()),
    };

    private static string Entities(string text) => text
        .Replace("&", "&amp;", StringComparison.Ordinal)
        .Replace("<", "&lt;", StringComparison.Ordinal)
        .Replace(">", "&gt;", StringComparison.Ordinal);

    private static bool IsId(string id) => id.Length is > 0 and <= 64 && id.All(char.IsAsciiLetterOrDigit);

    private static string Ended(StringBuilder text, int limit)
    {
        if (text is [.., Ellipsis])
        {
            return text.ToString();
        }

        return text.Length < limit ? text.Append(Ellipsis).ToString() : text.ToString();
    }
}
