using System.Globalization;

namespace DbChatOps.Playground.Demo;

/// <summary>Finds PostgreSQL's programs and runs them as a user that the server accepts: itself never runs as root.</summary>
internal sealed class PostgreSqlBinaries
{
    private const string DebianFolder = "/usr/lib/postgresql";

    private PostgreSqlBinaries(string folder) => Folder = folder;

    public string Folder { get; }

    private static bool IsRoot => string.Equals(Environment.UserName, "root", StringComparison.Ordinal);

    /// <summary><c>DBCHATOPS_PG_BIN</c>, else the newest version under Debian's folder, else null.</summary>
    public static PostgreSqlBinaries? Find()
    {
        var folder = Environment.GetEnvironmentVariable("DBCHATOPS_PG_BIN") ?? Newest();
        return folder is not null && File.Exists(Path.Combine(folder, "initdb")) ? new PostgreSqlBinaries(folder) : null;
    }

    public Task<string> RunAsync(string program, IReadOnlyList<string> arguments, string input, CancellationToken ct)
    {
        var (command, all) = CommandLine(program, arguments);
        return Programs.RunAsync(command, all, input, ct);
    }

    public Task<(int ExitCode, string Output, string Errors)> TryAsync(string program, IReadOnlyList<string> arguments, string input, CancellationToken ct)
    {
        var (command, all) = CommandLine(program, arguments);
        return Programs.TryAsync(command, all, input, ct);
    }

    /// <summary>Makes a folder that belongs to the user the server runs as.</summary>
    public static async Task<string> MakeFolderAsync(CancellationToken ct)
    {
        var folder = Directory.CreateTempSubdirectory("dbco-").FullName;
        if (IsRoot) await Programs.RunAsync("chown", ["postgres:postgres", folder], input: "", ct);
        return folder;
    }

    private (string Command, IReadOnlyList<string> Arguments) CommandLine(string program, IReadOnlyList<string> arguments)
    {
        var path = Path.Combine(Folder, program);
        return IsRoot
            ? ("setpriv", ["--reuid=postgres", "--regid=postgres", "--init-groups", "--reset-env", path, .. arguments])
            : (path, arguments);
    }

    private static string? Newest() => !Directory.Exists(DebianFolder)
        ? null
        : Directory.GetDirectories(DebianFolder)
            .Where(folder => File.Exists(Path.Combine(folder, "bin", "initdb")))
            .OrderByDescending(folder => double.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var version) ? version : 0)
            .Select(folder => Path.Combine(folder, "bin"))
            .FirstOrDefault();
}
