using DbChatOps.Chat;

namespace DbChatOps.Access;

/// <summary>One line of usage and one of meaning per command; <c>help</c> lists what the caller may do.</summary>
public static class AccessHelp
{
    private static readonly IReadOnlyList<Topic> Topics =
    [
        new("access", "access <target> <level> [30m] <reason>", "ask for temporary access; add `--dry-run` to see what would happen"),
        new("requests", "requests", "requests of yours, and those that wait for your review"),
        new("approve", "approve <request> [digest] [target name]", "approve somebody's request; production asks for the digest that its card shows, and for write and ddl for the target's name"),
        new("deny", "deny <request> <reason>", "deny somebody's request"),
        new("withdraw", "withdraw [request]", "take back a request of yours"),
        new("grants", "grants [all]", "live access and when it ends (also `status`)"),
        new("extend", "extend [grant] <30m> [reason]", "ask for more time"),
        new("release", "release [grant]", "end your access now (also `done`)"),
        new("revoke", "revoke <grant> <reason>  or  revoke @person <reason>", "end one grant, or everything of one person everywhere"),
        new("who", "who <login>", "who is behind a temporary login"),
        new("targets", "targets [word]", "what you may ask for"),
        new("whoami", "whoami", "how the bot sees you"),
        new("help", "help [command]", "this list"),
    ];

    public static IReadOnlyList<Topic> All => Topics;

    public static Refusal Usage(string command)
    {
        var topic = Topics.Single(candidate => candidate.Command == command);
        return new Refusal("usage", $"Write it as `{topic.Line}`: {topic.Meaning}.");
    }

    public static Card List(string slashCommand, string? about)
    {
        var shown = Topics.Where(topic => about is null || string.Equals(topic.Command, about, StringComparison.OrdinalIgnoreCase)).ToList();
        if (shown.Count == 0)
        {
            shown = [.. Topics];
        }

        return new Card
        {
            Title = Phrase.Of($"Temporary database access"),
            Lines = [.. shown.Select(topic => Phrase.Of($"`{new Phrase([new Piece.Ours(slashCommand + " " + topic.Line)])}`  {new Phrase([new Piece.Ours(topic.Meaning)])}"))],
            Footnotes = [Phrase.Of($"Levels are read, write and ddl. Times are written 30m, 2h or 1h30m.")],
        };
    }

    public sealed record Topic(string Command, string Line, string Meaning);
}
