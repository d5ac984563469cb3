using System.Collections.Concurrent;
using DbChatOps.Targets;

namespace DbChatOps.Host.Engines.PostgreSql;

/// <summary>
/// What one step tells the next about a login. Only a shortcut: after a restart the waiting begins anew, which is longer, never less safe.
/// </summary>
internal sealed class EndingMemory(ReceiverWatch receivers)
{
    private readonly ConcurrentDictionary<(ServerId Server, string Login), Closing> _closings = new();

    public ReceiverWatch Receivers => receivers;

    public Closing Of(ServerId server, string login) => _closings.GetOrAdd((server, login), static _ => new Closing());

    public void Forget(ServerId server, string login) => _closings.TryRemove((server, login), out _);
}

/// <summary>WAL positions of lock and drop, and per node the start-up backends that may be older than the lock.</summary>
internal sealed class Closing
{
    public long? LockedAt { get; set; }

    public long? GoneAt { get; set; }

    /// <summary>The position that a standby must have replayed last: the drop's, or the lock's before there is one.</summary>
    public long? Awaited => GoneAt ?? LockedAt;

    /// <summary>When <see cref="Awaited"/> was first waited for, by the bot's clock.</summary>
    public (long Position, DateTimeOffset Since)? Waiting { get; private set; }

    /// <summary>Its mark, as last read.</summary>
    public LoginMark? Mark { get; set; }

    /// <summary>Sessions that were signalled after the lock and are still there: when that was, by a steady clock, and which statement they ran.</summary>
    public Dictionary<(string Node, int ProcessId, DateTimeOffset Since), (long SignalledAt, DateTimeOffset? Statement)> Signalled { get; } = [];

    /// <summary>Node → start-up backends seen when the lock was in force there; only ever shrinks.</summary>
    public Dictionary<string, HashSet<int>> StartingUp { get; } = new(StringComparer.Ordinal);

    /// <summary>How often its leftovers had their turn: whoever had fewer is next.</summary>
    public int Clearings { get; set; }

    /// <summary>Sessions of other logins that it was lent to before it was stripped: process → when it began, and whose it is.</summary>
    public Dictionary<int, (DateTimeOffset Start, string Role)> Borrowers { get; } = [];

    /// <summary>Since when what is awaited now is waited for.</summary>
    public DateTimeOffset WaitingSince(DateTimeOffset now)
    {
        if (Awaited is { } awaited && Waiting?.Position != awaited)
        {
            Waiting = (awaited, now);
        }

        return Waiting?.Since ?? now;
    }

    /// <summary>The login was open again: whatever was learnt is void.</summary>
    public void Reset()
    {
        Waiting = null;
        LockedAt = null;
        GoneAt = null;
        StartingUp.Clear();
        Signalled.Clear();
    }
}
