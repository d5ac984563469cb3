using System.Text.RegularExpressions;
using DbChatOps.Chat;

namespace DbChatOps.Access;

/// <summary>
/// Reads one line after <c>/db</c>. Forgiving about order, case, smart quotes, blanks and the marks that chat adds; never guesses. Each word is understood or
/// refused with the nearest thing that would be: <c>unknown_command</c>, <c>usage</c>, <c>unknown_level</c>, <c>unknown_flag</c>, <c>too_many_words</c>,
/// <c>too_long</c>, and what <see cref="Durations"/> refuses with.
/// </summary>
public static partial class AccessGrammar
{
    /// <summary>More than a person types, and as much as a reason and its command need.</summary>
    private const int LongestLine = 4000;

    private const string DryRunFlag = "dry-run";
    private const string ConfirmFlag = "yes";

    /// <summary>Command words and what they stand for; aliases included.</summary>
    private static readonly Dictionary<string, Form> Commands = new(StringComparer.Ordinal)
    {
        ["access"] = new(ReadAccess, DryRunFlag),
        ["requests"] = new(static (_, _) => new AccessIntent.ListRequests()),
        ["approve"] = new(ReadApprove),
        ["deny"] = new(ReadDeny),
        ["withdraw"] = new(static (words, _) => new AccessIntent.Withdraw(words.NextName())),
        ["grants"] = new(ReadGrants),
        ["status"] = new(ReadGrants),
        ["extend"] = new(ReadExtend),
        ["release"] = new(static (words, _) => new AccessIntent.Release(words.NextName())),
        ["done"] = new(static (words, _) => new AccessIntent.Release(words.NextName())),
        ["revoke"] = new(ReadRevoke, ConfirmFlag),
        ["who"] = new(static (words, _) => words.NextName() is { } login ? new AccessIntent.Who(login) : new AccessIntent.FillIn("who")),
        ["targets"] = new(static (words, _) => new AccessIntent.ListTargets(Words.Bare(words.Rest()) is { Length: > 0 } filter ? filter : null)),
        ["whoami"] = new(static (_, _) => new AccessIntent.WhoAmI()),
        ["help"] = new(static (words, _) => new AccessIntent.Help(words.NextName())),
    };

    public static IReadOnlyCollection<string> CommandWords => Commands.Keys;

    public static Result<AccessIntent> Read(string text)
    {
        if (text.Length > LongestLine)
        {
            return new Refusal("too_long", $"That is {text.Length} characters long, and {LongestLine} can be read. Nothing was done.");
        }

        var words = new Words(text);
        if (words.NextName() is not { } command)
        {
            return new AccessIntent.Help(null);
        }

        var name = command.ToLowerInvariant();
        if (!Commands.TryGetValue(name, out var form))
        {
            var nearest = Nearest.To(name, Commands.Keys);
            return new Refusal("unknown_command", nearest is null
                ? $"I do not know '{PlainText.Clean(command, 40)}'. `/db help` lists what you can do."
                : $"I do not know '{PlainText.Clean(command, 40)}'. Did you mean `/db {nearest}`?");
        }

        var flags = words.TakeFlags();
        if (flags.FirstOrDefault(flag => flag != form.Flag) is { } unknown)
        {
            return UnknownFlag(unknown, form.Flag);
        }

        return form.Read(words, flags.Count > 0) is var read && words.IsOver ? read : TooManyWords(name, words.Rest());
    }

    private static Refusal UnknownFlag(string typed, string? known) => new("unknown_flag", $"I do not know '--{PlainText.Clean(typed, 40)}'. " + (known is null
        ? "This command has no flags; a word of a reason cannot begin with a dash."
        : Nearest.To(typed, [known]) is not null
            ? $"Did you mean --{known}?"
            : $"The one flag here is --{known}; a word of a reason cannot begin with a dash.") + " Nothing was done.");

    private static Refusal TooManyWords(string command, string left) =>
        new("too_many_words", $"I do not know what '{PlainText.Clean(left, 40)}' means here. `/db help {command}` says how it is written. Nothing was done.");

    /// <summary>The level that a word names. Refuses <c>unknown_level</c>.</summary>
    public static Result<Level> ReadLevel(string word) => Words.Bare(word).ToLowerInvariant() switch
    {
        "read" => new Level(AccessLevel.Read),
        "write" => new Level(AccessLevel.Write),
        "ddl" => new Level(AccessLevel.Ddl),
        var other => new Refusal("unknown_level", Nearest.To(other, ["read", "write", "ddl"]) is { } nearest
            ? $"'{PlainText.Clean(word, 20)}' is not a level. Did you mean {nearest}?"
            : $"'{PlainText.Clean(word, 20)}' is not a level. Levels are read, write and ddl.") { Field = "level" },
    };

