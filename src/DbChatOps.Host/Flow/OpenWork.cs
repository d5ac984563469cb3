using System.Collections.Concurrent;

namespace DbChatOps.Host.Flow;

/// <summary>Work that goes on after whoever began it was answered. What fails stays in sight; the rest goes when it is done.</summary>
public sealed class OpenWork
{
    private readonly ConcurrentDictionary<Task, byte> _tasks = new();

    public IReadOnlyCollection<Task> Tasks => [.. _tasks.Keys];

    public void Add(Task work)
    {
        _tasks.TryAdd(work, 0);
        _ = work.ContinueWith(
            done => _tasks.TryRemove(done, out _),
            CancellationToken.None,
            TaskContinuationOptions.NotOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }
}
