using System.Diagnostics;
using System.Text;

namespace DbChatOps.Tests;

/// <summary>A real <c>sh</c>, as people paste into one.</summary>
internal static class PosixShell
{
    /// <summary>What the script writes to its output and, after it, to its errors.</summary>
    public static async Task<string> RunAsync(string script, string? binaries = null, Secret? password = null)
    {
        var start = new ProcessStartInfo("sh")
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            StandardOutputEncoding = Encoding.UTF8,
            WorkingDirectory = Path.GetTempPath(),
        };
        start.Environment["LC_ALL"] = "C.UTF-8";
        start.Environment["PGPASSWORD"] = password?.Reveal() ?? "";
        start.Environment["PATH"] = $"{binaries}:{Environment.GetEnvironmentVariable("PATH")}";
        using var process = Process.Start(start) ?? throw new InvalidOperationException("sh did not start.");
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.StandardInput.WriteAsync(script);
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        return await output + await error;
    }
}
