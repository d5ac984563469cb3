namespace DbChatOps.Policies;

/// <summary>The rules that were in force from here on: one hash per section, and what changed in words, since policies decide everything else.</summary>
[EventKind("config.loaded/1")]
public sealed record ConfigurationLoaded : DomainEvent, IRemark
{
    public required IReadOnlyDictionary<string, string> SectionHashes { get; init; }

    /// <summary>Such as "policy prod-read: seats 2 → 1"; empty at a start.</summary>
    public required IReadOnlyList<string> Changes { get; init; }

    public override Subject Subject => new("config", "current");
}
