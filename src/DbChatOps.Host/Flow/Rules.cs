using DbChatOps.Policies;
using DbChatOps.Targets;

namespace DbChatOps.Host.Flow;

/// <summary>What the loaded configuration lets the flow know; swapped whole at a reload.</summary>
public sealed record Rules
{
    public required PolicyBook Policies { get; init; }

    public required TargetBook Targets { get; init; }

    public required string ApprovalChannel { get; init; }

    public required IReadOnlyList<string> SecurityGroups { get; init; }

    /// <summary>Where the bot tells operators about itself; the approval channel when there is no other.</summary>
    public string AuditChannel { get; init; } = "";

    /// <summary>An audit channel of its own, in which people expect what is for the record only.</summary>
    public bool HasAuditChannel => AuditChannel.Length > 0 && AuditChannel != ApprovalChannel;

    /// <summary>For how long after its end was due a login that runs a statement that cannot be interrupted stops new grants on its server.</summary>
    public TimeSpan StrippedStopsGrantsFor { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The configuration is invalid, or the store is behind: access ends, and nothing else happens.</summary>
    public string? EndingOnlyBecause { get; init; }
}
