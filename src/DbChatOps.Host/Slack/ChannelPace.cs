using DbChatOps.Chat;

namespace DbChatOps.Host.Slack;

/// <summary>
/// Holds posts and updates back to what Slack allows per channel: about one a second, a few at once after a pause. Waits a little itself;
/// when more is waiting than that, the caller is told when to come back.
/// </summary>
public sealed class ChannelPace(TimeProvider time)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(3);
    private const int Burst = 4;
    private const int MostChannels = 1000;

    private readonly Lock _gate = new();

    /// <summary>Per channel, when the bucket would be full again.</summary>
    private readonly Dictionary<string, DateTimeOffset> _fullAt = new(StringComparer.Ordinal);

    /// <summary>Returns when it is this message's turn.</summary>
    /// <exception cref="ChatUnavailableException">Too much is waiting for this channel; nothing was sent.</exception>
    public Task WaitAsync(string channel, CancellationToken ct)
    {
        var wait = Reserve(channel);
        return wait > TimeSpan.Zero ? Task.Delay(wait, time, ct) : Task.CompletedTask;
    }

    private TimeSpan Reserve(string channel)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            var fullAt = _fullAt.TryGetValue(channel, out var known) && known > now ? known : now;
            var wait = fullAt + Interval - now - (Interval * Burst);
            if (wait > LongestWait)
            {
                throw new ChatUnavailableException("Too much is waiting for this channel.", wait);
            }

            Forget(now);
            _fullAt[channel] = fullAt + Interval;
            return wait;
        }
    }

    private void Forget(DateTimeOffset now)
    {
        if (_fullAt.Count < MostChannels)
        {
            return;
        }

        foreach (var channel in _fullAt.Where(entry => entry.Value <= now).Select(entry => entry.Key).ToList())
        {
            _fullAt.Remove(channel);
        }
    }
}
