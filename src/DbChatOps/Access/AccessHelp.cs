using DbChatOps.Chat;

namespace DbChatOps.Access;

/// <summary>One line of usage and one of meaning per command; <c>help</c> lists what the caller may do.</summary>
public static class AccessHelp
{
    public static IReadOnlyList<Topic> All { get; } = [.. For(Abilities.Every)];

    public static Refusal Usage(string command)
    {
        var topic = All.Single(candidate => candidate.Command == command);
        return new Refusal("usage", $"Write it as `/db {topic.Line}`: {topic.Meaning}.");
    }

    /// <summary>One command, or all that the caller may use. A command that is not theirs reads like one that does not exist.</summary>
    public static Card List(string? about, Abilities may)
    {
        var theirs = For(may).ToList();
        var shown = theirs.Where(topic => about is null || string.Equals(topic.Command, about, StringComparison.OrdinalIgnoreCase)).ToList();
        if (shown.Count == 0)
        {
            shown = theirs;
        }

        return new Card
        {
            Title = Phrase.Of($"Temporary database access"),
            Lines =
            [
                .. shown.Select(topic => Phrase.Of($"`/db {Phrase.Ours(topic.Line)}`  {Phrase.Ours(topic.Meaning)}")),
                .. shown is [var only] ? only.More.Select(Phrase.Ours) : [],
            ],
            Footnotes =
            [
                .. may.Ask ? [Phrase.Of($"Levels are read, write and ddl. Times are written 30m, 2h or 1h30m.")] : Array.Empty<Phrase>(),
                .. shown.Count == 1 ? [] : new[] { Phrase.Of($"A command that needs more opens a dialog when it is typed alone.") },
                .. may.Known || shown.Count == 1 ? [] : new[] { Phrase.Of($"I could not find out just now what you may do, so these are all commands.") },
            ],
        };
    }

    private static IEnumerable<Topic> For(Abilities may)
    {
        if (may.Ask)
        {
            yield return new("access", "access <target> <level> [30m] <reason>", "ask for temporary access; add `--dry-run` to see what would happen")
            {
                More =
                [
                    "For example `/db access orders-prod read 30m checking INC-42`. The command alone opens a dialog.",
                    "The level is read, write or ddl. Without a time you get the policy's own; `/db targets` says what you may ask for, and for how long at most.",
                    "The window starts when you press *Show credentials*, not before. With `--dry-run` nothing is asked.",
                ],
            };
        }

        if (may.Ask || may.Own || may.Review)
        {
            yield return new("requests", "requests", "requests of yours, and those that wait for your review");
        }

        if (may.Review)
        {
            yield return new("approve", "approve <request> [digest] [target name]", "approve somebody's request; production asks for the digest that its card shows, and for write and ddl for the target's name");
            yield return new("deny", "deny <request> <reason>", "deny somebody's request");
        }

        if (may.Ask || may.Own)
        {
            yield return new("withdraw", "withdraw [request]", "take back a request of yours");
        }

        if (may.Ask || may.Own || may.EndOthers)
        {
            yield return new("grants", may.EndOthers ? "grants [all]" : "grants", "live access and when it ends (also `status`)");
        }

        if (may.Ask)
        {
            yield return new("extend", "extend [grant] <30m> [reason]", "ask for more time");
        }

        if (may.Ask || may.Own)
        {
            yield return new("release", "release [grant]", "end your access now (also `done`)");
        }

        if (may.CutOff)
        {
            yield return new("revoke", "revoke <grant | @person> <reason>", "end one grant, or everything of one person everywhere")
            {
                More =
                [
                    "One grant ends at once: for its holder, its approvers and the cut-off groups.",
                    "For a person you see first what would end, and confirm it by a button; with `--yes` it is done at once. For the cut-off groups.",
                ],
            };
        }
        else if (may.Ask || may.Own || may.EndOthers)
        {
            yield return new("revoke", "revoke <grant> <reason>", may.EndOthers ? "end one grant, yours or one that you approved" : "end one grant of yours");
        }

        yield return new("who", "who <login>", "who is behind a temporary login");
        yield return new("targets", "targets [word]", "what you may ask for");
        yield return new("whoami", "whoami", "how the bot sees you");
        yield return new("help", "help [command]", "this list");
    }

    /// <summary>A command: how it is written and what it does.</summary>
    public sealed record Topic(string Command, string Line, string Meaning)
    {
        /// <summary>Said only when somebody asks about this command.</summary>
        public IReadOnlyList<string> More { get; init; } = [];
    }
}
