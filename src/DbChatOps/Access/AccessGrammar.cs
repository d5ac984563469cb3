using System.Text.RegularExpressions;
using DbChatOps.Chat;

namespace DbChatOps.Access;

/// <summary>
/// Reads one line after <c>/db</c>. Forgiving about order, case, smart quotes and blanks; never guesses: what is not understood is refused
/// with the nearest thing that would be. Refuses <c>unknown_command</c>, <c>usage</c>, <c>unknown_level</c>, <c>unit_missing</c>.
/// </summary>
public static partial class AccessGrammar
{
    /// <summary>Command words and what they stand for; aliases included.</summary>
    private static readonly Dictionary<string, Func<Words, Result<AccessIntent>>> Commands = new(StringComparer.Ordinal)
    {
        ["access"] = ReadAccess,
        ["requests"] = static _ => new AccessIntent.ListRequests(),
        ["approve"] = ReadApprove,
        ["deny"] = ReadDeny,
        ["withdraw"] = static words => new AccessIntent.Withdraw(words.Next()),
        ["grants"] = ReadGrants,
        ["status"] = ReadGrants,
        ["extend"] = ReadExtend,
        ["release"] = static words => new AccessIntent.Release(words.Next()),
        ["done"] = static words => new AccessIntent.Release(words.Next()),
        ["revoke"] = ReadRevoke,
        ["who"] = static words => words.Next() is { } login ? new AccessIntent.Who(login) : new AccessIntent.FillIn("who"),
        ["targets"] = static words => new AccessIntent.ListTargets(words.Rest() is { Length: > 0 } filter ? filter : null),
        ["whoami"] = static _ => new AccessIntent.WhoAmI(),
        ["help"] = static words => new AccessIntent.Help(words.Next()),
    };

    public static IReadOnlyCollection<string> CommandWords => Commands.Keys;

    public static Result<AccessIntent> Read(string text)
    {
        var words = new Words(text);
        if (words.Next() is not { } command)
        {
            return new AccessIntent.Help(null);
        }

        var name = command.ToLowerInvariant();
        if (Commands.TryGetValue(name, out var read))
        {
            return read(words);
        }

        var nearest = Nearest.To(name, Commands.Keys);
        return new Refusal("unknown_command", nearest is null
            ? $"I do not know '{PlainText.Clean(command, 40)}'. `/db help` lists what you can do."
            : $"I do not know '{PlainText.Clean(command, 40)}'. Did you mean `/db {nearest}`?");
    }

    /// <summary>The level that a word names. Refuses <c>unknown_level</c>.</summary>
    public static Result<Level> ReadLevel(string word) => word.ToLowerInvariant() switch
    {
        "read" => new Level(AccessLevel.Read),
        "write" => new Level(AccessLevel.Write),
        "ddl" => new Level(AccessLevel.Ddl),
        var other => new Refusal("unknown_level", Nearest.To(other, ["read", "write", "ddl"]) is { } nearest
            ? $"'{PlainText.Clean(word, 20)}' is not a level. Did you mean {nearest}?"
            : $"'{PlainText.Clean(word, 20)}' is not a level. Levels are read, write and ddl.") { Field = "level" },
    };

    private static Result<AccessIntent> ReadAccess(Words words)
    {
        var dryRun = words.TakeFlag("--dry-run");
        if (words.Peek() is null && !dryRun)
        {
            return new AccessIntent.FillIn("access");
        }

        if (words.Next() is not { } target || words.Next() is not { } levelWord)
        {
            return AccessHelp.Usage("access");
        }

        if (!ReadLevel(levelWord).TryGet(out var level, out var refusal))
        {
            return refusal;
        }

        TimeSpan? window = null;
        if (words.Peek() is { } word && Durations.Read(word) is { } read)
        {
            if (!read.TryGet(out var duration, out refusal))
            {
                return refusal;
            }

            window = duration.Value;
            words.Next();
        }

        return new AccessIntent.Access(target, level.Value, window, words.Rest(), dryRun);
    }

    private static Result<AccessIntent> ReadApprove(Words words)
    {
        if (words.Next() is not { } request)
        {
            return new AccessIntent.FillIn("approve");
        }

        var digest = words.Peek() is { } word && Digest().IsMatch(word) ? words.Next()?.ToLowerInvariant() : null;
        return new AccessIntent.Approve(request, digest, words.Rest() is { Length: > 0 } typed ? typed : null);
    }

    private static Result<AccessIntent> ReadDeny(Words words) =>
        words.Next() is { } request ? new AccessIntent.Deny(request, words.Rest()) : new AccessIntent.FillIn("deny");

    private static Result<AccessIntent> ReadGrants(Words words) =>
        new AccessIntent.ListGrants(words.Next()?.ToLowerInvariant() is "all" or "everybody");

    private static Result<AccessIntent> ReadExtend(Words words)
    {
        if (words.Peek() is null)
        {
            return new AccessIntent.FillIn("extend");
        }

        string? grant = null;
        if (words.Peek() is { } first && first.StartsWith("g-", StringComparison.OrdinalIgnoreCase))
        {
            grant = words.Next();
        }

        if (words.Peek() is not { } word || Durations.Read(word) is not { } read)
        {
            return AccessHelp.Usage("extend");
        }

        if (!read.TryGet(out var duration, out var refusal))
        {
            return refusal;
        }

        words.Next();
        return new AccessIntent.Extend(grant, duration.Value, words.Rest());
    }

    private static Result<AccessIntent> ReadRevoke(Words words)
    {
        var line = words.Rest();
        if (Mention().Match(line) is { Success: true } mention)
        {
            words = new Words(line[mention.Length..]);
            var confirmed = words.TakeFlag("--yes");
            return new AccessIntent.RevokePerson(mention.Groups["user"].Value, words.Rest(), confirmed);
        }

        words = new Words(line);
        return words.Next() is { } grant ? new AccessIntent.Revoke(grant, words.Rest()) : new AccessIntent.FillIn("revoke");
    }

    [GeneratedRegex("^[0-9a-fA-F]{8}$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 200)]
    private static partial Regex Digest();

    // The name after the bar is the platform's, and may hold blanks.
    [GeneratedRegex("^<@(?<user>[A-Z0-9]{2,20})(\\|[^>]*)?>", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 200)]
    private static partial Regex Mention();
}

/// <summary>A level that was read; a struct so that it can stand in a <see cref="Result{T}"/>.</summary>
public readonly record struct Level(AccessLevel Value);
