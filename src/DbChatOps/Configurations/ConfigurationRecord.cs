namespace DbChatOps.Configurations;

/// <summary>What the ledger knows of the configuration: the hashes of the last load, and the last few changes until they were announced.</summary>
public sealed record ConfigurationRecord : IAggregate<ConfigurationRecord>
{
    private const int Kept = 10;

    public static string Kind => "config";

    public static Subject Current { get; } = new(Kind, "current");

    public required IReadOnlyDictionary<string, string> SectionHashes { get; init; }

    public required int Loads { get; init; }

    /// <summary>The newest last.</summary>
    public required IReadOnlyList<ConfigurationChange> Recent { get; init; }

    public Subject Subject => Current;

    public SnapshotIndex Index => new() { Open = true, State = "Loaded" };

    public static string CardKey(int load) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"config:{load}");

    public static ConfigurationRecord Apply(ConfigurationRecord? state, DomainEvent change)
    {
        if (change is not ConfigurationLoaded loaded)
        {
            throw new InvalidOperationException($"The configuration does not know {change.GetType().Name}.");
        }

        var number = (state?.Loads ?? 0) + 1;
        var recent = state?.Recent ?? [];
        return new ConfigurationRecord
        {
            SectionHashes = loaded.SectionHashes,
            Loads = number,
            Recent = loaded.Changes.Count == 0
                ? recent
                : [.. recent.Append(new ConfigurationChange(number, loaded.At, loaded.Changes, loaded.Channel)).TakeLast(Kept)],
        };
    }
}

/// <summary>One load that changed something.</summary>
public sealed record ConfigurationChange(int Load, DateTimeOffset At, IReadOnlyList<string> Changes, string Channel);
