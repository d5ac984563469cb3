namespace DbChatOps.Benchmarks;

/// <summary>What is printed of many measurements of one thing.</summary>
internal static class Spread
{
    public static string Of(IReadOnlyCollection<TimeSpan> times)
    {
        var sorted = times.Order().ToList();
        return $"p50 {At(sorted, 0.50):F0} ms, p95 {At(sorted, 0.95):F0} ms, p99 {At(sorted, 0.99):F0} ms, max {sorted[^1].TotalMilliseconds:F0} ms";
    }

    private static double At(List<TimeSpan> sorted, double share) => sorted[(int)Math.Min(sorted.Count - 1, Math.Ceiling(sorted.Count * share) - 1)].TotalMilliseconds;
}
