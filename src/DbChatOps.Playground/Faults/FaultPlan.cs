namespace DbChatOps.Playground.Faults;

/// <summary>Which calls will go wrong. Faults of one method are used up in the order they were planned.</summary>
public sealed class FaultPlan
{
    /// <summary>Stands for every method.</summary>
    public const string AnyMethod = "*";

    private readonly Lock _gate = new();
    private readonly List<PlannedFault> _planned = [];
    private int _lastId;

    /// <summary>What is still to come, in the order it was planned.</summary>
    public IReadOnlyList<PlannedFault> Pending
    {
        get
        {
            lock (_gate) return [.. _planned];
        }
    }

    /// <summary>The next <paramref name="times"/> calls of <paramref name="method"/> (or <see cref="AnyMethod"/>) suffer <paramref name="fault"/>.</summary>
    public void On(string method, Fault fault, int times = 1)
    {
        lock (_gate) _planned.Add(new PlannedFault(++_lastId, method, fault, times));
    }

    /// <summary>Takes one plan back; false when it is used up already.</summary>
    public bool Forget(int id)
    {
        lock (_gate) return _planned.RemoveAll(planned => planned.Id == id) > 0;
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
}

/// <summary><paramref name="Left"/> more calls of <paramref name="Method"/> will suffer <paramref name="Fault"/>.</summary>
public sealed record PlannedFault(int Id, string Method, Fault Fault, int Left);
