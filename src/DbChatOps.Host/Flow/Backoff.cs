namespace DbChatOps.Host.Flow;

/// <summary>How long to wait before the next try: doubles from half a second, never beyond the given cap.</summary>
public static class Backoff
{
    public static TimeSpan After(int attempts, TimeSpan cap)
    {
        var wait = TimeSpan.FromSeconds(0.5 * Math.Pow(2, Math.Min(attempts, 16)));
        return wait < cap ? wait : cap;
    }
}
