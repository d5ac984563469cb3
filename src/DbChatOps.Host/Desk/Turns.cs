namespace DbChatOps.Host.Desk;

/// <summary>
/// A few decisions at a time on what people typed; the rest waits in the order of arrival. What is durable can be acknowledged before its turn, so a flood
/// of commands costs waiting and not lost ones, and leaves the machine to whatever ends access.
/// </summary>
public sealed class Turns : IDisposable
{
    /// <summary>More than people type at once in a minute's alarm, fewer than would crowd out the rest.</summary>
    private const int AtOnce = 4;

    private readonly SemaphoreSlim _free = new(AtOnce);
    private int _inside;

    /// <summary>A newcomer's turn would come at once.</summary>
    public bool AreFree => Volatile.Read(ref _inside) < AtOnce;

    public void Dispose() => _free.Dispose();

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
}
