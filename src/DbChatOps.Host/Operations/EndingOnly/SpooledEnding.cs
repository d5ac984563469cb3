using DbChatOps.Targets;

namespace DbChatOps.Host.Operations.EndingOnly;

/// <summary>One step of an ending that the ledger could not take: a line of the local file.</summary>
public sealed record SpooledEnding
{
    /// <summary>Unique, so that the line is taken over once.</summary>
    public required string Line { get; init; }

    public required DateTimeOffset At { get; init; }

    public required ServerId Server { get; init; }

    public GrantId? Grant { get; init; }

    public required RevocationReport Report { get; init; }
}
