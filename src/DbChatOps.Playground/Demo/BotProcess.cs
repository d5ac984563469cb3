using System.Diagnostics;
using System.Globalization;

namespace DbChatOps.Playground.Demo;

/// <summary>The bot as a process of its own: started, killed without warning, started again, stopped politely; its log goes to a file.</summary>
public sealed class BotProcess(string program, string configuration, Uri address, string log) : IAsyncDisposable
{
    private static readonly TimeSpan StartBudget = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LookBudget = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopBudget = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan BetweenProbes = TimeSpan.FromMilliseconds(20);
    private static readonly Uri Ready = new("healthz/ready", UriKind.Relative);

    private readonly Lock _gate = new();
    private Process? _process;
    private Task _logging = Task.CompletedTask;

    public string Log { get; } = log;

    /// <summary>Starts it and waits until <c>/healthz/ready</c> answers 200; returns how long that took.</summary>
    /// <exception cref="ProgramFailedException">It ended, or was not ready in time. The message shows the end of its log.</exception>
    public async Task<TimeSpan> StartAsync(CancellationToken ct)
    {
        var started = Stopwatch.GetTimestamp();
        var process = _process = new Process
        {
            StartInfo = new ProcessStartInfo("dotnet", [program, "serve", "--config", configuration])
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                Environment = { ["ASPNETCORE_URLS"] = address.AbsoluteUri },
            },
        };
        process.Start();
        _logging = Task.WhenAll(KeepAsync(process.StandardOutput), KeepAsync(process.StandardError));
        await WaitUntilReadyAsync(process, started, ct);
        return Stopwatch.GetElapsedTime(started);
    }

    /// <summary>Waits until it has reached its servers, too: on a busy machine a first look may fail, and is tried again.</summary>
    /// <exception cref="ProgramFailedException">Something is still missing. The message says what.</exception>
    public async Task IsWellAsync(CancellationToken ct)
    {
        using var http = new HttpClient { BaseAddress = address };
        var started = Stopwatch.GetTimestamp();
        while (await http.GetStringAsync(Ready, ct) is var health && health != "ready")
        {
            if (Stopwatch.GetElapsedTime(started) > LookBudget) throw new ProgramFailedException($"The bot runs, and is not well after {LookBudget.TotalSeconds} s.\n{health}");
            await Task.Delay(BetweenProbes, ct);
        }
    }

    /// <summary>kill -9: no chance to clean up.</summary>
    public async Task KillAsync()
    {
        if (_process is not { } process) return;
        process.Kill();
        await EndAsync(process);
    }

    /// <summary>SIGTERM; kills what does not end in time.</summary>
    public async Task StopAsync()
    {
        if (_process is not { } process) return;
        if (!process.HasExited)
        {
            await Programs.TryAsync("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)], input: "", CancellationToken.None);
            using var patience = new CancellationTokenSource(StopBudget);
            try
            {
                await process.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                process.Kill();
            }
        }

        await EndAsync(process);
    }

    public async ValueTask DisposeAsync() => await StopAsync();

    /// <summary>Runs another verb of the same program, such as <c>audit verify</c>, to its end.</summary>
    public Task<(int ExitCode, string Output, string Errors)> RunVerbAsync(IReadOnlyList<string> verb, CancellationToken ct) =>
        Programs.TryAsync("dotnet", [program, .. verb, "--config", configuration], input: "", ct);

    private async Task WaitUntilReadyAsync(Process process, long started, CancellationToken ct)
    {
        using var http = new HttpClient { BaseAddress = address };
        while (Stopwatch.GetElapsedTime(started) < StartBudget)
        {
            if (process.HasExited) throw new ProgramFailedException($"The bot ended with {process.ExitCode}.\n{await EndOfLogAsync(ct)}");
            try
            {
                using var answer = await http.GetAsync(Ready, ct);
                if (answer.IsSuccessStatusCode) return;
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }

            await Task.Delay(BetweenProbes, ct);
        }

        throw new ProgramFailedException($"The bot was not ready within {StartBudget.TotalSeconds} s.\n{await EndOfLogAsync(ct)}");
    }

    private async Task EndAsync(Process process)
    {
        await process.WaitForExitAsync(CancellationToken.None);
        await _logging;
        process.Dispose();
        _process = null;
    }

    private async Task KeepAsync(StreamReader lines)
    {
        while (await lines.ReadLineAsync(CancellationToken.None) is { } line)
        {
            lock (_gate) File.AppendAllText(Log, line + "\n");
        }
    }

    private async Task<string> EndOfLogAsync(CancellationToken ct) =>
        File.Exists(Log) ? string.Join('\n', (await File.ReadAllLinesAsync(Log, ct)).TakeLast(20)) : "(no log)";

}
