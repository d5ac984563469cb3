namespace DbChatOps.Playground.Faults;

/// <summary>Which calls will go wrong. Faults of one method are used up in the order they were planned.</summary>
public sealed class FaultPlan
{
    /// <summary>Stands for every method.</summary>
    public const string AnyMethod = "*";

    private readonly Lock _gate = new();
    private readonly List<Planned> _planned = [];

    /// <summary>The next <paramref name="times"/> calls of <paramref name="method"/> (or <see cref="AnyMethod"/>) suffer <paramref name="fault"/>.</summary>
    public void On(string method, Fault fault, int times = 1)
    {
        lock (_gate) _planned.Add(new Planned(method, fault, times));
    }

    public void Clear()
    {
        lock (_gate) _planned.Clear();
    }

    internal Fault? Take(string method)
    {
        lock (_gate)
        {
            var index = _planned.FindIndex(planned => planned.Method is AnyMethod || string.Equals(planned.Method, method, StringComparison.Ordinal));
            if (index < 0) return null;

            var planned = _planned[index];
            if (planned.Left == 1) _planned.RemoveAt(index);
            else _planned[index] = planned with { Left = planned.Left - 1 };
            return planned.Fault;
        }
    }

    private sealed record Planned(string Method, Fault Fault, int Left);
}
