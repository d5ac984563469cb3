using Dapper;
using DbChatOps.Chat;
using DbChatOps.Host.Flow;

namespace DbChatOps.Host.Storage;

/// <inheritdoc cref="IMessageBook"/>
internal sealed class SqliteMessageBook(SqliteDatabase database, Committer<SqliteBatch> committer) : IMessageBook
{
    public Task<PostedCard?> FindAsync(string cardKey, CancellationToken ct) =>
        FindAsync(SqliteStatements.FindCard, new { cardKey }, ct);

    public Task<PostedCard?> FindByMessageAsync(MessageReference message, CancellationToken ct) =>
        FindAsync(SqliteStatements.FindCardByMessage, new { channel = message.Channel, id = message.Id }, ct);

    public Task<PostedCard?> FindInPostingAsync(string keyEnding, CancellationToken ct) =>
        FindAsync(SqliteStatements.FindCardInPosting, new { ending = keyEnding }, ct);

    public Task SaveAsync(PostedCard card, CancellationToken ct)
    {
        var row = new
        {
            card.CardKey,
            card.Message?.Channel,
            MessageId = card.Message?.Id,
            card.ShownDigest,
            PostingSince = card.PostingSince?.UtcTicks,
        };
        return committer.WriteAsync(batch => ValueTask.FromResult(new Written<int>(batch.Execute(SqliteStatements.SaveCard, row), Stays: true)), ct);
    }

    private async Task<PostedCard?> FindAsync(string sql, object values, CancellationToken ct)
    {
        var row = await database.ReadAsync(connection => connection.QueryFirstOrDefault<CardRow>(sql, values), ct);
        return row?.AsCard();
    }

    private sealed record CardRow(string CardKey, string? Channel, string? MessageId, string? ShownDigest, long? PostingSince)
    {
        public PostedCard AsCard() => new()
        {
            CardKey = CardKey,
            Message = Channel is null || MessageId is null ? null : new MessageReference(Channel, MessageId),
            ShownDigest = ShownDigest,
            PostingSince = PostingSince is { } ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null,
        };
    }
}