    private static Result<AccessIntent> ReadAccess(Words words, bool dryRun)
    {
        if (words.IsOver && !dryRun)
        {
            return new AccessIntent.FillIn("access");
        }

        if (words.NextName() is not { } target || words.Next() is not { } levelWord)
        {
            return Alone(words, AccessHelp.Usage("access"));
        }

        if (!ReadLevel(levelWord).TryGet(out var level, out var refusal))
        {
            return Alone(words, refusal);
        }

        TimeSpan? window = null;
        if (Durations.Take(words) is { } read)
        {
            if (!read.TryGet(out var duration, out refusal))
            {
                return Alone(words, refusal);
            }

            window = duration.Value;
        }

        return RefuseReason(words, target, level.Value, window) is { } unclear
            ? Alone(words, unclear)
            : new AccessIntent.Access(target, level.Value, window, words.Rest(), dryRun);
    }

    /// <summary>A time that stands in the reason while none stands before it, and the flag without its dashes, may have been meant otherwise.</summary>
    private static Refusal? RefuseReason(Words words, string target, AccessLevel level, TimeSpan? window)
    {
        var line = $"`/db access {PlainText.Clean(target, 60)} {level.ToWord()} 30m <reason>`";
        if (window is null && Durations.FirstIn(words.Left) is { } time)
        {
            return new Refusal("not_a_time", $"'{PlainText.Clean(time, 30)}' is in the reason, but no time follows the level. Write {line}.") { Field = "window" };
        }

        return words.Left.FirstOrDefault(word => Words.Bare(word).Trim('-', '—').Replace("-", "", StringComparison.Ordinal).Equals("dryrun", StringComparison.OrdinalIgnoreCase)) is { } bare
            ? new Refusal("unknown_flag", $"Is '{PlainText.Clean(bare, 30)}' the flag? Write --{DryRunFlag} to see what would happen, or say it otherwise in the reason. Nothing was done.")
            : null;
    }

    private static Result<AccessIntent> ReadApprove(Words words, bool _)
    {
        if (words.NextName() is not { } request)
        {
            return new AccessIntent.FillIn("approve");
        }

        var digest = words.Peek() is { } word && Digest().IsMatch(Words.Bare(word)) ? words.NextName()?.ToLowerInvariant() : null;
        return new AccessIntent.Approve(request, digest, Words.Bare(words.Rest()) is { Length: > 0 } typed ? typed : null);
    }

    private static Result<AccessIntent> ReadDeny(Words words, bool _) =>
        words.NextName() is { } request ? new AccessIntent.Deny(request, words.Rest()) : new AccessIntent.FillIn("deny");

    private static Result<AccessIntent> ReadGrants(Words words, bool _) => words.NextName()?.ToLowerInvariant() switch
    {
        null => new AccessIntent.ListGrants(false),
        "all" or "everybody" => new AccessIntent.ListGrants(true),
        var other => Alone(words, TooManyWords("grants", other)),
    };

    private static Result<AccessIntent> ReadExtend(Words words, bool _)
    {
        if (words.IsOver)
        {
            return new AccessIntent.FillIn("extend");
        }

        string? grant = null;
        if (words.Peek() is { } first && Words.Bare(first).StartsWith("g-", StringComparison.OrdinalIgnoreCase))
        {
            grant = words.NextName();
        }

        if (Durations.Take(words) is not { } read)
        {
            return Alone(words, AccessHelp.Usage("extend"));
        }

        return read.TryGet(out var duration, out var refusal) ? new AccessIntent.Extend(grant, duration.Value, words.Rest()) : Alone(words, refusal);
    }

    private static Result<AccessIntent> ReadRevoke(Words words, bool confirmed)
    {
        if (words.Peek() is not { } first)
        {
            return new AccessIntent.FillIn("revoke");
        }

        if (Mention().Match(first) is { Success: true } mention)
        {
            words.Next();
            return new AccessIntent.RevokePerson(mention.Groups["user"].Value, words.Rest(), confirmed);
        }

        return new AccessIntent.Revoke(words.NextName() ?? "", words.Rest());
    }

    /// <summary>A refusal answers the whole line: what was not read of it needs no further word.</summary>
    private static Refusal Alone(Words words, Refusal refusal)
    {
        words.Rest();
        return refusal;
    }

    [GeneratedRegex("^[0-9a-fA-F]{8}$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 200)]
    private static partial Regex Digest();

    // The name after the bar is the platform's, and may hold blanks.
    [GeneratedRegex("^<@(?<user>[A-Z0-9]{2,20})(\\|[^>]*)?>$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 200)]
    private static partial Regex Mention();

    /// <summary>How the rest of a command's line is read, and the one flag it knows.</summary>
    private sealed record Form(Func<Words, bool, Result<AccessIntent>> Read, string? Flag = null);
}

/// <summary>A level that was read; a struct so that it can stand in a <see cref="Result{T}"/>.</summary>
public readonly record struct Level(AccessLevel Value);
