using System.Collections.Frozen;
using System.Reflection;

namespace DbChatOps.Playground.Page;

/// <summary>The page, its styles and its modules, as they are embedded in this program.</summary>
internal static class PageAssets
{
    private const string Prefix = "Page/Assets/";

    private static readonly FrozenDictionary<string, byte[]> Assets = Load().ToFrozenDictionary(StringComparer.Ordinal);

    public static IEnumerable<string> Names => Assets.Keys;

    public static IResult Find(string name) => Assets.TryGetValue(name, out var bytes)
        ? Results.Bytes(bytes, TypeOf(name))
        : Results.Text("There is no such part of the page.", statusCode: StatusCodes.Status404NotFound);

    private static string TypeOf(string name) => Path.GetExtension(name) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".svg" => "image/svg+xml",
        _ => "application/octet-stream",
    };

    private static IEnumerable<KeyValuePair<string, byte[]>> Load()
    {
        var assembly = Assembly.GetExecutingAssembly();
        foreach (var name in assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            using var stream = assembly.GetManifestResourceStream(name)!;
            using var bytes = new MemoryStream();
            stream.CopyTo(bytes);
            yield return new(name[Prefix.Length..], bytes.ToArray());
        }
    }
}
