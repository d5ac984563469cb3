using System.Threading.Channels;

namespace DbChatOps.Tests.Slack;

/// <summary>Skips pauses below <see cref="Longest"/>, holds the others for ever, and tells which were wished for.</summary>
internal sealed class SkippingClock : TimeProvider
{
    private readonly Channel<TimeSpan> _pauses = Channel.CreateUnbounded<TimeSpan>();

    public TimeSpan Longest { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>The next pause of at least this length.</summary>
    public async Task<TimeSpan> PauseAsync(TimeSpan atLeast, CancellationToken ct)
    {
        while (true)
        {
            var pause = await _pauses.Reader.ReadAsync(ct).AsTask().Patiently($"a pause of {atLeast}");
            if (pause >= atLeast)
            {
                return pause;
            }
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime < TimeSpan.Zero)
        {
            return new Held();
        }

        _pauses.Writer.TryWrite(dueTime);
        if (dueTime < Longest)
        {
            ThreadPool.QueueUserWorkItem(_ => callback(state));
        }

        return new Held();
    }

    private sealed class Held : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
