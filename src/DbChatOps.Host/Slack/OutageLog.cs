namespace DbChatOps.Host.Slack;

/// <summary>Says once that Slack does not answer, then ever more rarely, and once that it is back: a night's outage is a page of log, not a disk full.</summary>
internal sealed class OutageLog(TimeProvider time, ILogger log)
{
    private static readonly TimeSpan First = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    private readonly Lock _gate = new();
    private DateTimeOffset? _since;
    private DateTimeOffset _silentUntil;
    private TimeSpan _pause = First;
    private int _failed;
    private bool _isSaid;

    public void Failed(string method, string why)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            _since ??= now;
            _failed++;
            if (now < _silentUntil)
            {
                return;
            }

            // What comes back soon after it was over is the same trouble, and goes on being said rarely.
            _pause = now - _silentUntil > Longest ? First : _pause * 2 < Longest ? _pause * 2 : Longest;
            _silentUntil = now + _pause;
            _isSaid = true;
            log.CallFailed(method, why, _failed);
        }
    }

    public void Answered()
    {
        lock (_gate)
        {
            if (_since is { } since && _isSaid)
            {
                log.SlackIsBack(_failed, time.GetUtcNow() - since);
            }

            (_since, _failed, _isSaid) = (null, 0, false);
        }
    }
}
