namespace DbChatOps.Ledger;

/// <summary>
/// A durable note of what to bring in line, not of what to do: the worker loads the present state and converges, so an obsolete row is a no-op.
/// A timer is a row with a future due time.
/// </summary>
public sealed record AgendaRow
{
    /// <summary>Rows with one key collapse into one.</summary>
    public required string Key { get; init; }

    /// <summary>Rows of a lane are worked in order by one worker: <c>engine:&lt;server&gt;</c>, <c>chat:&lt;place&gt;</c>, <c>dispatch</c>, <c>handover:&lt;grant&gt;</c>.</summary>
    public required string Lane { get; init; }

    public required AgendaPriority Priority { get; init; }

    public required DateTimeOffset Due { get; init; }

    public required AgendaItem Item { get; init; }
}

/// <summary>Revoke before reveal before provision before the rest.</summary>
public enum AgendaPriority
{
    Revoke = 0,
    Reveal = 1,
    Provision = 2,
    Rest = 3,
}

/// <summary>A row as claimed; the revision tells whether it was renewed while it was being worked.</summary>
public sealed record ClaimedRow(AgendaRow Row, long Revision, int Attempts);
