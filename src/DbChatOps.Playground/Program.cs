using DbChatOps.Playground.Demo;

namespace DbChatOps.Playground;

public static class Program
{
    public static Task<int> Main(string[] args) => DemoCommands.Root().Parse(args).InvokeAsync();
}
