using System.Text.Json;
using Dapper;
using DbChatOps.Host.Flow;
using DbChatOps.Ledger;

namespace DbChatOps.Host.Storage;

/// <inheritdoc cref="IAgendaStore"/>
internal sealed class SqliteAgenda(SqliteDatabase database, Committer<SqliteBatch> committer) : IAgendaStore
{
    private static readonly TimeSpan UnreadableWaits = TimeSpan.FromMinutes(5);

    public Action<DateTimeOffset>? RowsAdded { get; set; }

    /// <summary>The statement's values; made before the row waits for its turn, so that the writer need not serialise.</summary>
    public static object ToRow(AgendaRow row) => new
    {
        row.Key,
        row.Lane,
        Priority = (int)row.Priority,
        Due = row.Due.UtcTicks,
        Item = LedgerJson.Write(row.Item),
    };

    public async Task<DateTimeOffset?> NextDueAsync(CancellationToken ct)
    {
        var free = await database.ReadAsync(connection => connection.ExecuteScalar<long?>(SqliteStatements.FirstDueInFreeLanes), ct);
        var claimed = await database.ReadAsync(connection => connection.ExecuteScalar<long?>(SqliteStatements.FirstDueInClaimedLanes), ct);
        return (claimed < free ? claimed : free ?? claimed) is { } ticks ? At(ticks) : null;
    }

    public async Task<IReadOnlyList<LaneClaim>> ClaimDueLanesAsync(
        DateTimeOffset now, DateTimeOffset claimUntil, ClaimSize size, CancellationToken ct)
    {
        var isDue = await database.ReadAsync(connection => connection.Query<string>(SqliteStatements.DueLanes, new { now = now.UtcTicks }).Any(), ct);
        return isDue
            ? await committer.WriteAsync(
                batch => ValueTask.FromResult(new Written<IReadOnlyList<LaneClaim>>(Claim(batch, now, claimUntil, size), Stays: true)), ct)
            : [];
    }

    public Task ReleaseAsync(LaneClaim claim, IReadOnlyList<RowResult> results, CancellationToken ct) => committer.WriteAsync(
        batch => ValueTask.FromResult(new Written<bool>(Release(batch, claim, results), Stays: true)), ct);

    public Task VoidClaimsAsync(CancellationToken ct) => committer.WriteAsync(
        batch => ValueTask.FromResult(new Written<int>(batch.Execute(SqliteStatements.VoidClaims), Stays: true)), ct);

    public async Task<IReadOnlySet<string>> ExistingKeysAsync(IReadOnlyCollection<string> keys, CancellationToken ct)
    {
        var asked = new { keys = JsonSerializer.Serialize(keys) };
        return await database.ReadAsync(
            connection => connection.Query<string>(SqliteStatements.ExistingKeys, asked).ToHashSet(StringComparer.Ordinal), ct);
    }

    private static List<LaneClaim> Claim(SqliteBatch batch, DateTimeOffset now, DateTimeOffset claimUntil, ClaimSize size)
    {
        var claims = new List<LaneClaim>();
        foreach (var lane in batch.Query(connection => connection.Query<string>(SqliteStatements.DueLanes, new { now = now.UtcTicks }).AsList()))
        {
            batch.Execute(SqliteStatements.ClaimLane, new { lane, until = claimUntil.UtcTicks });
            var rows = batch.Query(connection =>
                connection.Query<StoredRow>(SqliteStatements.DueRows, new { lane, now = now.UtcTicks, rows = size.Rows, endings = size.Endings }).AsList());
            var readable = rows.Select(row => (Stored: row, Claimed: row.AsClaimed())).ToList();
            var unreadable = readable.Where(row => row.Claimed is null).Select(row => row.Stored).ToList();
            foreach (var row in unreadable)
            {
                batch.Execute(SqliteStatements.RetryRow, new { row.Key, row.Revision, Due = (now + UnreadableWaits).UtcTicks });
            }

            claims.Add(new LaneClaim(lane, claimUntil, [.. readable.Select(row => row.Claimed).OfType<ClaimedRow>()]) { Unreadable = [.. unreadable.Select(row => row.Key)] });
        }

        return claims;
    }

    /// <summary>False when the claim had run out and the lane was claimed anew: then the rows are that worker's.</summary>
    private static bool Release(SqliteBatch batch, LaneClaim claim, IReadOnlyList<RowResult> results)
    {
        if (batch.Execute(SqliteStatements.ReleaseLane, new { claim.Lane, Until = claim.Until.UtcTicks }) == 0)
        {
            return false;
        }

        foreach (var (row, retryAt) in results)
        {
            batch.Execute(
                retryAt is null ? SqliteStatements.FinishRow : SqliteStatements.RetryRow,
                new { row.Row.Key, row.Revision, Due = retryAt?.UtcTicks });
        }

        return true;
    }

    private static DateTimeOffset At(long ticks) => new(ticks, TimeSpan.Zero);

    private sealed record StoredRow(string Key, string Lane, long Priority, long Due, long Revision, long Attempts, byte[] Item)
    {
        /// <summary>Null when a newer release wrote it, or it is damaged.</summary>
        public ClaimedRow? AsClaimed()
        {
            try
            {
                var item = LedgerJson.Read<AgendaItem>(Item);
                return new ClaimedRow(new AgendaRow { Key = Key, Lane = Lane, Priority = (AgendaPriority)Priority, Due = At(Due), Item = item }, Revision, (int)Attempts);
            }
            catch (Exception fault) when (fault is JsonException or NotSupportedException)
            {
                return null;
            }
        }
    }
}
