using System.Globalization;
using System.Text.RegularExpressions;

namespace DbChatOps.Chat;

/// <summary>
/// Reads what people type for a span of time: <c>30m</c>, <c>2h</c>, <c>1.5h</c>, <c>1h30m</c>, <c>1h 30m</c>, <c>30 min</c>, <c>for 2h</c>, with the unit
/// written out too. What looks like a time and is none of these is refused (<c>unit_missing</c>, <c>window_too_short</c>, <c>window_endless</c>, <c>not_a_time</c>):
/// a time is never taken for something else.
/// </summary>
public static partial class Durations
{
    private const string Units = "s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?";

    /// <summary>Units that we know as such and do not count in.</summary>
    private const string OtherUnits = "ms|w|wks?|weeks?|mo|mths?|months?|y|yrs?|years?";

    /// <summary>The refusal of what does not look like a span of time, where nothing else was asked for.</summary>
    public static Refusal NotOne { get; } = new("unit_missing", "Write a time such as 30m, 2h or 1h30m.") { Field = "window" };

    /// <summary>All of a text, as a field of a dialog has it.</summary>
    public static Result<Duration> ReadAll(string text)
    {
        var words = new Words(text);
        return Take(words) is not { } read ? NotOne
            : !read.TryGet(out _, out var refusal) ? refusal
            : words.IsOver ? read
            : NotOne;
    }

    /// <summary>
    /// The span that stands next in the line, taken out of it; null when what stands there is no time. A bare number is refused with
    /// <c>unit_missing</c>: "30" is never guessed to be minutes.
    /// </summary>
    public static Result<Duration>? Take(Words words)
    {
        if (Peek(words, 0) == "for" && (LooksLikeOne(Peek(words, 1)) || IsBare(Peek(words, 1), Peek(words, 2))))
        {
            words.Next();
        }

        if (Peek(words, 0) is not { Length: > 0 } first)
        {
            return null;
        }

        if (Endless().IsMatch(first))
        {
            return new Refusal("window_endless", $"Access always ends: write a time such as 30m, 2h or 1h30m instead of '{Shown(words.Peek())}'.") { Field = "window" };
        }

        if (first is "until" or "till" or "til" || SpeltOut(words))
        {
            return NotATime(words.Peek());
        }

        if (TakePart(words) is { } part)
        {
            return TakeMore(words, part);
        }

        if (Number().IsMatch(first) && !IsUnit(Peek(words, 1)))
        {
            return new Refusal("unit_missing", $"Say the unit: {Shown(first)}m for minutes or {Shown(first)}h for hours.") { Field = "window" };
        }

        return LooksLikeOne(first) || (NumberLike().IsMatch(first) && IsUnit(Peek(words, 1))) ? (Result<Duration>?)NotATime(words.Peek()) : null;
    }

    /// <summary>Whether a word has the form of a span of time, understood or not: <c>2h</c>, <c>1.5h</c>, <c>-5m</c>, <c>2h-ish</c>, <c>3w</c>, <c>1:30</c>; no bare number.</summary>
    public static bool LooksLikeOne(string? word) => word is not null && Alike().IsMatch(Words.Bare(word).ToLowerInvariant());

    /// <summary>The first of these words that is a time or looks like one, with its unit in the same word or the next.</summary>
    public static string? FirstIn(IEnumerable<string> words)
    {
        string? before = null;
        foreach (var word in words)
        {
            if (LooksLikeOne(word))
            {
                return word;
            }

            if (before is not null && NumberLike().IsMatch(Words.Bare(before)) && IsUnit(Words.Bare(word).ToLowerInvariant()))
            {
                return $"{before} {word}";
            }

            before = word;
        }

        return null;
    }

    /// <summary>
    /// Such as <c>1d2h</c>, <c>30m</c> or <c>45s</c>: a form that is understood here and in the configuration. A part of a second is rounded up, so that a
    /// wait is never called zero.
    /// </summary>
    public static string ToTyped(TimeSpan span)
    {
        var whole = TimeSpan.FromSeconds(Math.Ceiling(span.TotalSeconds));
        (int Count, string Unit)[] parts = [(whole.Days, "d"), (whole.Hours, "h"), (whole.Minutes, "m"), (whole.Seconds, "s")];
        var words = parts.Where(part => part.Count != 0).Select(part => part.Count.ToString(CultureInfo.InvariantCulture) + part.Unit).ToList();
        return words.Count == 0 ? "0s" : string.Concat(words);
    }

    /// <summary>What follows a first part in a word of its own: <c>30m</c> after <c>1h</c>.</summary>
    private static Result<Duration> TakeMore(Words words, Part total)
    {
        while (Peek(words, 0) is { } next)
        {
            if (total.Smallest == TimeSpan.FromHours(1) && next.Length <= 2 && Number().IsMatch(next) && !IsBare(next, Peek(words, 1)))
            {
                return new Refusal("not_a_time", $"Does {next} belong to the time? Write {ToTyped(total.Span)}{next}m, or begin the reason with another word.") { Field = "window" };
            }

            var typed = words.Peek();
            if (TakePart(words) is not { } part)
            {
                break;
            }

            if (part.Largest >= total.Smallest)
            {
                return new Refusal("not_a_time", $"There are two times, the second being '{Shown(typed)}'. Write one, such as 30m, 2h or 1h30m.") { Field = "window" };
            }

            total = new Part(total.Span + part.Span, part.Smallest, total.Largest);
        }

        return total.Span > TimeSpan.Zero
            ? new Duration(total.Span)
            : new Refusal("window_too_short", "The time must be longer than nothing, such as 30m or 2h.") { Field = "window" };
    }

