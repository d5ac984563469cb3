namespace DbChatOps.Host.Desk;

/// <summary>
/// A few decisions at a time on what people typed, and what is still arriving goes before what waits. So a flood of commands costs waiting and not
/// lost ones, and leaves the machine to whatever ends access.
/// </summary>
public sealed class Turns(TimeProvider clock) : IDisposable
{
    /// <summary>More than people type at once in a minute's alarm, fewer than would crowd out the rest.</summary>
    private const int AtOnce = 4;

    /// <summary>A flood without end slows decisions down; it does not stop them.</summary>
    private static readonly TimeSpan LongestGivingWay = TimeSpan.FromMilliseconds(100);

    private readonly SemaphoreSlim _free = new(AtOnce);
    private readonly Lock _gate = new();
    private TaskCompletionSource? _quiet;
    private int _arriving;
    private int _inside;

    /// <summary>A newcomer's turn would come at once.</summary>
    public bool AreFree => Volatile.Read(ref _inside) < AtOnce;

    public void Dispose() => _free.Dispose();

    /// <summary>Makes something durable; nobody who waits for a turn holds it up.</summary>
    public async Task<T> ArriveAsync<T>(Func<Task<T>> accept)
    {
        lock (_gate)
        {
            if (_arriving++ == 0)
            {
                _quiet = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            }
        }

        try
        {
            return await accept();
        }
        finally
        {
            lock (_gate)
            {
                if (--_arriving == 0)
                {
                    _quiet?.SetResult();
                }
            }
        }
    }

    /// <summary>Decides when a turn comes: at once if one is free.</summary>
    public async Task<T> TakeAsync<T>(Func<Task<T>> work, CancellationToken ct)
    {
        Interlocked.Increment(ref _inside);
        try
        {
            await _free.WaitAsync(ct);
            try
            {
                return await work();
            }
            finally
            {
                _free.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _inside);
        }
    }

    /// <summary>Returns when nothing arrives just now, or has for too long.</summary>
    public async Task GiveWayAsync(CancellationToken ct)
    {
        Task? quiet;
        lock (_gate)
        {
            quiet = _arriving > 0 ? _quiet?.Task : null;
        }

        if (quiet is null)
        {
            return;
        }

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        await Task.WhenAny(quiet, Task.Delay(LongestGivingWay, clock, patience.Token));
        await patience.CancelAsync();
        ct.ThrowIfCancellationRequested();
    }
}
