namespace DbChatOps.Host.Storage;

/// <summary>A write that waits for its turn; the caller gets an answer only when the transaction that carried it is durable.</summary>
internal abstract class PendingWrite<TBatch>
    where TBatch : IBatch
{
    private int _started;

    /// <summary>Exactly one of the writer (to begin) and the caller (to give up) gets true.</summary>
    public bool TryStart() => Interlocked.Exchange(ref _started, 1) == 0;

    /// <summary>True when the write stays in the transaction. Its answer is kept back until <see cref="Answer"/>.</summary>
    public abstract ValueTask<bool> ApplyAsync(TBatch batch);

    /// <summary>The write alone is at fault (a mistake of ours); the rest of the batch goes on.</summary>
    public abstract void Blame(Exception fault);

    /// <summary>The transaction is durable: tell the caller what came of it.</summary>
    public abstract void Answer();

    /// <summary>The transaction failed: nothing of it was written.</summary>
    public abstract void Fail(Exception fault);
}

/// <inheritdoc/>
internal sealed class PendingWrite<TBatch, T>(Func<TBatch, ValueTask<Written<T>>> write) : PendingWrite<TBatch>
    where TBatch : IBatch
{
    private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Exception? _fault;
    private T? _answer;

    /// <summary>Cancellation counts only until the writer has begun; afterwards the outcome is awaited, so that it is never in doubt.</summary>
    public async Task<T> WaitAsync(CancellationToken ct)
    {
        await using var giveUp = ct.UnsafeRegister(
            static (state, token) =>
            {
                var write = (PendingWrite<TBatch, T>)state!;
                if (write.TryStart())
                {
                    write._done.TrySetCanceled(token);
                }
            },
            this);
        return await _done.Task;
    }

    public override async ValueTask<bool> ApplyAsync(TBatch batch)
    {
        // The transaction may be tried twice.
        _fault = null;
        var written = await write(batch);
        _answer = written.Answer;
        return written.Stays;
    }

    public override void Blame(Exception fault) => _fault = fault;

    public override void Answer()
    {
        if (_fault is null)
        {
            _done.TrySetResult(_answer!);
        }
        else
        {
            _done.TrySetException(_fault);
        }
    }

    public override void Fail(Exception fault) => _done.TrySetException(fault);
}
