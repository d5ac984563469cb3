using DbChatOps.Host.Storage;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Storage;

public sealed class StoreLockTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dbchatops-lock-");

    private string Store => Path.Combine(_folder.FullName, "store.db");

    [Fact]
    public void A_second_worker_is_told_who_holds_the_store()
    {
        using var first = StoreLock.TryTake(Store, TimeProvider.System, out var nobody).ShouldNotBeNull();

        StoreLock.TryTake(Store, TimeProvider.System, out var heldBy).ShouldBeNull();

        nobody.ShouldBeNull();
        heldBy.ShouldNotBeNull().ShouldContain($"process {Environment.ProcessId} on {Environment.MachineName}");
    }

    [Fact]
    public void A_lock_that_was_let_go_can_be_taken()
    {
        StoreLock.TryTake(Store, TimeProvider.System, out _).ShouldNotBeNull().Dispose();

        using var second = StoreLock.TryTake(Store, TimeProvider.System, out _).ShouldNotBeNull();
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
