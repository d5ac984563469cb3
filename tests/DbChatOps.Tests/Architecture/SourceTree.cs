using System.Text.RegularExpressions;

namespace DbChatOps.Tests.Architecture;

/// <summary>The repository as text: rules that no compiler checks are read from it.</summary>
internal static class SourceTree
{
    public static string Root { get; } = Find();

    public static IReadOnlyList<SourceFile> Core { get; } = Under("src/DbChatOps");

    public static IReadOnlyList<SourceFile> Host { get; } = Under("src/DbChatOps.Host");

    public static IReadOnlyList<SourceFile> Playground { get; } = Under("src/DbChatOps.Playground");

    public static IReadOnlyList<SourceFile> Program { get; } = [.. Core, .. Host, .. Playground];

    public static IReadOnlyList<SourceFile> Tests { get; } = Under("tests");

    /// <summary>A pattern over one line.</summary>
    public static Regex Rule(string pattern) => new(pattern, RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(2));

    /// <summary>"file: line" of every line of code, comments and documentation left out, that matches.</summary>
    public static IEnumerable<string> Lines(this IEnumerable<SourceFile> files, Regex pattern) =>
        from file in files
        from line in file.Code
        where pattern.IsMatch(line)
        select $"{file.Path}: {line.Trim()}";

    private static IReadOnlyList<SourceFile> Under(string folder) =>
    [
        .. Directory.EnumerateFiles(Path.Combine(Root, folder), "*.cs", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(Root, path).Replace('\\', '/'))
            .Where(path => !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(path => new SourceFile(path, File.ReadAllText(Path.Combine(Root, path)))),
    ];

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "DbChatOps.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException("The repository is not around the tests.");
    }
}

/// <summary>A file by its path from the root, with forward slashes.</summary>
internal sealed record SourceFile(string Path, string Text)
{
    public IEnumerable<string> Lines => Text.Split('\n');

    public IEnumerable<string> Code => Lines.Where(line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal));
}
