using DbChatOps.Ledger;

namespace DbChatOps.Host.Flow;

/// <summary>The durable rows behind the agenda. Rows are added by <see cref="ILedger.CommitAsync"/> only, with the events that cause them.</summary>
public interface IAgendaStore
{
    /// <summary>Called after a commit that added rows, with the earliest due time among them; must be quick.</summary>
    Action<DateTimeOffset>? RowsAdded { get; set; }

    /// <summary>The earliest due time of any row whose lane is free; null when there is nothing to do.</summary>
    Task<DateTimeOffset?> NextDueAsync(CancellationToken ct);

    /// <summary>
    /// Claims every free lane that has due rows, with up to <paramref name="size"/> rows each (priority, then due time).
    /// A claim lasts until <paramref name="claimUntil"/>; afterwards the lane may be claimed by another process.
    /// </summary>
    Task<IReadOnlyList<LaneClaim>> ClaimDueLanesAsync(DateTimeOffset now, DateTimeOffset claimUntil, ClaimSize size, CancellationToken ct);

    /// <summary>Ends a claim: finished rows go (unless they were renewed meanwhile), the others get a new due time and one more attempt.</summary>
    Task ReleaseAsync(LaneClaim claim, IReadOnlyList<RowResult> results, CancellationToken ct);

    /// <summary>Frees every lane; only when the exclusive lock on the store has just been taken.</summary>
    Task VoidClaimsAsync(CancellationToken ct);

    /// <summary>Rows whose key is given, for the self-check.</summary>
    Task<IReadOnlySet<string>> ExistingKeysAsync(IReadOnlyCollection<string> keys, CancellationToken ct);
}

/// <summary>
/// How many rows a claim takes at most: <paramref name="Rows"/> of any kind, and beyond them the further ones of <see cref="AgendaPriority.Revoke"/> up to
/// <paramref name="Endings"/> in all.
/// </summary>
public sealed record ClaimSize(int Rows, int Endings);

public sealed record LaneClaim(string Lane, DateTimeOffset Until, IReadOnlyList<ClaimedRow> Rows)
{
    /// <summary>Keys of due rows that this release cannot read; put off, so that they hold up nobody.</summary>
    public IReadOnlyList<string> Unreadable { get; init; } = [];
}

/// <summary>A null <paramref name="RetryAt"/> means finished.</summary>
public sealed record RowResult(ClaimedRow Row, DateTimeOffset? RetryAt);
