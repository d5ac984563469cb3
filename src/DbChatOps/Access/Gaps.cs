namespace DbChatOps.Access;

/// <summary>The longest times in which the sessions of a login could not be seen, in their order, and how many more there were.</summary>
public sealed record Gaps(IReadOnlyList<Gap> Longest, int Others)
{
    /// <summary>As many as are named.</summary>
    public const int Most = 5;

    /// <summary>Null when there are none.</summary>
    public static Gaps? Of(IReadOnlyCollection<Gap> all) => all.Count == 0
        ? null
        : new Gaps([.. all.OrderByDescending(gap => gap.Until - gap.From).Take(Most).OrderBy(gap => gap.From)], Math.Max(0, all.Count - Most));
}

/// <summary>One such time, and what happened, such as "db-2:5432 did not answer" or "the bot was not running".</summary>
public sealed record Gap(string What, DateTimeOffset From, DateTimeOffset Until);

/// <summary>What the looks at sessions came to, from the claim to now: the part of a receipt that is not worth an entry before the end.</summary>
public sealed record Watched(DateTimeOffset? LastSeen, Gaps? Gaps);

/// <summary>What the last look found open, and the nodes that did not answer it.</summary>
public sealed record OpenSessions(int Count, DateTimeOffset? Oldest, IReadOnlyList<string> SilentNodes);
