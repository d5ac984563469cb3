namespace DbChatOps.Targets;

/// <summary>The host's operator asked for a comparison of servers and ledger; this is what came of it.</summary>
[EventKind("reconcile.ran/1")]
public sealed record Reconciled : DomainEvent, IRemark
{
    /// <summary>Names the operator's request, who waits for it.</summary>
    public required string Asked { get; init; }

    /// <summary>One line per difference; empty when servers and ledger agree.</summary>
    public required IReadOnlyList<string> Findings { get; init; }

    public override Subject Subject => new("reconcile", Asked);
}
