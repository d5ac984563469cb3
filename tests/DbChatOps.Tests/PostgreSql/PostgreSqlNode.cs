using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace DbChatOps.Tests.PostgreSql;

/// <summary>One running server in a folder of its own.</summary>
public sealed class PostgreSqlNode(PostgreSqlBinaries binaries, string folder, string socketFolder, string? localeFolder = null)
{
    private string LogFile => Path.Combine(folder, "log");

    private string DataFolder => Path.Combine(folder, "data");

    public int Port { get; private set; }

    public string Data => DataFolder;

    /// <summary>Starts on a free port; another process may take it in between, so it tries again with the next.</summary>
    /// <param name="samePort">The port to keep; absent: any that is free.</param>
    /// <param name="options">Further options of the server program.</param>
    public async Task StartAsync(int? samePort = null, string options = "")
    {
        for (var attempt = 1; ; attempt++)
        {
            Port = samePort ?? FreePort();
            try
            {
                await binaries.RunAsync(
                    localeFolder,
                    "pg_ctl",
                    ["-D", DataFolder, "-w", "-t", "30", "-l", LogFile, "-o", string.Create(CultureInfo.InvariantCulture, $"-p {Port} -k {socketFolder} {options}"), "start"]);
                return;
            }
            catch (InvalidOperationException) when (attempt < 4)
            {
                samePort = null;
            }
        }
    }

    /// <summary>All that the server logged since it was made.</summary>
    public Task<string> LogAsync(CancellationToken ct) => File.ReadAllTextAsync(LogFile, ct);

    public Task RestartAsync() => StartAsync(Port);

    public Task StopAsync() => binaries.RunAsync("pg_ctl", "-D", DataFolder, "-m", "immediate", "-w", "stop");

    /// <summary>Ends sessions and writes everything down, as before an upgrade.</summary>
    public Task StopGentlyAsync() => binaries.RunAsync("pg_ctl", "-D", DataFolder, "-m", "fast", "-w", "stop");

    /// <summary>Comes up in recovery, as after a switch-over that nobody told us of: it answers, and refuses every write.</summary>
    public async Task RestartReadOnlyAsync()
    {
        await binaries.RunAsync("pg_ctl", "-D", DataFolder, "-m", "fast", "-w", "stop");
        await File.WriteAllTextAsync(RecoverySignal, string.Empty);
        await RestartAsync();
    }

    public async Task RestartWritableAsync()
    {
        await binaries.RunAsync("pg_ctl", "-D", DataFolder, "-m", "fast", "-w", "stop");
        File.Delete(RecoverySignal);
        await RestartAsync();
    }

    public Task ReloadAsync() => binaries.RunAsync("pg_ctl", "-D", DataFolder, "reload");

    /// <summary>Freezes the postmaster: connections are accepted by the kernel and never answered.</summary>
    public Task PauseAsync() => PostgreSqlBinaries.SignalAsync("STOP", ProcessId());

    public Task ResumeAsync() => PostgreSqlBinaries.SignalAsync("CONT", ProcessId());

    public bool IsRunning => File.Exists(Path.Combine(DataFolder, "postmaster.pid"));

    private string RecoverySignal => Path.Combine(DataFolder, "standby.signal");

    private int ProcessId() => int.Parse(File.ReadLines(Path.Combine(DataFolder, "postmaster.pid")).First(), CultureInfo.InvariantCulture);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
