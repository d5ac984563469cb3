using System.Collections.Concurrent;

namespace DbChatOps.Host.Flow;

/// <summary>What is wrong with the bot right now, in words for an operator; empty when all is well.</summary>
public sealed class Health
{
    private readonly ConcurrentDictionary<string, string> _reasons = new(StringComparer.Ordinal);

    public IReadOnlyList<string> Reasons => [.. _reasons.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => pair.Value)];

    /// <summary>One reason per <paramref name="what"/>; a later one replaces it.</summary>
    public void Degrade(string what, string reason) => _reasons[what] = reason;

    public void Recover(string what) => _reasons.TryRemove(what, out _);
}
