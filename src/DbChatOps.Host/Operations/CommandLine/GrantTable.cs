using DbChatOps.Access;
using DbChatOps.Chat;
using DbChatOps.Policies;

namespace DbChatOps.Host.Operations.CommandLine;

/// <summary>Grants as a table on a terminal: nothing in it is cut, since two people must never look the same.</summary>
internal static class GrantTable
{
    private static readonly string[] Heading = ["GRANT", "STATE", "TARGET", "LEVEL", "HOLDER", "ENDS (UTC)", "LOGIN"];

    /// <summary>The lines; <paramref name="locked"/> are logins that somebody else locked on their server.</summary>
    public static IEnumerable<string> Of(IReadOnlyList<Grant> grants, IReadOnlySet<string>? locked = null)
    {
        if (grants.Count == 0)
        {
            return ["Nobody has access."];
        }

        string[][] rows = [Heading, .. grants.Select(Row)];
        int[] widths = [.. Heading.Select((_, column) => rows.Max(row => row[column].Length))];
        return
        [
            Line(rows[0]),
            .. grants.Zip(rows.Skip(1)).SelectMany(pair => Remarks(pair.First, locked?.Contains(pair.First.Login) == true).Prepend(Line(pair.Second))),
            .. grants.Any(IsOverdue) ? ["", "! more than a minute overdue: a login or a session may still be possible"] : Array.Empty<string>(),
        ];

        string Line(string[] row) => string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd();
    }

    /// <summary>It should be over and is not.</summary>
    public static bool IsOverdue(Grant grant) => grant.State != GrantState.Revoked && grant.Ending is { IsOverdue: true };

    private static string[] Row(Grant grant) =>
    [
        grant.Id.Handle,
        State(grant) + (IsOverdue(grant) ? "!" : ""),
        grant.Target.Value,
        grant.Level.ToWord(),
        $"{PlainText.Clean(grant.Holder.Name, 40)} ({grant.Holder.Id})",
        Ends(grant),
        grant.Login,
    ];

    /// <summary>For a grant that is over, how it ended: every such grant has the state Revoked.</summary>
    private static string State(Grant grant) => grant is { State: GrantState.Revoked, Ending: { } ending } ? ending.Reason.ToWord() : grant.State.ToString().ToLowerInvariant();

    private static IEnumerable<string> Remarks(Grant grant, bool isLocked) => grant switch
    {
        { State: GrantState.Revoking, Ending: { } ending } => ending.Blockers.Select(blocker => $"    in the way: {PlainText.Clean(blocker, GrantLines.LongestBlocker)}"),
        _ when isLocked => ["    locked on the server by somebody else"],
        _ => [],
    };

    private static string Ends(Grant grant) => grant.State switch
    {
        GrantState.Revoked => "gone " + Moment(grant.RevokedAt ?? grant.OpenedAt),
        GrantState.Revoking => "since " + Moment(grant.Ending?.DueAt ?? grant.OpenedAt),
        _ => Moment(grant.LatestPossibleEnd ?? grant.ClaimBy),
    };

    /// <summary>The heading names the zone.</summary>
    private static string Moment(DateTimeOffset at) => PlainText.Utc(at)[..19];
}
