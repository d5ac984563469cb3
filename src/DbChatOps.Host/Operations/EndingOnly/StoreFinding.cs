using System.Text.RegularExpressions;

namespace DbChatOps.Host.Operations.EndingOnly;

/// <summary>Finds the store of a configuration that cannot be used, by its text alone: it need not even be JSON any more.</summary>
public static partial class StoreFinding
{
    /// <summary>Files that lie beside the main one may name the store too; a variable wins, as it does in a good configuration.</summary>
    public static async Task<string?> FindAsync(string configFile, IReadOnlyDictionary<string, string> environment, CancellationToken ct)
    {
        string? found = null;
        var folder = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(configFile)) ?? "/", "conf.d");
        foreach (var file in new[] { configFile }.Concat(Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal) : []))
        {
            try
            {
                found = In(await File.ReadAllTextAsync(file, ct)) ?? found;
            }
            catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
            {
                // What cannot be read names no store.
            }
        }

        return (environment.TryGetValue("DBCHATOPS__Store__ConnectionString", out var text) ? In(text) : null) ?? found;
    }

    private static string? In(string text) => DataSource().Match(text) is { Success: true } match ? match.Groups["path"].Value.Trim() : null;

    [GeneratedRegex("Data Source\\s*=\\s*(?<path>[^\";\\r\\n]+)", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex DataSource();
}
