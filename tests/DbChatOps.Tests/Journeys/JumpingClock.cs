namespace DbChatOps.Tests.Journeys;

/// <summary>A wall clock that somebody sets; the monotonic one goes on.</summary>
public sealed class JumpingClock(TimeProvider inner) : TimeProvider
{
    /// <summary>How far it is off now.</summary>
    public TimeSpan Jump { get; set; }

    public override long TimestampFrequency => inner.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => inner.GetUtcNow() + Jump;

    public override long GetTimestamp() => inner.GetTimestamp();
}
