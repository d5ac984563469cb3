namespace DbChatOps.Playground.Faults;

/// <summary>Something that goes wrong with one call of the Web API.</summary>
public abstract record Fault
{
    private Fault()
    {
    }

    /// <summary>Answers after a while, by the workspace's clock.</summary>
    public sealed record Slow(TimeSpan By) : Fault;

    /// <summary>HTTP 429 without doing anything.</summary>
    public sealed record RateLimited(TimeSpan RetryAfter) : Fault;

    /// <summary>HTTP 500 with a page for people, without doing anything.</summary>
    public sealed record HtmlError(int Status = 500) : Fault;

    /// <summary>Does the thing, then cuts the connection: the caller cannot know.</summary>
    public sealed record LostAnswer : Fault;

    /// <summary>Cuts the connection without doing anything.</summary>
    public sealed record Reset : Fault;

    /// <summary>Refuses with an error code, for example <c>internal_error</c>.</summary>
    public sealed record Refused(string Code) : Fault;

    /// <summary>Holds the call until <see cref="Release"/>; before the thing is done. For tests of races, without sleeping.</summary>
    public sealed record Held : Fault
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Completes when a call has arrived and waits.</summary>
        public Task Reached => _reached.Task;

        public void Release() => _released.TrySetResult();

        internal Task WaitAsync(CancellationToken ct)
        {
            _reached.TrySetResult();
            return _released.Task.WaitAsync(ct);
        }
    }
}
