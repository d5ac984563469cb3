using DbChatOps.Targets;

namespace DbChatOps.Host.Engines.PostgreSql;

/// <summary>What a proof leaves out, in words for whoever reads it.</summary>
internal static class ProofGaps
{
    private const int FirstWithoutSelfLending = 15;

    /// <summary>What could not be read back for this login on a server of this major version.</summary>
    public static IReadOnlyList<string> Of(EndingState login, bool canPrepare, int major) =>
    [
        .. login.Level == AccessLevel.Ddl ? ["residue not checked"] : Array.Empty<string>(),
        .. canPrepare && !login.IsPreparingKnown ? ["prepared transactions under other roles not checked"] : Array.Empty<string>(),
        .. LendsItself(major) ? ["on PostgreSQL 14 a session of another login that had taken this role in its window is not seen"] : Array.Empty<string>(),
        .. login.Closing.Mark is { Powers: { } powers } ? [$"others had given it {powers}: what it did with that is not checked"] : Array.Empty<string>(),
        .. login.Closing.Mark is { ReachedOthers: { Count: > 0 } others }
            ? [$"others had let it become {string.Join(", ", others)}: what it did as such is not checked"]
            : Array.Empty<string>(),
        .. login.NotChecked,
    ];

    /// <summary>Before 15 a login may grant itself to others, and take it back; a session that took the role meanwhile keeps what it became.</summary>
    public static Finding? OfServer(int major) => LendsItself(major)
        ? new Finding
        {
            Severity = FindingSeverity.Warning,
            Code = "logins_can_lend_themselves",
            Message = "On PostgreSQL 14 a temporary login can grant itself to other logins. A session of such a login that took its role keeps the standing role or the owner "
                + "after the end, and the server does not show that. What was lent at the end is named; each proof says that the rest is not checked. PostgreSQL 15 closes it.",
        }
        : null;

    private static bool LendsItself(int major) => major < FirstWithoutSelfLending;
}
