using System.Globalization;

namespace DbChatOps.Playground.Demo;

/// <summary>One running PostgreSQL server in a temporary folder, reachable on 127.0.0.1 by password and through a private socket by its owner.</summary>
public sealed class PostgreSqlServer
{
    private const int Attempts = 5;

    private readonly PostgreSqlBinaries _binaries;
    private readonly string _folder;

    private PostgreSqlServer(PostgreSqlBinaries binaries, string name, string folder) => (_binaries, Name, _folder) = (binaries, name, folder);

    public string Name { get; }

    public int Port { get; private set; }

    /// <summary>Where its Unix socket lies; whoever may enter is the owner.</summary>
    public string SocketFolder => _folder;

    private string DataFolder => Path.Combine(_folder, "data");

    /// <summary>A new, empty server.</summary>
    internal static async Task<PostgreSqlServer> CreateAsync(PostgreSqlBinaries binaries, string name, CancellationToken ct)
    {
        var server = new PostgreSqlServer(binaries, name, await PostgreSqlBinaries.MakeFolderAsync(ct));
        try
        {
            await binaries.RunAsync(
                "initdb", ["-D", server.DataFolder, "-U", "postgres", "-A", "trust", "--no-sync", "--locale=C", "-E", "UTF8"], input: "", ct);
            await File.AppendAllTextAsync(Path.Combine(server.DataFolder, "postgresql.conf"), PostgreSqlServerSettings.Parameters, ct);
            await File.WriteAllTextAsync(Path.Combine(server.DataFolder, "pg_hba.conf"), PostgreSqlServerSettings.HostRules, ct);
            await server.StartAsync(ct);
            return server;
        }
        catch
        {
            await server.DestroyAsync();
            throw;
        }
    }

    /// <summary>A hot standby that streams from this server.</summary>
    internal async Task<PostgreSqlServer> CreateStandbyAsync(string name, CancellationToken ct)
    {
        var standby = new PostgreSqlServer(_binaries, name, await PostgreSqlBinaries.MakeFolderAsync(ct));
        try
        {
            await _binaries.RunAsync(
                "pg_basebackup", ["-h", _folder, "-p", Text(Port), "-U", "postgres", "-D", standby.DataFolder, "-R", "-X", "stream", "-c", "fast", "--no-sync"], input: "", ct);
            await standby.StartAsync(ct);
            return standby;
        }
        catch
        {
            await standby.DestroyAsync();
            throw;
        }
    }

    /// <summary>Starts it, on a port of its own; keeps the port of the last start when there was one.</summary>
    public async Task StartAsync(CancellationToken ct)
    {
        for (var attempt = 1; ; attempt++)
        {
            var port = Port is 0 ? FreePort.Next() : Port;
            var log = Path.Combine(_folder, "log");
            var (exitCode, _, errors) = await _binaries.TryAsync(
                "pg_ctl", ["start", "-w", "-s", "-D", DataFolder, "-l", log, "-o", $"-p {Text(port)} -k {_folder}"], input: "", ct);
            if (exitCode == 0)
            {
                Port = port;
                return;
            }

            // Somebody else may have taken the port in between.
            if (Port is not 0 || attempt == Attempts) throw new ProgramFailedException($"{Name} did not start: {errors.Trim()}; see {log}");
        }
    }

    /// <summary>Stops it as a crash of its operating system would look to clients: at once.</summary>
    public Task StopAsync() =>
        _binaries.TryAsync("pg_ctl", ["stop", "-w", "-s", "-m", "immediate", "-D", DataFolder], input: "", CancellationToken.None);

    /// <summary>Runs SQL as the owner. Rows come as lines, columns separated by tabs.</summary>
    public Task<string> PsqlAsync(string database, string sql, CancellationToken ct) => _binaries.RunAsync(
        "psql", ["-X", "-q", "-A", "-t", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-h", _folder, "-p", Text(Port), "-U", "postgres", "-d", database, "-f", "-"], sql, ct);

    /// <summary>Runs a set-up file as the owner.</summary>
    public async Task RunFileAsync(string database, string path, CancellationToken ct) =>
        await PsqlAsync(database, await File.ReadAllTextAsync(path, ct), ct);

    /// <summary>What a person at a terminal gets: over TCP, with a password, which travels in a file only the caller may read.</summary>
    public async Task<(int ExitCode, string Output, string Errors)> PsqlAsPersonAsync(
        string user, string password, string database, string sql, CancellationToken ct)
    {
        var passwords = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            await PrivateFile.WriteAsync(passwords, $"127.0.0.1:{Text(Port)}:*:{user}:{password}\n", ct);
            var target = $"host=127.0.0.1 port={Text(Port)} user={user} dbname={database} connect_timeout=5 passfile={passwords}";
            return await Programs.TryAsync(
                Path.Combine(_binaries.Folder, "psql"), ["-X", "-w", "-q", "-A", "-t", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-d", target, "-f", "-"], sql, ct);
        }
        finally
        {
            File.Delete(passwords);
        }
    }

    internal async Task DestroyAsync()
    {
        await StopAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

}
