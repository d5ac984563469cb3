using System.Globalization;
using System.Text.RegularExpressions;

namespace DbChatOps.Chat;

/// <summary>Reads what people type for a duration: <c>30m</c>, <c>2h</c>, <c>1h30m</c>, <c>1d</c>, <c>45s</c>, with the unit written out too.</summary>
public static partial class Durations
{
    /// <summary>The refusal of what does not look like a duration, where nothing else was asked for.</summary>
    public static Refusal NotOne { get; } = new("unit_missing", "Write a time such as 30m, 2h or 1h30m.") { Field = "window" };

    /// <summary>
    /// Null when the word does not look like a duration at all. A bare number is refused with <c>unit_missing</c>: "30" is never guessed to be minutes.
    /// </summary>
    public static Result<Duration>? Read(string word)
    {
        var text = word.Trim().ToLowerInvariant();
        if (text.Length is 0 or > 20)
        {
            return null;
        }

        if (text.All(char.IsAsciiDigit))
        {
            return new Refusal("unit_missing", $"Say the unit: {text}m for minutes or {text}h for hours.") { Field = "window" };
        }

        if (Whole().Match(text) is not { Success: true } match)
        {
            return null;
        }

        var total = TimeSpan.Zero;
        for (var i = 0; i < match.Groups["n"].Captures.Count; i++)
        {
            var number = int.Parse(match.Groups["n"].Captures[i].Value, CultureInfo.InvariantCulture);
            total += match.Groups["u"].Captures[i].Value[0] switch
            {
                's' => TimeSpan.FromSeconds(number),
                'm' => TimeSpan.FromMinutes(number),
                'h' => TimeSpan.FromHours(number),
                _ => TimeSpan.FromDays(number),
            };
        }

        return total > TimeSpan.Zero
            ? new Duration(total)
            : new Refusal("window_too_short", "The time must be longer than nothing, such as 30m or 2h.") { Field = "window" };
    }

    /// <summary>
    /// Such as <c>1d2h</c>, <c>30m</c> or <c>45s</c>: a form that <see cref="Read"/> and the configuration understand. A part of a second is rounded up, so that a
    /// wait is never called zero.
    /// </summary>
    public static string ToTyped(TimeSpan span)
    {
        var whole = TimeSpan.FromSeconds(Math.Ceiling(span.TotalSeconds));
        (int Count, string Unit)[] parts = [(whole.Days, "d"), (whole.Hours, "h"), (whole.Minutes, "m"), (whole.Seconds, "s")];
        var words = parts.Where(part => part.Count != 0).Select(part => part.Count.ToString(CultureInfo.InvariantCulture) + part.Unit).ToList();
        return words.Count == 0 ? "0s" : string.Concat(words);
    }

    [GeneratedRegex("^(?:(?<n>[0-9]{1,5})(?<u>s|sec|secs|seconds?|m|min|mins|minutes?|h|hrs?|hours?|d|days?))+$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 200)]
    private static partial Regex Whole();
}

/// <summary>A span of time somebody typed.</summary>
public readonly record struct Duration(TimeSpan Value);
