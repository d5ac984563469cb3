using DbChatOps.Ledger;

namespace DbChatOps.Host.Flow;

/// <summary>
/// Keeps the agenda moving: sleeps until the earliest due row, wakes when rows are added or a lane becomes free.
/// Tests do not run it; they pump with <see cref="StepAsync"/>.
/// </summary>
public sealed class Pulse(Agenda agenda, IAgendaStore store, TimeProvider clock, ILogger<Pulse> log) : BackgroundService
{
    private static readonly TimeSpan LongestSleep = TimeSpan.FromSeconds(15);
    private readonly SemaphoreSlim _wake = new(0, 1);

    /// <summary>Starts whatever is due. Returns how long there is nothing more to start, or null when something was started.</summary>
    public async Task<TimeSpan?> StepAsync(CancellationToken ct)
    {
        if (await agenda.StartDueAsync(ct) > 0)
        {
            return null;
        }

        var next = await store.NextDueAsync(ct);
        var wait = next is { } due ? due - clock.GetUtcNow() : LongestSleep;
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait < LongestSleep ? wait : LongestSleep;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        store.RowsAdded = _ => Wake();
        agenda.LaneReleased = Wake;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (await StepAsync(stoppingToken) is { } wait)
                {
                    await SleepAsync(wait, stoppingToken);
                }
            }
            catch (Exception fault) when (fault is not OperationCanceledException)
            {
                log.AgendaUnreadable(fault);
                await Task.Delay(TimeSpan.FromSeconds(1), clock, stoppingToken);
            }
        }
    }

    /// <summary>What is under way is finished, within the host's patience: an ending that is cut off here waits for the next start.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        try
        {
            await Task.WhenAll(agenda.UnderWay).WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // Every row can be worked again.
        }
    }

    public override void Dispose()
    {
        _wake.Dispose();
        base.Dispose();
    }

    private void Wake()
    {
        try
        {
            _wake.Release();
        }
        catch (SemaphoreFullException)
        {
            // Already awake.
        }
    }

    private async Task SleepAsync(TimeSpan wait, CancellationToken ct)
    {
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var alarm = Task.Delay(wait, clock, timer.Token);
        var call = _wake.WaitAsync(timer.Token);
        await Task.WhenAny(alarm, call);
        await timer.CancelAsync();
        ct.ThrowIfCancellationRequested();
    }
}
