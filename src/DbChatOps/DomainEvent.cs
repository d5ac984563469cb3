using System.Reflection;
using System.Text.Json.Serialization;

namespace DbChatOps;

/// <summary>A fact a slice announces, in the past tense. Its kind is versioned and never renamed: old ledgers are read for ever.</summary>
public abstract record DomainEvent
{
    /// <summary>What the event is about, such as <c>grant:0190…</c>.</summary>
    [JsonIgnore]
    public abstract Subject Subject { get; }

    /// <summary>Who caused it; the bot where a timer did.</summary>
    public required PersonId By { get; init; }

    public required DateTimeOffset At { get; init; }
}

/// <summary>An event that is told but changes no state, such as a refused attempt; a replay passes it over.</summary>
public interface IRemark;

/// <summary>The stable, versioned name under which an event is stored, such as <c>grant.expired/1</c>.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class EventKindAttribute(string kind) : Attribute
{
    public string Kind { get; } = kind;
}

/// <summary>Kind ↔ type for every event in the core.</summary>
public static class EventKinds
{
    private static readonly Dictionary<string, Type> ByKind = typeof(DomainEvent).Assembly.GetTypes()
        .Where(type => type.IsSubclassOf(typeof(DomainEvent)) && !type.IsAbstract)
        .ToDictionary(KindOf, StringComparer.Ordinal);

    public static IReadOnlyDictionary<string, Type> All => ByKind;

    public static string KindOf(Type type) => type.GetCustomAttribute<EventKindAttribute>()?.Kind
        ?? throw new InvalidOperationException($"{type.Name} has no [EventKind].");
}
