using Dapper;
using DbChatOps.Chat;
using DbChatOps.Host.Flow;

namespace DbChatOps.Host.Storage;

/// <inheritdoc cref="IInbox"/>
internal sealed class SqliteInbox(SqliteDatabase database, Committer<SqliteBatch> committer, TimeProvider clock) : IInbox
{
    /// <summary>How long a key is remembered.</summary>
    public static readonly TimeSpan Memory = TimeSpan.FromHours(24);

    /// <summary>Old keys that go with a batch: more than arrive with it, few enough not to be noticed.</summary>
    public const int PurgedWithBatch = 2 * Committer<SqliteBatch>.LargestBatch;

    public Task<bool> AcceptAsync(Delivery delivery, CancellationToken ct)
    {
        var row = new
        {
            delivery.Key,
            ReceivedAt = delivery.ReceivedAt.UtcTicks,
            Kind = delivery.Kind.ToString(),
            Payload = DeliveryJson.Write(delivery),
            ForgetBefore = (delivery.ReceivedAt - Memory).UtcTicks,
            Limit = PurgedWithBatch,
        };
        return committer.WriteAsync(
            batch =>
            {
                var isNew = batch.Execute(SqliteStatements.AcceptDelivery, row) == 1;
                if (!batch.HasPurgedInbox)
                {
                    batch.Execute(SqliteStatements.PurgeDeliveries, row);
                    batch.HasPurgedInbox = true;
                }

                return ValueTask.FromResult(new Written<bool>(isNew, Stays: true));
            },
            ct);
    }

    public async Task<IReadOnlyList<Delivery>> UndecidedAsync(CancellationToken ct)
    {
        var payloads = await database.ReadAsync(connection => connection.Query<byte[]>(SqliteStatements.UndecidedDeliveries).AsList(), ct);
        return [.. payloads.Select(payload => DeliveryJson.Read(payload))];
    }

    public async Task<IReadOnlyList<Delivery>> UndecidedAsync(DeliveryKind kind, int most, CancellationToken ct)
    {
        var oldest = new { Kind = kind.ToString(), Most = most };
        var payloads = await database.ReadAsync(connection => connection.Query<byte[]>(SqliteStatements.OldestUndecidedDeliveries, oldest).AsList(), ct);
        return [.. payloads.Select(payload => DeliveryJson.Read(payload))];
    }

    public Task ForgetAsync(string deliveryKey, CancellationToken ct) => committer.WriteAsync(
        batch =>
        {
            var rows = batch.Execute(SqliteStatements.DecideDelivery, new { Key = deliveryKey, DecidedAt = clock.GetUtcNow().UtcTicks });
            return ValueTask.FromResult(new Written<int>(rows, Stays: true));
        },
        ct);
}
