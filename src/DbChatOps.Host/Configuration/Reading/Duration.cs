using System.Globalization;
using System.Text.RegularExpressions;

namespace DbChatOps.Host.Configuration.Reading;

/// <summary>Durations as people write them: <c>30m</c>, <c>2h</c>, <c>1d</c>, <c>1h30m</c>. A number without a unit is refused: nobody remembers which it was.</summary>
internal static partial class Duration
{
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        if (text.Length == 0 || Shape().Match(text) is not { Success: true } match)
        {
            return false;
        }

        duration = Part(match, "d", 86_400) + Part(match, "h", 3_600) + Part(match, "m", 60) + Part(match, "s", 1);
        return true;
    }

    private static TimeSpan Part(Match match, string unit, int seconds) => match.Groups[unit] is { Success: true } group
        ? TimeSpan.FromSeconds((double)int.Parse(group.ValueSpan, CultureInfo.InvariantCulture) * seconds)
        : TimeSpan.Zero;

    [GeneratedRegex(@"^(?:(?<d>[0-9]{1,4})d)?(?:(?<h>[0-9]{1,5})h)?(?:(?<m>[0-9]{1,6})m)?(?:(?<s>[0-9]{1,7})s)?\z", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Shape();
}
