namespace DbChatOps.Chat;

/// <summary>The words of a typed line, taken one after another. Non-breaking blanks count as blanks, smart quotes as quotes.</summary>
public sealed class Words(string text)
{
    private const int LongestLine = 4000;
    private string _rest = Normalise(text);

    public string? Peek() => Split().Word;

    public string? Next()
    {
        var (word, rest) = Split();
        _rest = rest;
        return word;
    }

    /// <summary>Everything that is left, as typed.</summary>
    public string Rest()
    {
        var rest = _rest;
        _rest = "";
        return rest;
    }

    /// <summary>Removes a flag wherever it stands as a word of its own, an em dash from a phone's keyboard included.</summary>
    public bool TakeFlag(string flag)
    {
        var words = _rest.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var kept = words.Where(word => !string.Equals(word.Replace("—", "--", StringComparison.Ordinal), flag, StringComparison.OrdinalIgnoreCase)).ToList();
        if (kept.Count == words.Length)
        {
            return false;
        }

        _rest = string.Join(' ', kept);
        return true;
    }

    private static string Normalise(string text)
    {
        var line = text.Length > LongestLine ? text[..LongestLine] : text;
        return string.Concat(line.Select(c => c switch
        {
            '“' or '”' => '"',
            '‘' or '’' => '\'',
            _ when char.IsWhiteSpace(c) => ' ',
            _ => c,
        })).Trim();
    }

    private (string? Word, string Remainder) Split()
    {
        if (_rest.Length == 0)
        {
            return (null, "");
        }

        var blank = _rest.IndexOf(' ', StringComparison.Ordinal);
        return blank < 0 ? (_rest, "") : (_rest[..blank], _rest[blank..].TrimStart());
    }
}
