using DbChatOps.Ledger;
using DbChatOps.Targets;

namespace DbChatOps.Host.Flow;

/// <summary>
/// A duty done again and again for as long as the bot runs: one turn, a pause, the next. What the outside world does to it ends the turn and
/// never the duty.
/// </summary>
public abstract class Recurring(TimeProvider clock, ILogger log) : BackgroundService
{
    /// <summary>The pause after a turn that a fault ended.</summary>
    protected virtual TimeSpan AfterFault => TimeSpan.FromSeconds(10);

    /// <summary>Does the duty once and says how long to rest.</summary>
    protected abstract Task<TimeSpan> TurnAsync(CancellationToken ct);

    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(await OneTurnAsync(stoppingToken), clock, stoppingToken);
        }
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
