using System.Diagnostics;

namespace DbChatOps.Tests.PostgreSql;

/// <summary>A running receiver of WAL that applies none.</summary>
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
