namespace DbChatOps.Ledger;

/// <summary>An attempt that was refused, worth keeping: who tried what, and why not.</summary>
[EventKind("refused/1")]
public sealed record AttemptRefused : DomainEvent, IRemark
{
    public required Subject About { get; init; }

    public required string Attempt { get; init; }

    public required string Code { get; init; }

    public required string Message { get; init; }

    public override Subject Subject => About;
}
