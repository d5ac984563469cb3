using System.Diagnostics;
using System.Globalization;
using System.Text;
using DbChatOps.Tests.Architecture;

namespace DbChatOps.Tests.Commands;

/// <summary>The program as it is installed: a process of its own, in a working directory of its own.</summary>
internal sealed class HostProgram : IAsyncDisposable
{
    private static readonly string File = Path.Combine(
        SourceTree.Root, "artifacts", "bin", "DbChatOps.Host", Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)), "DbChatOps.Host.dll");

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _errors = new();

    private HostProgram(Process process) => _process = process;

    public string Output => Read(_output);

    public string Errors => Read(_errors);

    public static HostProgram Start(string folder, params IReadOnlyList<string> words) => Start(folder, "dotnet", [File, .. words]);

    /// <summary>Behind a shell, for what only a shell can set up.</summary>
    public static Task<(int ExitCode, string Output, string Errors)> RunShellAsync(string folder, string words, CancellationToken ct, string variables = "") =>
        RunAsync(Start(folder, "sh", ["-c", $"{variables} dotnet '{File}' {words}"]), ct);

    private static HostProgram Start(string folder, string command, IReadOnlyList<string> words)
    {
        var start = new ProcessStartInfo(command, words)
        {
            UseShellExecute = false, WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true,
        };
        start.Environment.Remove("ASPNETCORE_URLS");
        var program = new HostProgram(new Process { StartInfo = start });
        program._process.OutputDataReceived += (_, line) => Keep(program._output, line.Data);
        program._process.ErrorDataReceived += (_, line) => Keep(program._errors, line.Data);
        program._process.Start();
        program._process.BeginOutputReadLine();
        program._process.BeginErrorReadLine();
        return program;
    }

    /// <summary>One run from start to end.</summary>
    public static Task<(int ExitCode, string Output, string Errors)> RunAsync(string folder, IReadOnlyList<string> words, CancellationToken ct) =>
        RunAsync(Start(folder, words), ct);

    /// <summary>SIGTERM, as a service manager sends it; answers its exit code.</summary>
    public async Task<int> TerminateAsync(CancellationToken ct)
    {
        using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(ct);
        await _process.WaitForExitAsync(ct);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        _process.Dispose();
    }

    private static async Task<(int ExitCode, string Output, string Errors)> RunAsync(HostProgram started, CancellationToken ct)
    {
        await using var program = started;
        await program._process.WaitForExitAsync(ct);
        return (program._process.ExitCode, program.Output, program.Errors);
    }

    private static void Keep(StringBuilder text, string? line)
    {
        lock (text)
        {
            text.AppendLine(line);
        }
    }

    private static string Read(StringBuilder text)
    {
        lock (text)
        {
            return text.ToString();
        }
    }
}
