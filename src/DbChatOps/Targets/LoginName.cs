using System.Globalization;
using System.Text;

namespace DbChatOps.Targets;

/// <summary>
/// The name of a temporary login: <c>dbco_&lt;person&gt;_&lt;grant&gt;</c>, at most 63 bytes of <c>[a-z0-9_]</c>, so that it needs no quoting anywhere.
/// The person part is for reading only; the grant part makes it unique.
/// </summary>
public static class LoginName
{
    public const string Prefix = "dbco_";

    /// <summary>The longest name that PostgreSQL keeps whole.</summary>
    public const int MaximumLength = 63;

    private const int HandleLength = 8;
    private const int PersonLength = MaximumLength - HandleLength - 6;

    /// <summary>Makes the name; whatever the person calls themselves, only letters and digits of ASCII come through.</summary>
    public static string For(string person, GrantId grant) => $"{Prefix}{Readable(person)}_{Base32.Handle(grant.Value)}";

    /// <summary>True for a name of this shape; proves nothing about who made the login.</summary>
    public static bool LooksLikeOurs(string name) =>
        name.Length > Prefix.Length && name.Length <= MaximumLength
        && name.StartsWith(Prefix, StringComparison.Ordinal)
        && name.All(static c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '_');

    private static string Readable(string person)
    {
        var name = new StringBuilder(PersonLength);
        foreach (var rune in WithoutBrokenSurrogates(person).Normalize(NormalizationForm.FormD).EnumerateRunes())
        {
            if (name.Length == PersonLength)
            {
                break;
            }

            if (rune.IsAscii && Rune.IsLetterOrDigit(rune))
            {
                name.Append((char)Rune.ToLowerInvariant(rune).Value);
            }
            else if (Rune.GetUnicodeCategory(rune) != UnicodeCategory.NonSpacingMark && name.Length > 0 && name[^1] != '_')
            {
                name.Append('_');
            }
        }

        var readable = name.ToString().TrimEnd('_');
        return readable.Length == 0 ? "someone" : readable;
    }

    // Normalize throws on them.
    private static string WithoutBrokenSurrogates(string text)
    {
        var whole = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            whole.Append(rune.ToString());
        }

        return whole.ToString();
    }
}
