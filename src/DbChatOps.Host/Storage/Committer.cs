using System.Threading.Channels;
using DbChatOps.Ledger;

namespace DbChatOps.Host.Storage;

/// <summary>
/// The one writer of this process: callers hand in writes and wait; it drains what is pending into one transaction, lets losers drop
/// out alone, and answers everybody after the commit. One flush of the disk so serves many callers, and the order of the chain is the order of commits.
/// </summary>
internal sealed class Committer<TBatch> : IAsyncDisposable
    where TBatch : IBatch
{
    public const int LargestBatch = 64;

    private readonly Channel<PendingWrite<TBatch>> _pending =
        Channel.CreateUnbounded<PendingWrite<TBatch>>(new UnboundedChannelOptions { SingleReader = true });

    private readonly Func<ValueTask<TBatch>> _begin;
    private readonly Task _writer;

    private readonly StoreTrouble? _trouble;

    /// <summary><paramref name="trouble"/> is told the outcome of each transaction, and may free space for one retry.</summary>
    public Committer(Func<ValueTask<TBatch>> begin, StoreTrouble? trouble = null)
    {
        (_begin, _trouble) = (begin, trouble);
        _writer = Task.Run(DrainAsync);
    }

    /// <summary>Queues a write and returns when it is durable (or has dropped out, as its answer says).</summary>
    /// <exception cref="OperationCanceledException">Cancelled before its turn: nothing was written.</exception>
    /// <exception cref="LedgerUnavailableException">The transaction failed, or the writer has stopped: nothing was written.</exception>
    public Task<T> WriteAsync<T>(Func<TBatch, ValueTask<Written<T>>> write, CancellationToken ct)
    {
        if (ct.IsCancellationRequested)
        {
            return Task.FromCanceled<T>(ct);
        }

        var pending = new PendingWrite<TBatch, T>(write);
        return _pending.Writer.TryWrite(pending)
            ? pending.WaitAsync(ct)
            : Task.FromException<T>(new LedgerUnavailableException("The store has been closed."));
    }

    /// <summary>Takes no new writes, finishes those that wait.</summary>
    public async ValueTask DisposeAsync()
    {
        _pending.Writer.TryComplete();
        await _writer;
    }

    private async Task DrainAsync()
    {
        var writes = new List<PendingWrite<TBatch>>(LargestBatch);
        while (await _pending.Reader.WaitToReadAsync())
        {
            writes.Clear();
            while (writes.Count < LargestBatch && _pending.Reader.TryRead(out var write))
            {
                if (write.TryStart())
                {
                    writes.Add(write);
                }
            }

            await SettleAsync(writes);
        }
    }

    private async Task SettleAsync(List<PendingWrite<TBatch>> writes)
    {
        try
        {
            if (writes.Count > 0)
            {
                _trouble?.Succeeded(await CommitOrRelieveAsync(writes));
            }
        }
        catch (Exception fault)
        {
            var reported = fault as LedgerUnavailableException ?? new LedgerUnavailableException("The store failed; nothing was written.", fault);
            _trouble?.Failed(reported);
            writes.ForEach(write => write.Fail(reported));
            return;
        }

        writes.ForEach(write => write.Answer());
    }

    /// <summary>Returns whether it appended to the ledger. Retries once after space was freed, so that callers need not.</summary>
    private async Task<bool> CommitOrRelieveAsync(List<PendingWrite<TBatch>> writes)
    {
        try
        {
            return await CommitAsync(writes);
        }
        catch (Exception fault) when (_trouble?.Relieve(fault) is true)
        {
            return await CommitAsync(writes);
        }
    }

    private async Task<bool> CommitAsync(List<PendingWrite<TBatch>> writes)
    {
        await using var batch = await _begin();
        foreach (var write in writes)
        {
            await batch.MarkAsync();
            if (!await StaysAsync(write, batch))
            {
                await batch.UndoAsync();
            }
        }

        await batch.CommitAsync();
        return batch.AddsToLedger;
    }

    private static async ValueTask<bool> StaysAsync(PendingWrite<TBatch> write, TBatch batch)
    {
        try
        {
            return await write.ApplyAsync(batch);
        }
        catch (Exception fault) when (fault is not LedgerUnavailableException)
        {
            write.Blame(fault);
            return false;
        }
    }
}
