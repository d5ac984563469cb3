using DbChatOps.Targets;

namespace DbChatOps.Host.Engines.PostgreSql;

/// <summary>One login during one step of ending.</summary>
internal sealed class EndingState(EndingLogin login, Closing closing)
{
    private readonly HashSet<(string Node, int ProcessId)> _ended = [];
    private readonly HashSet<(string Node, int ProcessId)> _refused = [];
    private readonly HashSet<string> _clearNodes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, IReadOnlyList<StartUp>?> _startUps = new(StringComparer.Ordinal);

    public string Name => login.Name;

    public AccessLevel? Level => login.Level;

    public Closing Closing => closing;

    /// <summary>As passed in or found; absent when the login was never made.</summary>
    public uint? Oid { get; set; } = login.Oid;

    /// <summary>A role of ours with this name is on the server.</summary>
    public bool IsPresent { get; set; }

    /// <summary>A role of this name (or OID) that does not verify as ours: reported, never touched.</summary>
    public bool IsForeign { get; set; }

    /// <summary>Shut, and lent to nobody: no new session is possible.</summary>
    public bool IsLocked { get; set; }

    /// <summary>Locked, and every membership of its own is gone too.</summary>
    public bool IsStripped { get; set; }

    /// <summary>It is shut and left for people to look at, because its mark does not verify although the facade made it.</summary>
    public bool IsOnlyShut => login.OnlyShut;

    public bool IsProven { get; set; }

    /// <summary>False when its mark is gone or too old to tell under which roles, and since when, it may have prepared transactions.</summary>
    public bool IsPreparingKnown => Oid is null || closing.Mark is { IsWhole: true };

    public List<string> Blockers { get; } = [];

    /// <summary>What it left is on its way: the next step goes on at once.</summary>
    public bool IsBeingCleared { get; set; }

    /// <summary>A session of somebody else's login may still act with its power.</summary>
    public bool IsBorrowed { get; set; }

    /// <summary>What may be its own under other roles, and what cannot be told at all; stands on the proof.</summary>
    public List<string> NotChecked { get; } = [];

    /// <summary>Sessions that were signalled long enough ago and still run the statement that they ran then.</summary>
    public List<UninterruptibleSession> Stubborn { get; } = [];

    /// <summary>Server time of the read-back, corrected by the measured skew.</summary>
    public DateTimeOffset? ProvenAt { get; set; }

    public int SessionsEnded => _ended.Count;

    /// <summary>No new session is possible: locked and stripped, or not there at all.</summary>
    public bool IsShut => !IsForeign && (IsLocked || !IsPresent);

    public void Ended(string node, int processId) => _ended.Add((node, processId));

    /// <summary>A session of it was found, and ended, on this node in this step.</summary>
    public bool WasSeenOn(string node) => _ended.Any(ended => string.Equals(ended.Node, node, StringComparison.Ordinal));

    /// <summary>Names a session that the server does not let the bot end; once a step.</summary>
    public void NoteRefusal(string node, SignalledSession session)
    {
        if (session.WasRefused && _refused.Add((node, session.ProcessId)))
        {
            Blockers.Add($"its session {session.ProcessId} on {node} could not be signalled ({session.Outcome}); as a superuser there: SELECT pg_terminate_backend({session.ProcessId})");
        }
    }

    /// <summary>Start-ups on this node that may be its own and from before the lock; null while nothing can be said, because the lock is not in force there.</summary>
    public IReadOnlyList<StartUp>? StartUpsOn(string node) => _startUps.GetValueOrDefault(node);

    public void SetStartUps(string node, IReadOnlyList<StartUp>? startUps) => _startUps[node] = startUps;

    public void SetClear(string node, bool clear)
    {
        if (clear)
        {
            _clearNodes.Add(node);
        }
        else
        {
            _clearNodes.Remove(node);
        }
    }

    /// <summary>Nodes that are not clear for a stubborn session alone.</summary>
    public HashSet<string> OnlyStubbornOn { get; } = new(StringComparer.Ordinal);

    /// <summary>No session there, and none can come: every start-up backend older than the lock has shown itself or left.</summary>
    public bool IsClearOn(string node) => _clearNodes.Contains(node);
}
