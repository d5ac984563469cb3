namespace DbChatOps.Host.Storage;

/// <summary>One transaction that carries several writes, each of which can be taken back alone.</summary>
internal interface IBatch : IAsyncDisposable
{
    /// <summary>Marks where the next write begins.</summary>
    ValueTask MarkAsync();

    /// <summary>Takes back everything since the mark.</summary>
    ValueTask UndoAsync();

    /// <summary>Whether it appends to the ledger.</summary>
    bool AddsToLedger { get; }

    /// <summary>Makes everything durable. Disposing without it takes everything back.</summary>
    ValueTask CommitAsync();
}

/// <summary>What a write answers, and whether it stays in the transaction.</summary>
internal readonly record struct Written<T>(T Answer, bool Stays);
