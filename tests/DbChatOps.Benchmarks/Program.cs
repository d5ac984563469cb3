namespace DbChatOps.Benchmarks;

public static class Program
{
    public static async Task<int> Main(string[] args)
    {
        switch (args)
        {
            case ["ledger"]:
                await LedgerBenchmark.RunAsync(Console.Out, CancellationToken.None);
                return 0;
            case ["access"]:
                await AccessBenchmark.RunAsync(Console.Out, CancellationToken.None);
                return 0;
            default:
                await Console.Error.WriteLineAsync("benchmarks: ledger | access");
                return 2;
        }
    }
}
