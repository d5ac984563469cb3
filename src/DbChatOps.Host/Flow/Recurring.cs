using DbChatOps.Ledger;
using DbChatOps.Targets;

namespace DbChatOps.Host.Flow;

/// <summary>
/// A duty done again and again for as long as the bot runs: one turn, a pause, the next. What the outside world does to it ends the turn and
/// never the duty. <see cref="Wake"/> shortens a pause when there is news.
/// </summary>
public abstract class Recurring(TimeProvider clock, ILogger log) : BackgroundService
{
    private readonly SemaphoreSlim _call = new(0, 1);

    /// <summary>The pause after a turn that a fault ended.</summary>
    protected virtual TimeSpan AfterFault => TimeSpan.FromSeconds(10);

    /// <summary>Ends the pause that is under way, or the next one.</summary>
    public void Wake()
    {
        try
        {
            _call.Release();
        }
        catch (SemaphoreFullException)
        {
            // Called already.
        }
    }

    public override void Dispose()
    {
        _call.Dispose();
        base.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Does the duty once and says how long to rest.</summary>
    protected abstract Task<TimeSpan> TurnAsync(CancellationToken ct);

    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await PauseAsync(await OneTurnAsync(stoppingToken), stoppingToken);
        }
    }

    private async Task PauseAsync(TimeSpan pause, CancellationToken ct)
    {
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(ct);
        await Task.WhenAny(Task.Delay(pause, clock, timer.Token), _call.WaitAsync(timer.Token));
        await timer.CancelAsync();
        ct.ThrowIfCancellationRequested();
    }

    private async Task<TimeSpan> OneTurnAsync(CancellationToken ct)
    {
        try
        {
            return await TurnAsync(ct);
        }
        catch (Exception fault) when (fault is LedgerUnavailableException or TargetUnavailableException)
        {
            log.TurnEnded(GetType().Name, fault.Message);
        }
        catch (Exception fault) when (!ct.IsCancellationRequested)
        {
            log.TurnFailed(GetType().Name, fault);
        }

        return AfterFault;
    }
}
