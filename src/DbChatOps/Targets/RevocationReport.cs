namespace DbChatOps.Targets;

/// <summary>Where the ending of one login stands. Nothing here is a failed end state: whatever is not <see cref="ProvenGone"/> is tried again.</summary>
public enum RevocationStage
{
    /// <summary>A login or session is still possible: people are paged when overdue, and new grants on this server stop.</summary>
    Exposed = 0,

    /// <summary>Locked, stripped of every membership, no session anywhere; only the drop is pending.</summary>
    Contained = 1,

    /// <summary>Read back on every listed node: absent, no session, nothing owned, nothing prepared.</summary>
    ProvenGone = 2,

    /// <summary>
    /// Locked, stripped and signalled, but a session still runs one statement that was begun before the strip and cannot be interrupted
    /// (<see cref="RevocationReport.Uninterruptible"/>). People are paged when overdue; new grants on this server stop for a configured time only.
    /// </summary>
    Stripped = 3,
}

/// <summary>A session that was told to end and cannot: the server interrupts it when its present statement allows it.</summary>
public sealed record UninterruptibleSession(string Node, int ProcessId, DateTimeOffset StatementSince);

/// <summary>The outcome of one step of ending one login.</summary>
public sealed record RevocationReport
{
    public required string Login { get; init; }

    public required RevocationStage Stage { get; init; }

    /// <summary>The login's OID as passed in or learnt in this step; remember it, it is the handle for sessions after the drop.</summary>
    public uint? Oid { get; init; }

    /// <summary>Sessions terminated in this step, over all nodes.</summary>
    public int SessionsEnded { get; init; }

    /// <summary>Why it is not further, in words for a DBA ("standby db-2:5432 cannot be reached"); empty when proven gone.</summary>
    public IReadOnlyList<string> Blockers { get; init; } = [];

    /// <summary>The sessions behind <see cref="RevocationStage.Stripped"/>; empty at every other stage.</summary>
    public IReadOnlyList<UninterruptibleSession> Uninterruptible { get; init; } = [];

    /// <summary>Set while a declared delay of a standby is all that is missing: the writer is shut, and no session was found anywhere in this step.</summary>
    public ReplayWait? Waits { get; init; }

    /// <summary>When the next step is worth trying; never longer than the server needs.</summary>
    public TimeSpan RetryAfter { get; init; }

    /// <summary>Set when <see cref="Stage"/> is <see cref="RevocationStage.ProvenGone"/>.</summary>
    public RevocationProof? Proof { get; init; }
}

/// <summary>A standby that applies the end of a login only after its declared delay. Until then the login still stands there.</summary>
public sealed record ReplayWait
{
    /// <summary>The standby, such as <c>10.0.0.2:5432</c>.</summary>
    public required string Node { get; init; }

    public required TimeSpan Delay { get; init; }

    /// <summary>When it has applied the end, by the bot's clock.</summary>
    public required DateTimeOffset Until { get; init; }
}

/// <summary>What was read back, where and when. Stored in the ledger and shown on the card.</summary>
public sealed record RevocationProof
{
    public required string Login { get; init; }

    /// <summary>0 when the login had never been made.</summary>
    public required uint Oid { get; init; }

    /// <summary>Server time of the last read-back, corrected by the measured skew.</summary>
    public required DateTimeOffset ProvenAt { get; init; }

    /// <summary>Each listed node and what was read there, such as <c>10.0.0.2:5432 (standby, replayed past the drop)</c>.</summary>
    public required IReadOnlyList<string> Nodes { get; init; }

    /// <summary>What could not be checked, named ("residue not checked"); empty when nothing was left out.</summary>
    public IReadOnlyList<string> NotChecked { get; init; } = [];
}
