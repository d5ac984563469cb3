namespace DbChatOps.Tests.Journeys;

/// <summary>The one place where tests wait for real time: for servers that we do not control.</summary>
public static class ServerClock
{
    public static Task WaitPast(TimeSpan time, CancellationToken ct) => Task.Delay(time, TimeProvider.System, ct);
}
