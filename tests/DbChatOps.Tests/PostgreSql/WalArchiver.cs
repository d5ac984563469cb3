using System.Diagnostics;

namespace DbChatOps.Tests.PostgreSql;

/// <summary>A running program that receives WAL or files from a server and applies nothing.</summary>
public sealed class WalArchiver(Process process, Func<Task> afterwards) : IAsyncDisposable
{
    public async ValueTask DisposeAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
        await afterwards();
    }
}
