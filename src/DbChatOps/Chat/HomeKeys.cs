using System.Globalization;

namespace DbChatOps.Chat;

/// <summary>Card keys of people's own pages.</summary>
public static class HomeKeys
{
    /// <summary>The pages of all who have opened theirs lately.</summary>
    public const string All = "homes";

    private const string Prefix = "home:";

    public static string Of(PersonId person) => Prefix + person;

    /// <summary>Whose page the key names; null when it names none or all.</summary>
    public static PersonId? ViewerOf(string key) =>
        key.StartsWith(Prefix, StringComparison.Ordinal) && PersonId.TryParse(key[Prefix.Length..], CultureInfo.InvariantCulture, out var person) ? person : null;
}
