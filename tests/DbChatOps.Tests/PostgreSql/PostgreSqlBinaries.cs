using System.Diagnostics;
using System.Globalization;

namespace DbChatOps.Tests.PostgreSql;

/// <summary>Finds the server programs and runs them: as root through user postgres (the server refuses root), else as oneself.</summary>
internal static class PostgreSqlBinaries
{
    private const string DebianFolder = "/usr/lib/postgresql";

    public static string? Folder { get; } = Find();

    private static bool IsRoot => string.Equals(Environment.UserName, "root", StringComparison.Ordinal);

    public static Task<string> RunAsync(string program, params string[] arguments) => RunAsync(localeFolder: null, program, arguments);

    /// <param name="localeFolder">Where the C library looks for locales that the machine does not have.</param>
    public static async Task<string> RunAsync(string? localeFolder, string program, string[] arguments)
    {
        var (exit, output) = await TryAsync(Path.Combine(Folder ?? string.Empty, program), arguments, asServer: true, localeFolder);
        return exit == 0 ? output : throw new InvalidOperationException($"{program} ended with {exit}: {output}");
    }

    public static Task GiveToServerAsync(string folder) =>
        IsRoot ? TryAsync("chown", ["-R", "postgres:postgres", folder], asServer: false) : Task.CompletedTask;

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

    private static async Task<(int Exit, string Output)> TryAsync(string program, string[] arguments, bool asServer, string? localeFolder = null)
    {
        var start = new ProcessStartInfo { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/" };
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

        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await error);
    }

    private static string? Find()
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
}
