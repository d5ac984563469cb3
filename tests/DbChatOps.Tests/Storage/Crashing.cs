using System.Reflection;

namespace DbChatOps.Tests.Storage;

/// <summary>Thrown where a test lets the process die: nothing after it has happened, nobody was answered.</summary>
public sealed class CrashException(string call) : Exception($"The process died at {call}.");

/// <summary>
/// Where to die: calls are counted over every port that shares the plan, so that a test can first count the effects of a story and then
/// repeat it, dying before and after each one.
/// </summary>
public sealed class CrashPlan
{
    private readonly List<string> _calls = [];

    /// <summary>Die before this call (from 1) takes effect.</summary>
    public int? Before { get; init; }

    /// <summary>Die after this call has taken effect, before the caller learns of it.</summary>
    public int? After { get; init; }

    /// <summary>Which calls count; all by default. Names are <c>ILedger.CommitAsync</c>.</summary>
    public Func<string, bool> Counts { get; init; } = static _ => true;

    /// <summary>The counted calls, in order.</summary>
    public IReadOnlyList<string> Calls => _calls;

    /// <summary>The planned death has come.</summary>
    public bool Died => IsOver;

    internal bool IsOver { get; private set; }

    /// <summary>The number of this call; null when it does not count.</summary>
    internal int? Enter(string call)
    {
        lock (_calls)
        {
            DieIf(IsOver, call);
            if (!Counts(call))
            {
                return null;
            }

            _calls.Add(call);
            DieIf(_calls.Count == Before, call);
            return _calls.Count;
        }
    }

    internal void Leave(int? number, string call)
    {
        lock (_calls)
        {
            DieIf(IsOver || (number is not null && number == After), call);
        }
    }

    /// <summary>A dead process makes no further calls.</summary>
    private void DieIf(bool dies, string call)
    {
        if (dies)
        {
            IsOver = true;
            throw new CrashException(call);
        }
    }
}

/// <summary>Any port, dying as planned: <c>Crashing.Wrap&lt;ILedger&gt;(store.Ledger, plan)</c>. Properties and events pass through uncounted.</summary>
public static class Crashing
{
    public static T Wrap<T>(T inner, CrashPlan plan)
        where T : class
    {
        var proxy = DispatchProxy.Create<T, CrashingProxy<T>>();
        ((CrashingProxy<T>)(object)proxy).Inner = inner;
        ((CrashingProxy<T>)(object)proxy).Plan = plan;
        return proxy;
    }
}

/// <summary>Made by <see cref="Crashing.Wrap"/> only.</summary>
public class CrashingProxy<T> : DispatchProxy
    where T : class
{
    internal T Inner { get; set; } = null!;

    internal CrashPlan Plan { get; set; } = null!;

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        if (targetMethod!.IsSpecialName || !targetMethod.ReturnType.IsAssignableTo(typeof(Task)))
        {
            return Call(targetMethod, args);
        }

        var name = $"{typeof(T).Name}.{targetMethod.Name}";
        return targetMethod.ReturnType.IsGenericType
            ? typeof(CrashingProxy<T>).GetMethod(nameof(AnswerAsync), BindingFlags.NonPublic | BindingFlags.Instance)!
                .MakeGenericMethod(targetMethod.ReturnType.GetGenericArguments()).Invoke(this, [targetMethod, args, name])
            : DoAsync(targetMethod, args, name);
    }

    private async Task<TAnswer> AnswerAsync<TAnswer>(MethodInfo method, object?[]? args, string name)
    {
        var number = Plan.Enter(name);
        var answer = await (Task<TAnswer>)Call(method, args)!;
        Plan.Leave(number, name);
        return answer;
    }

    private async Task DoAsync(MethodInfo method, object?[]? args, string name)
    {
        var number = Plan.Enter(name);
        await (Task)Call(method, args)!;
        Plan.Leave(number, name);
    }

    private object? Call(MethodInfo method, object?[]? args) => method.Invoke(Inner, BindingFlags.DoNotWrapExceptions, null, args, null);
}
