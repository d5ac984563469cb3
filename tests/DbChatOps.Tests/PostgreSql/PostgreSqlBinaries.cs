using System.Diagnostics;
using System.Globalization;

namespace DbChatOps.Tests.PostgreSql;

/// <summary>
/// The programs of one PostgreSQL major. As root they run as user postgres, because the server refuses root. One process of tests may use several majors.
/// </summary>
public sealed class PostgreSqlBinaries
{
    private const string DebianFolder = "/usr/lib/postgresql";

    private readonly List<string> _folders;

    private PostgreSqlBinaries(List<string> folders, string missing)
    {
        _folders = folders;
        Missing = folders.Any(static folder => File.Exists(Path.Combine(folder, "initdb"))) ? null : missing;
    }

    /// <summary>What tests use that name no major: <c>DBCHATOPS_PG_BIN</c>, or the newest of Debian's packages.</summary>
    public static PostgreSqlBinaries Default { get; } = new(
        FindDefault() is { } folder ? [folder] : [],
        "PostgreSQL's server programs were not found; set DBCHATOPS_PG_BIN or install postgresql.");

    /// <summary>Set when there is no server: the reason to skip.</summary>
    public string? Missing { get; }

    private static bool IsRoot => string.Equals(Environment.UserName, "root", StringComparison.Ordinal);

    /// <summary>A certain major, as <c>tests/postgresql/bring.sh</c> brings it. Programs other than the server come from a newer installation.</summary>
    public static PostgreSqlBinaries OfMajor(int major)
    {
        var missing = $"PostgreSQL {major} was not found; run tests/postgresql/bring.sh, or set DBCHATOPS_PG_MAJORS to a folder with {major}/bin.";
        return MajorsFolder() is { } folder
            ? new PostgreSqlBinaries([BinOf(folder, major.ToString(CultureInfo.InvariantCulture)), BinOf(folder, "tools")], missing)
            : new PostgreSqlBinaries([], missing);
    }

    /// <summary>The folder of a program; other programs of the same installation are beside it.</summary>
    public string FolderOf(string program) => _folders.Find(folder => File.Exists(Path.Combine(folder, program)))
        ?? throw new InvalidOperationException($"{program} was not found in {string.Join(", ", _folders)}.");

    public Task<string> RunAsync(string program, params string[] arguments) => RunAsync(localeFolder: null, program, arguments);

    /// <param name="localeFolder">Where the C library looks for locales that the machine does not have.</param>
    public Task<string> RunAsync(string? localeFolder, string program, string[] arguments) =>
        RunAsync(Path.Combine(FolderOf(program), program), arguments, localeFolder, workingFolder: "/");

    /// <summary>Runs the program of a certain folder, in a working folder that it may write.</summary>
    public static Task<string> RunInAsync(string folder, string program, string[] arguments, string workingFolder) =>
        RunAsync(Path.Combine(folder, program), arguments, localeFolder: null, workingFolder);

    /// <summary>Starts a program and leaves it running; whoever asks for it ends it.</summary>
    public Process Start(string program, params string[] arguments) =>
        Process.Start(StartOf(Path.Combine(FolderOf(program), program), arguments, asServer: true, localeFolder: null, workingFolder: "/"))
        ?? throw new InvalidOperationException($"{program} did not start.");

    public static Task GiveToServerAsync(string folder) =>
        IsRoot ? TryAsync("chown", ["-R", "postgres:postgres", folder], asServer: false) : Task.CompletedTask;

    /// <summary>Copies a folder with its owners and rights to a place where nothing is yet.</summary>
    public static async Task CopyAsync(string from, string to)
    {
        var (exit, output) = await TryAsync("cp", ["-a", from, to], asServer: false);
        if (exit != 0)
        {
            throw new InvalidOperationException($"cp ended with {exit}: {output}");
        }
    }

    /// <summary>Sends a signal to one process, by its id.</summary>
    public static Task SignalAsync(string signal, int processId) =>
        TryAsync("kill", ["-" + signal, processId.ToString(CultureInfo.InvariantCulture)], asServer: false);

    /// <summary>Makes the definition of a locale in a folder; false when the machine lacks what that takes.</summary>
    public static async Task<bool> DefineLocaleAsync(string name, string folder)
    {
        try
        {
            var (exit, _) = await TryAsync("localedef", ["-i", name[..name.IndexOf('.', StringComparison.Ordinal)], "-f", "UTF-8", Path.Combine(folder, name)], asServer: false);
            return exit == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private static async Task<string> RunAsync(string path, string[] arguments, string? localeFolder, string workingFolder)
    {
        var (exit, output) = await TryAsync(path, arguments, asServer: true, localeFolder, workingFolder);
        return exit == 0 ? output : throw new InvalidOperationException($"{path} ended with {exit}: {output}");
    }

    private static async Task<(int Exit, string Output)> TryAsync(
        string program, string[] arguments, bool asServer, string? localeFolder = null, string workingFolder = "/")
    {
        using var process = Process.Start(StartOf(program, arguments, asServer, localeFolder, workingFolder)) ?? throw new InvalidOperationException($"{program} did not start.");
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await error);
    }

    private static ProcessStartInfo StartOf(string program, string[] arguments, bool asServer, string? localeFolder, string workingFolder)
    {
        var start = new ProcessStartInfo { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = workingFolder };
        if (asServer && IsRoot)
        {
            start.FileName = "setpriv";
            foreach (var argument in new[] { "--reuid", "postgres", "--regid", "postgres", "--init-groups", program })
            {
                start.ArgumentList.Add(argument);
            }
        }
        else
        {
            start.FileName = program;
        }

        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["LC_ALL"] = "C";
        if (localeFolder is not null)
        {
            start.Environment["LOCPATH"] = localeFolder;
        }

        return start;
    }

    private static string? FindDefault()
    {
        if (Environment.GetEnvironmentVariable("DBCHATOPS_PG_BIN") is { Length: > 0 } given)
        {
            return given;
        }

        return Directory.Exists(DebianFolder)
            ? Directory.GetDirectories(DebianFolder)
                .OrderByDescending(static d => int.TryParse(Path.GetFileName(d), CultureInfo.InvariantCulture, out var major) ? major : 0)
                .Select(static d => Path.Combine(d, "bin"))
                .FirstOrDefault(static d => File.Exists(Path.Combine(d, "initdb")))
            : null;
    }

    private static string? MajorsFolder()
    {
        if (Environment.GetEnvironmentVariable("DBCHATOPS_PG_MAJORS") is { Length: > 0 } given)
        {
            return given;
        }

        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "DbChatOps.sln")))
            {
                return Path.Combine(folder.FullName, "artifacts", "postgresql");
            }
        }

        return null;
    }

    private static string BinOf(string majors, string part) => Path.Combine(majors, part, "bin");
}
