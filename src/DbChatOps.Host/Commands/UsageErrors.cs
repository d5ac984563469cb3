using System.CommandLine;
using DbChatOps.Chat;

namespace DbChatOps.Host.Commands;

/// <summary>What was typed is no command: says what is wrong, what may have been meant and where help is. Nothing ran.</summary>
internal static class UsageErrors
{
    public static async Task<int> TellAsync(ParseResult asked, TextWriter errors)
    {
        var at = asked.CommandResult.Command;
        foreach (var problem in Problems(asked, at))
        {
            await errors.WriteLineAsync(problem);
        }

        var words = string.Join(' ', asked.CommandResult.PathOf());
        await errors.WriteLineAsync($"`{words} --help` shows what can be typed.");
        return ExitCode.CouldNotRun;
    }

    /// <summary>A word that is not understood explains why the command after it is missing too.</summary>
    private static IEnumerable<string> Problems(ParseResult asked, System.CommandLine.Command at)
    {
        var unknown = asked.UnmatchedTokens.Where(word => word.Length > 0).ToList();
        if (unknown.Count == 0)
        {
            return asked.Errors.Select(error => error.Message).Distinct(StringComparer.Ordinal);
        }

        string[] known = [.. at.Subcommands.Select(command => command.Name), .. at.Options.Select(option => option.Name)];
        return unknown.Select(word => $"'{PlainText.Clean(word, 60)}' is not known here{(Nearest.To(word, known) is { } nearest ? $"; did you mean {nearest}?" : ".")}");
    }

    private static IEnumerable<string> PathOf(this System.CommandLine.Parsing.CommandResult result)
    {
        var above = result.Parent as System.CommandLine.Parsing.CommandResult;
        return [.. above?.PathOf() ?? [], result.Command.Name];
    }
}
