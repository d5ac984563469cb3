using System.Globalization;
using DbChatOps.Chat;
using DbChatOps.Targets;

namespace DbChatOps.Access;

/// <summary>
/// What a holder pastes to get in, right whatever the database is called. For POSIX shells (sh, bash, zsh) and psql;
/// cmd.exe and PowerShell quote in other ways and need the values one by one.
/// </summary>
public static class PsqlLine
{
    /// <summary>The call of psql, without a password. As text like <c>dbname='my db'</c>; as a URI where that would not survive being shown.</summary>
    public static string Connect(ConnectHint connect, string database, string login)
    {
        List<(string Key, string Value)> settings =
        [
            ("host", connect.Host),
            ("port", connect.Port.ToString(CultureInfo.InvariantCulture)),
            ("dbname", database),
            ("user", login),
            .. connect.CaFile is { } ca ? [("sslmode", "verify-full"), ("sslrootcert", ca)] : Array.Empty<(string, string)>(),
        ];
        var line = "psql " + Shell(string.Join(' ', settings.Select(setting => $"{setting.Key}={Conninfo(setting.Value)}")));
        return PlainText.Clean(line, line.Length) == line
            ? line
            : "psql " + Shell("postgresql://?" + string.Join('&', settings.Select(setting => $"{setting.Key}={Uri.EscapeDataString(setting.Value)}")));
    }

    /// <summary>A psql command that puts a label into the prompt, white on the colour, before the database's name.</summary>
    /// <param name="colour">The number of a background colour, such as 41 for red.</param>
    public static string Prompt(string label, string colour) =>
        @"\set PROMPT1 " + Meta($"%[%033[1;{colour}m%] {PromptText(label)} %[%033[0m%] %/%R%# ");

    /// <summary>One value of a libpq connection string.</summary>
    public static string Conninfo(string value) =>
        value.Length > 0 && value.All(character => char.IsAsciiLetterOrDigit(character) || character is '_' or '-' or '.' or '/' or ':')
            ? value
            : Quoted(value);

    /// <summary>One word of a POSIX shell. In double quotes as long as nothing in it means something there.</summary>
    public static string Shell(string word) => word.AsSpan().ContainsAny("\"\\$`!")
        ? $"'{word.Replace("'", @"'\''", StringComparison.Ordinal)}'"
        : $"\"{word}\"";

    /// <summary>One argument of a psql command.</summary>
    public static string Meta(string argument) => Quoted(argument);

    /// <summary>Text in a prompt: a percent sign would begin a substitution, even a command's, and an escape character would move the cursor.</summary>
    private static string PromptText(string text) => PlainText.Clean(text, 100).Replace("`", "", StringComparison.Ordinal).Replace("%", "%%", StringComparison.Ordinal);

    private static string Quoted(string text) =>
        $"'{text.Replace(@"\", @"\\", StringComparison.Ordinal).Replace("'", @"\'", StringComparison.Ordinal)}'";
}
