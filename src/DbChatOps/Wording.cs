using System.Globalization;

namespace DbChatOps;

/// <summary>Levels and durations as people type them.</summary>
public static class Wording
{
    public static string ToWord(this AccessLevel level) => level switch
    {
        AccessLevel.Read => "read",
        AccessLevel.Write => "write",
        _ => "ddl",
    };

    /// <summary>Such as <c>1d 2h</c>, <c>30m</c> or <c>45s</c>; a part of a second is rounded up, so that a wait is never called zero.</summary>
    public static string ToWords(this TimeSpan span)
    {
        var whole = TimeSpan.FromSeconds(Math.Ceiling(span.TotalSeconds));
        (int Count, string Unit)[] parts = [(whole.Days, "d"), (whole.Hours, "h"), (whole.Minutes, "m"), (whole.Seconds, "s")];
        var words = parts.Where(part => part.Count != 0).Select(part => part.Count.ToString(CultureInfo.InvariantCulture) + part.Unit).ToList();
        return words.Count == 0 ? "0s" : string.Join(' ', words);
    }
}
