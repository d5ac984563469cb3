using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace DbChatOps.Chat;

/// <summary>
/// The words of a typed line, taken one after another. Smart quotes count as quotes, every kind of blank as a blank; characters that draw nothing
/// (zero-width, word joiners, direction marks) are dropped, so that a name that was copied from a message is still that name. A mention or a link is one word.
/// </summary>
public sealed partial class Words(string text)
{
    private readonly List<Token> _tokens = Read(text);

    /// <summary>The next word as typed, left where it is; null at the end.</summary>
    public string? Peek(int ahead = 0) => ahead < _tokens.Count ? _tokens[ahead].Word : null;

    /// <summary>The next word as typed.</summary>
    public string? Next()
    {
        if (Peek() is not { } word)
        {
            return null;
        }

        _tokens.RemoveAt(0);
        return word;
    }

    /// <summary>The next word without the marks that chat or a sentence puts around it: a name, a handle, a level.</summary>
    public string? NextName() => Next() is { } word ? Bare(word) : null;

    /// <summary>Everything that is left, as typed, line breaks included.</summary>
    public string Rest()
    {
        var rest = string.Concat(_tokens.Select((token, index) => index == 0 ? token.Word : token.Gap + token.Word));
        _tokens.Clear();
        return rest;
    }

    public bool IsOver => _tokens.Count == 0;

    /// <summary>What is left, word by word, left where it is.</summary>
    public IEnumerable<string> Left => _tokens.Select(token => token.Word);

    /// <summary>
    /// Takes out every word that has the form of a flag (<c>--dry-run</c>, also with the dashes that keyboards make of it), wherever it stands.
    /// The names come without dashes in front, in lower case and with plain hyphens inside.
    /// </summary>
    public IReadOnlyList<string> TakeFlags()
    {
        var flags = _tokens.Select(token => FlagIn(token.Word)).OfType<string>().ToList();
        _tokens.RemoveAll(token => FlagIn(token.Word) is not null);
        return flags;
    }

    /// <summary>
    /// A word without code, bold, strike and quote marks, brackets and punctuation around it; of a link, what it shows. Underscores go only in pairs, because
    /// names may begin or end with one.
    /// </summary>
    public static string Bare(string word)
    {
        var bare = Link().Match(word) is { Success: true } link ? (link.Groups["shown"] is { Success: true } shown ? shown.Value : link.Groups["to"].Value) : word;
        while (true)
        {
            var inner = bare.TrimStart(Opening).TrimEnd(Closing);
            inner = inner.Length > 2 && inner[0] == '_' && inner[^1] == '_' ? inner[1..^1] : inner;
            if (inner == bare)
            {
                return bare;
            }

            bare = inner;
        }
    }

    private static readonly char[] Opening = ['*', '~', '`', '"', '\'', '(', '[', '{', '<', '«', '»', '‹', '›', '„', '‚'];
    private static readonly char[] Closing = ['*', '~', '`', '"', '\'', ')', ']', '}', '>', '«', '»', '‹', '›', '“', ',', ';', ':', '.', '!', '?'];

    /// <summary>Dashes of any kind and number, then a letter. What stands in quotes is quoted and no flag.</summary>
    private static string? FlagIn(string word) => Flag().Match(word.Trim('*', '~', '`')) is { Success: true } flag
        ? Dash().Replace(flag.Groups["name"].Value, "-").ToLowerInvariant()
        : null;

    private static List<Token> Read(string text)
    {
        var line = new StringBuilder(text.Length);
        foreach (var rune in text.ReplaceLineEndings("\n").EnumerateRunes())
        {
            line.Append(rune.Value switch
            {
                '“' or '”' => "\"",
                '‘' or '’' => "'",
                '\n' => "\n",
                _ when Rune.IsWhiteSpace(rune) => " ",
                _ when Rune.GetUnicodeCategory(rune) == UnicodeCategory.Format => "",
                _ => rune.ToString(),
            });
        }

        return [.. Word().Matches(line.ToString()).Select(match => new Token(match.Groups["gap"].Value, match.Groups["word"].Value))];
    }

    [GeneratedRegex(@"(?<gap>[ \n]*)(?<word><(?:[@#!]|https?:|mailto:)[^<>\n]*>|[^ \n]+)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 500)]
    private static partial Regex Word();

    [GeneratedRegex(@"^<(?:https?://|mailto:)(?<to>[^|<>]*)(?:\|(?<shown>[^<>]*))?>$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 200)]
    private static partial Regex Link();

    [GeneratedRegex(@"^[\p{Pd}\u2212]+(?<name>\p{L}.*)$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.Singleline, matchTimeoutMilliseconds: 200)]
    private static partial Regex Flag();

    [GeneratedRegex(@"[\p{Pd}\u2212]+", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 200)]
    private static partial Regex Dash();

    private readonly record struct Token(string Gap, string Word);
}
