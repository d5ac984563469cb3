using System.Globalization;

namespace DbChatOps.Benchmarks;

public static class Program
{
    /// <summary>Enough that the slowest is not the 99th percentile.</summary>
    private const int Clicks = 120;

    public static async Task<int> Main(string[] args)
    {
        switch (args)
        {
            case ["ledger"]:
                await LedgerBenchmark.RunAsync(Console.Out, CancellationToken.None);
                return 0;
            case ["approvals"]:
                await ApprovalBenchmark.RunAsync(Clicks, Console.Out, CancellationToken.None);
                return 0;
            case ["approvals", var clicks]:
                await ApprovalBenchmark.RunAsync(int.Parse(clicks, CultureInfo.InvariantCulture), Console.Out, CancellationToken.None);
                return 0;
            case ["expiries"]:
                await ExpiryBenchmark.RunAsync(Console.Out, CancellationToken.None);
                return 0;
            case ["expiries", var count]:
                await ExpiryBenchmark.RunAsync(int.Parse(count, CultureInfo.InvariantCulture), Console.Out, CancellationToken.None);
                return 0;
            case ["acks"]:
                await AckBenchmark.RunAsync(TimeSpan.FromSeconds(15), Console.Out, CancellationToken.None);
                return 0;
            case ["acks", var seconds]:
                await AckBenchmark.RunAsync(TimeSpan.FromSeconds(int.Parse(seconds, CultureInfo.InvariantCulture)), Console.Out, CancellationToken.None);
                return 0;
            default:
                await Console.Error.WriteLineAsync("benchmarks: acks [seconds] | approvals [clicks] | expiries [count] | ledger");
                return 2;
        }
    }
}
