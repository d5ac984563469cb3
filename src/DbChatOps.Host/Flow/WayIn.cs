namespace DbChatOps.Host.Flow;

/// <summary>Whether anything of chat can arrive: at once where chat calls us, after the first greeting where we open the sockets.</summary>
public sealed class WayIn
{
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task IsOpen => _opened.Task;

    public void Opened() => _opened.TrySetResult();
}
