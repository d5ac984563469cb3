using System.Diagnostics;

namespace DbChatOps.Playground.Demo;

/// <summary>Runs other programs to their end.</summary>
internal static class Programs
{
    /// <summary>What the program printed.</summary>
    /// <exception cref="ProgramFailedException">It ended with another exit code than 0.</exception>
    public static async Task<string> RunAsync(string program, IReadOnlyList<string> arguments, string input, CancellationToken ct)
    {
        var result = await TryAsync(program, arguments, input, ct);
        if (result.ExitCode != 0) throw new ProgramFailedException($"{program} ended with {result.ExitCode}: {result.Errors.Trim()}{result.Output.Trim()}");
        return result.Output;
    }

    public static async Task<(int ExitCode, string Output, string Errors)> TryAsync(
        string program, IReadOnlyList<string> arguments, string input, CancellationToken ct)
    {
        using var process = new Process
        {
            StartInfo = new ProcessStartInfo(program, arguments)
            {
                // A folder that every user may enter: some programs run as another user.
                WorkingDirectory = "/",
                RedirectStandardInput = true,
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        process.Start();
        var output = process.StandardOutput.ReadToEndAsync(ct);
        var errors = process.StandardError.ReadToEndAsync(ct);
        try
        {
            await process.StandardInput.WriteAsync(input.AsMemory(), ct);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The program ended without reading; its exit code tells why.
        }

        try
        {
            await process.WaitForExitAsync(ct);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return (process.ExitCode, await output, await errors);
    }
}

public sealed class ProgramFailedException(string message) : Exception(message);
