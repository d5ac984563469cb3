using System.Runtime.CompilerServices;
using Xunit;

namespace DbChatOps.Tests;

/// <summary>A test that waits for something that never comes must fail, and say what it waited for, instead of holding up the whole suite.</summary>
internal static class Patience
{
    /// <summary>Far beyond what anything takes that a test waits for, on the busiest machine.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    /// <exception cref="TimeoutException">It never came.</exception>
    public static async Task<T> Patiently<T>(this Task<T> task, [CallerArgumentExpression(nameof(task))] string what = "")
    {
        try
        {
            return await task.WaitAsync(Longest, TestContext.Current.CancellationToken);
        }
        catch (TimeoutException fault)
        {
            throw new TimeoutException($"Waited {Longest.TotalMinutes} min in vain for {what}.", fault);
        }
    }

    /// <inheritdoc cref="Patiently{T}"/>
    public static async Task Patiently(this Task task, [CallerArgumentExpression(nameof(task))] string what = "") => await DoneAsync(task).Patiently(what);

    private static async Task<bool> DoneAsync(Task task)
    {
        await task;
        return true;
    }
}
