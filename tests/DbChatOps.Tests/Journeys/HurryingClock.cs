namespace DbChatOps.Tests.Journeys;

/// <summary>Moves the story's clock where somebody would wait: what is paced keeps its pace, and no test waits for it.</summary>
public sealed class HurryingClock(ShiftedClock story) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => story.GetUtcNow();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        story.Advance(dueTime > TimeSpan.Zero ? dueTime : TimeSpan.Zero);
        return System.CreateTimer(callback, state, dueTime > TimeSpan.Zero ? TimeSpan.Zero : dueTime, period);
    }
}
