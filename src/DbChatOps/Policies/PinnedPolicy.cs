namespace DbChatOps.Policies;

/// <summary>
/// The policy as it stood when something was asked; stored in the request. Later both this and the current policy of the same name must allow.
/// Groups are pinned by name only: who is in them is asked at every click.
/// </summary>
public sealed record PinnedPolicy
{
    public required AccessPolicy Policy { get; init; }

    /// <summary>Digest of the content at that time, part of the <see cref="ApprovalDigest"/>; shown in the audit beside the current one.</summary>
    public required string Hash { get; init; }

    public static PinnedPolicy Of(AccessPolicy policy) => new() { Policy = policy, Hash = PolicyHash.Of(policy) };
}
