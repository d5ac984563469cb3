namespace DbChatOps.Configurations;

/// <summary>The rules that were in force from here on: one hash per section, and what changed in words, since policies decide everything else.</summary>
[EventKind("config.loaded/1")]
public sealed record ConfigurationLoaded : DomainEvent
{
    public required IReadOnlyDictionary<string, string> SectionHashes { get; init; }

    /// <summary>Such as "policy prod-read: seats 2 → 1"; empty when nothing changed since the last load.</summary>
    public required IReadOnlyList<string> Changes { get; init; }

    /// <summary>Where the changes are announced; empty means nowhere.</summary>
    public string Channel { get; init; } = "";

    public override Subject Subject => ConfigurationRecord.Current;
}
