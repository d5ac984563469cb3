using System.Globalization;

namespace DbChatOps.Access;

/// <summary>Names of the things said once, by direct message, because editing a card makes no sound.</summary>
public static class AccessNotices
{
    /// <summary>The requester's request was denied, lapsed, or its approval could not be spent.</summary>
    public const string Answered = "answered";

    /// <summary>The holder's access was ended by somebody or something else than the clock.</summary>
    public const string Ended = "ended";

    /// <summary>The holder's access ended as it was meant to, by the clock or by themselves, and is proven gone.</summary>
    public const string Over = "over";

    private const string ExtendedPrefix = "extended@";
    private const string ShortenedPrefix = "shortened@";
    private const string NotShownPrefix = "not-shown@";
    private const string SoonPrefix = "ends-";
    private const string AddressPrefix = "addresses-";

    /// <summary>The login was used from one more address; names how many there are, so that each is told.</summary>
    public static string SecondAddress(int count) => AddressPrefix + count.ToString(CultureInfo.InvariantCulture);

    public static bool IsSecondAddress(string notice) => notice.StartsWith(AddressPrefix, StringComparison.Ordinal);

    /// <summary>The access ends later; names the new end, so that each extension is told.</summary>
    public static string Extended(DateTimeOffset expiry) => ExtendedPrefix + expiry.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);

    public static bool IsExtended(string notice) => notice.StartsWith(ExtendedPrefix, StringComparison.Ordinal);

    /// <summary>Somebody set an earlier end on the server; names the new end, so that each is told.</summary>
    public static string Shortened(DateTimeOffset expiry) => ShortenedPrefix + expiry.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);

    public static bool IsShortened(string notice) => notice.StartsWith(ShortenedPrefix, StringComparison.Ordinal);

    /// <summary>A password was set and the dialog could not show it; names its generation, so that each is told.</summary>
    public static string NotShown(int generation) => NotShownPrefix + generation.ToString(CultureInfo.InvariantCulture);

    public static bool IsNotShown(string notice) => notice.StartsWith(NotShownPrefix, StringComparison.Ordinal);

    /// <summary>Names the end it warns of, so that an extension is warned about anew.</summary>
    public static string EndsSoon(EndWarning warning, DateTimeOffset expiry) =>
        SoonPrefix + warning + "@" + expiry.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);

    public static bool IsEndsSoon(string notice) => notice.StartsWith(SoonPrefix, StringComparison.Ordinal) && notice.Contains('@', StringComparison.Ordinal);
}