    /// <summary><c>1h30m</c>, or <c>30 min</c> in two words; null when neither stands next.</summary>
    private static Part? TakePart(Words words)
    {
        var first = Peek(words, 0);
        if (first is { Length: <= 30 } && Whole().Match(first) is { Success: true } whole && ToPart(whole) is { } part)
        {
            words.Next();
            return part;
        }

        if (IsBare(first, Peek(words, 1)) && Whole().Match(first + Peek(words, 1)) is { Success: true } spaced && ToPart(spaced) is { } two)
        {
            words.Next();
            words.Next();
            return two;
        }

        return null;
    }

    /// <summary>Null when the units do not descend, as in <c>30m1h</c>: that was typed by mistake.</summary>
    private static Part? ToPart(Match match)
    {
        var (total, smallest, largest) = (TimeSpan.Zero, TimeSpan.MaxValue, TimeSpan.Zero);
        for (var i = 0; i < match.Groups["n"].Captures.Count; i++)
        {
            var unit = match.Groups["u"].Captures[i].Value[0] switch
            {
                's' => TimeSpan.FromSeconds(1),
                'm' => TimeSpan.FromMinutes(1),
                'h' => TimeSpan.FromHours(1),
                _ => TimeSpan.FromDays(1),
            };
            if (unit >= smallest)
            {
                return null;
            }

            total += unit * double.Parse(match.Groups["n"].Captures[i].Value.Replace(',', '.'), CultureInfo.InvariantCulture);
            (smallest, largest) = (unit, unit > largest ? unit : largest);
        }

        return new Part(TimeSpan.FromSeconds(Math.Round(total.TotalSeconds)), smallest, largest);
    }

    /// <summary>"an hour", "half an hour", "two hours": words that we do not count.</summary>
    private static bool SpeltOut(Words words)
    {
        for (var ahead = 0; ahead < 4 && Peek(words, ahead) is { } word; ahead++)
        {
            if (ahead > 0 && UnitWord().IsMatch(word))
            {
                return true;
            }

            if (!Count().IsMatch(word))
            {
                return false;
            }
        }

        return false;
    }

    private static bool IsBare(string? number, string? unit) => number is not null && Amount().IsMatch(number) && IsUnit(unit);

    private static bool IsUnit(string? word) => word is not null && UnitAlone().IsMatch(word);

    private static Refusal NotATime(string? typed) =>
        new("not_a_time", $"I cannot tell which time '{Shown(typed)}' means. Write it as 30m, 2h or 1h30m.") { Field = "window" };

    private static string? Peek(Words words, int ahead) => words.Peek(ahead) is { } word ? Words.Bare(word).ToLowerInvariant() : null;

    private static string Shown(string? typed) => PlainText.Clean(typed ?? "", 30);

    [GeneratedRegex($"^((?<n>[0-9]{{1,5}}([.,][0-9]{{1,2}})?)(?<u>{Units}))+$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 200)]
    private static partial Regex Whole();

    [GeneratedRegex("^[0-9]+$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 200)]
    private static partial Regex Number();

    [GeneratedRegex("^[0-9]+([.,][0-9]{1,2})?$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 200)]
    private static partial Regex Amount();

    [GeneratedRegex(@"^[\p{Pd}\u2212+~≈<>=±]*\p{N}[\p{N}\p{Pd}\u2212.,:/]*$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 200)]
    private static partial Regex NumberLike();

    [GeneratedRegex($"^({Units}|{OtherUnits})$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 200)]
    private static partial Regex UnitAlone();

    /// <summary>A digit of any script, more of them with what is written between numbers, and a unit that no letter follows; or two numbers.</summary>
    [GeneratedRegex($@"^[\p{{Pd}}\u2212+~≈<>=±]*\p{{N}}[\p{{N}}.,:/]*([\p{{Pd}}\u2212]+\p{{N}}+[\p{{N}}.,:]*)?({Units}|{OtherUnits})(?!\p{{L}})|^[\p{{Pd}}\u2212+~≈<>=±]*\p{{N}}+:\p{{N}}+|^[\p{{Pd}}\u2212]\p{{N}}", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 200)]
    private static partial Regex Alike();

    [GeneratedRegex("^(forever|endless|indefinite(ly)?|infinit[ey](ly)?|unlimited|permanent(ly)?|∞)$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 200)]
    private static partial Regex Endless();

    [GeneratedRegex("^(a|an|one|two|three|four|five|six|seven|eight|nine|ten|twelve|twenty|thirty|sixty|half|quarter|few|couple|some|of|about|max|maximum|the|whole|next)$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 200)]
    private static partial Regex Count();

    [GeneratedRegex("^(seconds?|mins?|minutes?|hrs?|hours?|days?|weeks?|months?)$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 200)]
    private static partial Regex UnitWord();

    /// <summary>A span with the smallest and the largest unit in it.</summary>
    private sealed record Part(TimeSpan Span, TimeSpan Smallest, TimeSpan Largest);
}

/// <summary>A span of time somebody typed.</summary>
public readonly record struct Duration(TimeSpan Value);
