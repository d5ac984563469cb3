using DbChatOps.Targets;

namespace DbChatOps.Access;

/// <summary>
/// A login was ended while the ledger could not be written: taken over afterwards from the local file in which it was noted meanwhile.
/// It changes no state; the grant's own ending follows and finds nothing left to do.
/// </summary>
[EventKind("spool.ended/1")]
public sealed record EndedOutside : DomainEvent, IRemark
{
    /// <summary>The noted line, so that it is taken over once.</summary>
    public required string Line { get; init; }

    public required ServerId Server { get; init; }

    public required string Login { get; init; }

    public GrantId? Grant { get; init; }

    public required RevocationStage Stage { get; init; }

    public IReadOnlyList<string> Blockers { get; init; } = [];

    public RevocationProof? Proof { get; init; }

    /// <summary>When it was done; <see cref="DomainEvent.At"/> is when it was taken over.</summary>
    public required DateTimeOffset EndedAt { get; init; }

    public override Subject Subject => Grant is { } grant ? Subject.Of(grant) : Subject.Of(Server);
}
