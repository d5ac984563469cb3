namespace DbChatOps.Playground.World;

/// <summary>One token bucket per channel.</summary>
internal sealed class ChannelBuckets(ChannelPacing? pacing)
{
    private readonly Dictionary<string, (double Tokens, DateTimeOffset At)> _buckets = new(StringComparer.Ordinal);

    public TimeSpan? TakeTurn(string channelId, DateTimeOffset now)
    {
        if (pacing is null) return null;

        var (tokens, at) = _buckets.GetValueOrDefault(channelId, (pacing.Burst, now));
        tokens = Math.Min(pacing.Burst, tokens + ((now - at) / pacing.Interval));
        _buckets[channelId] = tokens >= 1 ? (tokens - 1, now) : (tokens, now);
        return tokens >= 1 ? null : pacing.Interval * (1 - tokens);
    }
}
