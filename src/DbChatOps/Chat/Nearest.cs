namespace DbChatOps.Chat;

/// <summary>"Did you mean": the closest known word, only ever offered, never assumed.</summary>
public static class Nearest
{
    /// <summary>The candidate with the smallest edit distance, if that is at most a third of its length (and at least one slip).</summary>
    public static string? To(string typed, IEnumerable<string> candidates)
    {
        var wanted = typed.ToLowerInvariant();
        return candidates
            .Where(candidate => Math.Abs(candidate.Length - wanted.Length) <= Slips(candidate))
            .Select(candidate => (candidate, distance: Distance(wanted, candidate.ToLowerInvariant())))
            .Where(pair => pair.distance <= Slips(pair.candidate))
            .OrderBy(pair => pair.distance)
            .ThenBy(pair => pair.candidate, StringComparer.Ordinal)
            .Select(pair => pair.candidate)
            .FirstOrDefault();
    }

    private static int Slips(string candidate) => Math.Max(1, candidate.Length / 3);

    /// <summary>Insertions, deletions, replacements and swaps of neighbours that turn one word into the other.</summary>
    public static int Distance(string from, string to)
    {
        var rows = new int[from.Length + 1, to.Length + 1];
        for (var i = 0; i <= from.Length; i++)
        {
            rows[i, 0] = i;
        }

        for (var j = 0; j <= to.Length; j++)
        {
            rows[0, j] = j;
        }

        for (var i = 1; i <= from.Length; i++)
        {
            for (var j = 1; j <= to.Length; j++)
            {
                var replaced = rows[i - 1, j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1);
                rows[i, j] = Math.Min(replaced, Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1);
                if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1])
                {
                    rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
                }
            }
        }

        return rows[from.Length, to.Length];
    }
}
