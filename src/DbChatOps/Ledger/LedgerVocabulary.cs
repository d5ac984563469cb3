using System.Reflection;

namespace DbChatOps.Ledger;

/// <summary>The kinds of events and aggregates that an assembly defines; found by looking, so that no list can be forgotten.</summary>
public sealed class LedgerVocabulary(Assembly assembly)
{
    /// <summary>What this release knows.</summary>
    public static LedgerVocabulary Core { get; } = new(typeof(LedgerVocabulary).Assembly);

    /// <summary>By stored kind, such as <c>grant.expired/1</c>.</summary>
    public IReadOnlyDictionary<string, Type> Events { get; } = assembly.GetTypes()
        .Where(type => type.IsSubclassOf(typeof(DomainEvent)) && !type.IsAbstract)
        .ToDictionary(EventKinds.KindOf, StringComparer.Ordinal);

    /// <summary>By kind, such as <c>grant</c>.</summary>
    public IReadOnlyDictionary<string, AggregateFold> Aggregates { get; } = assembly.GetTypes()
        .Where(type => !type.IsAbstract && type.IsAssignableTo(typeof(IAggregate)))
        .Select(type => (AggregateFold)typeof(AggregateFold).GetMethod(nameof(AggregateFold.Of))!.MakeGenericMethod(type).Invoke(null, null)!)
        .ToDictionary(fold => fold.Kind, StringComparer.Ordinal);

    /// <summary>An event as it was stored.</summary>
    /// <exception cref="NotSupportedException">The kind is unknown: the ledger was written by a newer release.</exception>
    public DomainEvent ReadEvent(string kind, ReadOnlySpan<byte> json) => Events.TryGetValue(kind, out var type)
        ? LedgerJson.ReadEvent(type, json)
        : throw new NotSupportedException($"The ledger holds an event of kind '{kind}', which this release does not know.");
}
