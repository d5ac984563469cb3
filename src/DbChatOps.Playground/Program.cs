using System.CommandLine;
using DbChatOps.Playground.Demo;

namespace DbChatOps.Playground;

public static class Program
{
    /// <summary>Ctrl-C must leave time to stop the bot and the servers, and to remove their folders.</summary>
    private static readonly InvocationConfiguration Patient = new() { ProcessTerminationTimeout = TimeSpan.FromSeconds(60) };

    public static Task<int> Main(string[] args) => DemoCommands.Root().Parse(args).InvokeAsync(Patient);
}
