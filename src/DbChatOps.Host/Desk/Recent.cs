using System.Collections.Concurrent;

namespace DbChatOps.Host.Desk;

/// <summary>
/// Caches answers that decide nothing for <paramref name="lasts"/>. Concurrent callers share one question. Failures, and answers that <paramref name="isAnswer"/>
/// rejects, are not cached.
/// </summary>
public sealed class Recent<TKey, T>(TimeSpan lasts, Func<T, bool> isAnswer, TimeProvider clock)
    where TKey : notnull
{
    /// <summary>More than people type at once in a large organisation.</summary>
    private const int Most = 10_000;

    private readonly ConcurrentDictionary<TKey, Entry> _answers = new();

    public async Task<T> GetAsync(TKey key, Func<Task<T>> ask)
    {
        var now = clock.GetUtcNow();
        if (_answers.Count >= Most)
        {
            _answers.Clear();
        }

        var entry = _answers.AddOrUpdate(key, _ => New(), (_, present) => present.Until > now ? present : New());
        var isKept = false;
        try
        {
            var answer = await entry.Answer.Value;
            isKept = isAnswer(answer);
            return answer;
        }
        finally
        {
            if (!isKept)
            {
                _answers.TryRemove(KeyValuePair.Create(key, entry));
            }
        }

        Entry New() => new(now + lasts, new Lazy<Task<T>>(ask));
    }

    /// <summary>What is known about this key may be out of date.</summary>
    public void Forget(TKey key) => _answers.TryRemove(key, out _);

    private sealed record Entry(DateTimeOffset Until, Lazy<Task<T>> Answer);
}
