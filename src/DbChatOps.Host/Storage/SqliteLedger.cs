using Dapper;
using DbChatOps.Ledger;

namespace DbChatOps.Host.Storage;

/// <inheritdoc cref="ILedger"/>
internal sealed class SqliteLedger(SqliteDatabase database, Committer<SqliteBatch> committer, SqliteAgenda agenda, TimeProvider clock) : ILedger
{
    public async Task<Stored<T>?> LoadAsync<T>(string key, CancellationToken ct)
        where T : class, IAggregate<T>
    {
        var row = await database.ReadAsync(
            connection => connection.QuerySingleOrDefault<SnapshotRow>(SqliteStatements.LoadSnapshot, new { kind = T.Kind, key }), ct);
        return row?.As<T>();
    }

    public async Task<IReadOnlyList<Stored<T>>> FindAsync<T>(SnapshotQuery query, CancellationToken ct)
        where T : class, IAggregate<T>
    {
        var (sql, values) = SnapshotSql.Find(query);
        var rows = await database.ReadAsync(connection => connection.Query<SnapshotRow>(sql, values).AsList(), ct);
        return [.. rows.Select(row => row.As<T>())];
    }

    public async Task<CommitOutcome> CommitAsync(Change change, CancellationToken ct)
    {
        var rows = change.Agenda.Select(SqliteAgenda.ToRow).ToList();
        var outcome = await committer.WriteAsync(
            batch =>
            {
                var decided = Apply(batch, change, rows);
                return ValueTask.FromResult(new Written<CommitOutcome>(decided, decided is CommitOutcome.Committed));
            },
            ct);
        if (outcome is CommitOutcome.Committed && change.Agenda.Count > 0)
        {
            agenda.RowsAdded?.Invoke(change.Agenda.Min(row => row.Due));
        }

        return outcome;
    }

    private CommitOutcome Apply(SqliteBatch batch, Change change, List<object> rows)
    {
        foreach (var guard in change.Guards)
        {
            var (sql, values) = SnapshotSql.Count(guard.Query, guard.AtMost);
            if (batch.Query(connection => connection.ExecuteScalar<int>(sql, values)) > guard.AtMost)
            {
                return new CommitOutcome.GuardRefused(guard.Name, guard.Refusal);
            }
        }

        var born = batch.Head.Sequence + 1;
        foreach (var snapshot in change.Snapshots)
        {
            if (!Write(batch, snapshot, born))
            {
                return new CommitOutcome.VersionConflict(snapshot.Subject);
            }
        }

        foreach (var entry in change.Entries)
        {
            batch.Append(entry);
        }

        foreach (var row in rows)
        {
            batch.Execute(SqliteStatements.AddAgendaRow, row);
        }

        if (change.DecidesDelivery is { } key)
        {
            batch.Execute(SqliteStatements.DecideDelivery, new { Key = key, DecidedAt = clock.GetUtcNow().UtcTicks });
        }

        return new CommitOutcome.Committed(change.Entries.Count > 0 ? born : batch.Head.Sequence);
    }

    /// <summary>False when another version, or another aggregate with this handle, is there.</summary>
    private static bool Write(SqliteBatch batch, SnapshotWrite snapshot, long born)
    {
        var index = snapshot.Index;
        var sql = snapshot.ExpectedVersion == 0 ? SqliteStatements.InsertSnapshot : SqliteStatements.UpdateSnapshot;
        return batch.Execute(sql, new
        {
            snapshot.Subject.Kind,
            snapshot.Subject.Key,
            snapshot.ExpectedVersion,
            Born = born,
            index.Open,
            index.State,
            index.Person,
            index.Server,
            index.Target,
            index.Handle,
            index.Login,
            Due = index.Due?.UtcTicks,
            index.Exposed,
            snapshot.Body,
        }) == 1;
    }

    private sealed record SnapshotRow(long Version, byte[] Body)
    {
        public Stored<T> As<T>()
            where T : class => new(LedgerJson.Read<T>(Body), Version);
    }
}
