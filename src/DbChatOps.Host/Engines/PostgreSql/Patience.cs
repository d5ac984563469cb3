using System.Diagnostics;

namespace DbChatOps.Host.Engines.PostgreSql;

/// <summary>All waiting of one step together. Real time on purpose: it waits for a real server, whatever the clock of a test says.</summary>
internal sealed class Patience(TimeSpan total)
{
    private TimeSpan _left = total;

    public bool IsOver => _left <= TimeSpan.Zero;

    public int LeftMilliseconds => Math.Max(1, (int)_left.TotalMilliseconds);

    /// <summary>Waits a moment, unless the patience is over.</summary>
    public async Task<bool> PauseAsync(CancellationToken ct)
    {
        if (IsOver)
        {
            return false;
        }

        var started = Stopwatch.GetTimestamp();
        await Task.Delay(TimeSpan.FromMilliseconds(8), ct);
        Spend(Stopwatch.GetElapsedTime(started));
        return true;
    }

    public void Spend(TimeSpan waited) => _left -= waited;
}
