using System.Globalization;

namespace DbChatOps.Tests.PostgreSql;

/// <summary>What connects to a server as standbys do and is none.</summary>
public sealed partial class PostgreSqlPair
{
    /// <summary>A real <c>pg_basebackup</c> of the writer, so slow that it outlives every test.</summary>
    public async Task<WalArchiver> StartBackupAsync()
    {
        var folder = Path.Combine(_folder, $"b{_further++}");
        Directory.CreateDirectory(folder);
        await PostgreSqlBinaries.GiveToServerAsync(folder);
        var process = _binaries.Start(
            "pg_basebackup", "-h", "127.0.0.1", "-p", WriterPort.ToString(CultureInfo.InvariantCulture), "-U", "postgres", "-D", folder, "-X", "none", "-c", "fast", "--no-sync", "--max-rate=32");
        await WaitForAsync("SELECT count(*) > 0 FROM pg_stat_replication WHERE state = 'backup'");
        return new WalArchiver(process, static () => Task.CompletedTask);
    }

    /// <summary>A database of the same cluster subscribes to another one; the slot is made before, because a server cannot wait for itself.</summary>
    public async Task SubscribeAsync(string name, string from, string into)
    {
        await AskAsync($"CREATE PUBLICATION {name}", from);
        await AskAsync($"SELECT pg_create_logical_replication_slot('{name}', 'pgoutput')", from);
        await AskAsync(
            $"CREATE SUBSCRIPTION {name} CONNECTION 'host=127.0.0.1 port={WriterPort} user=postgres dbname={from}' PUBLICATION {name} WITH (create_slot = false, copy_data = false)", into);
        await WaitForAsync($"SELECT count(*) > 0 FROM pg_stat_replication WHERE application_name = '{name}' AND replay_lsn IS NOT NULL");
    }
}
