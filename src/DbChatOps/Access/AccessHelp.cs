using DbChatOps.Chat;

namespace DbChatOps.Access;

/// <summary>One line of usage and one of meaning per command; <c>help</c> lists what the caller may do.</summary>
public static class AccessHelp
{
    private static readonly IReadOnlyList<Topic> Topics =
    [
        new("access", "access <target> <level> [30m] <reason>", "ask for temporary access; add `--dry-run` to see what would happen")
        {
            More =
            [
                "For example `/db access orders-prod read 30m checking INC-42`.",
                "The level is read, write or ddl. Without a time you get the policy's own; `/db targets` says what you may ask for, and for how long at most.",
                "The window starts when you press *Show credentials*, not before. With `--dry-run` nothing is asked.",
            ],
        },
        new("requests", "requests", "requests of yours, and those that wait for your review"),
        new("approve", "approve <request> [digest] [target name]", "approve somebody's request; production asks for the digest that its card shows, and for write and ddl for the target's name"),
        new("deny", "deny <request> <reason>", "deny somebody's request"),
        new("withdraw", "withdraw [request]", "take back a request of yours"),
        new("grants", "grants [all]", "live access and when it ends (also `status`)"),
        new("extend", "extend [grant] <30m> [reason]", "ask for more time"),
        new("release", "release [grant]", "end your access now (also `done`)"),
        new("revoke", "revoke <grant | @person> <reason>", "end one grant, or everything of one person everywhere")
        {
            More =
            [
                "One grant ends at once: for its holder, its approvers and the cut-off groups.",
                "For a person you see first what would end, and confirm it by a button; with `--yes` it is done at once. For the cut-off groups.",
            ],
        },
        new("who", "who <login>", "who is behind a temporary login"),
        new("targets", "targets [word]", "what you may ask for"),
        new("whoami", "whoami", "how the bot sees you"),
        new("help", "help [command]", "this list"),
    ];

    public static IReadOnlyList<Topic> All => Topics;

    public static Refusal Usage(string command)
    {
        var topic = Topics.Single(candidate => candidate.Command == command);
        return new Refusal("usage", $"Write it as `/db {topic.Line}`: {topic.Meaning}.");
    }

    public static Card List(string? about)
    {
        var shown = Topics.Where(topic => about is null || string.Equals(topic.Command, about, StringComparison.OrdinalIgnoreCase)).ToList();
        if (shown.Count == 0)
        {
            shown = [.. Topics];
        }

        return new Card
        {
            Title = Phrase.Of($"Temporary database access"),
            Lines =
            [
                .. shown.Select(topic => Phrase.Of($"`/db {Ours(topic.Line)}`  {Ours(topic.Meaning)}")),
                .. shown is [var only] ? only.More.Select(Ours) : [],
            ],
            Footnotes = [Phrase.Of($"Levels are read, write and ddl. Times are written 30m, 2h or 1h30m.")],
        };
    }

    private static Phrase Ours(string text) => new([new Piece.Ours(text)]);

    public sealed record Topic(string Command, string Line, string Meaning)
    {
        /// <summary>Said only when somebody asks about this command.</summary>
        public IReadOnlyList<string> More { get; init; } = [];
    }
}
