using System.Globalization;

namespace DbChatOps.Tests.PostgreSql;

/// <summary>Moves the writer's cluster from 15 to a later major. Before 16 memberships had no options and grantors meant little.</summary>
public sealed partial class PostgreSqlPair
{
    private const int UpgradedFrom = 15;

    /// <summary>With <c>pg_upgrade</c>, which is there for one major only: that of the installation that brings the client programs.</summary>
    public async Task UpgradeAsync(int major)
    {
        if (await FindUpgradeAsync(major) is not { } later)
        {
            return;
        }

        var node = NodeOf(later, major);
        var tools = later.FolderOf("pg_upgrade");
        await Writer.StopGentlyAsync();
        await PostgreSqlBinaries.GiveToServerAsync(_folder);
        var initialise = new[] { "-D", node.Data, "-U", "postgres", "-A", "trust", "--no-sync", "--no-data-checksums", "--locale=C", "-E", "UTF8" };
        await PostgreSqlBinaries.RunInAsync(tools, "initdb", initialise, _folder);
        string[] upgrade =
        [
            "-b", _binaries.FolderOf("pg_resetwal"), "-B", tools, "-d", Writer.Data, "-D", node.Data, "-U", "postgres", "-s", _folder,
            "-p", WriterPort.ToString(CultureInfo.InvariantCulture), "-P", WriterPort.ToString(CultureInfo.InvariantCulture), "--no-sync",
        ];
        await PostgreSqlBinaries.RunInAsync(tools, "pg_upgrade", upgrade, _folder);
        await BecomeWriterAsync(node);
    }

    /// <summary>
    /// As pg_upgrade moves roles: pg_dumpall with --binary-upgrade, loaded into a server in that mode. OIDs stay, grantors are left out.
    /// The databases go by a dump, so their OIDs change, which pg_upgrade keeps.
    /// </summary>
    public async Task MoveAsync(int major)
    {
        if (await FindUpgradeAsync(major) is not { } later)
        {
            return;
        }

        var node = NodeOf(later, major);
        var roles = Path.Combine(_folder, "roles.sql");
        string[] here = ["-h", "127.0.0.1", "-p", WriterPort.ToString(CultureInfo.InvariantCulture), "-U", "postgres"];
        await PostgreSqlBinaries.GiveToServerAsync(_folder);
        await later.RunAsync("pg_dumpall", [.. here, "--globals-only", "--quote-all-identifiers", "--binary-upgrade", "--no-sync", "-f", roles]);
        string[] databases = [AdminDatabase, "orders", "billing"];
        foreach (var database in databases)
        {
            await _binaries.RunAsync("pg_dump", [.. here, "--create", "-f", Path.Combine(_folder, $"{database}.sql"), database]);
        }

        await Writer.StopGentlyAsync();
        await later.RunAsync("initdb", "-D", node.Data, "-U", "postgres", "-A", "trust", "--no-sync", "--locale=C", "-E", "UTF8");
        await node.StartAsync(options: "-b");
        await LoadAsync(later, node, roles);
        await node.StopGentlyAsync();
        await BecomeWriterAsync(node);
        foreach (var database in databases)
        {
            await LoadAsync(later, node, Path.Combine(_folder, $"{database}.sql"));
        }
    }

    private static Task LoadAsync(PostgreSqlBinaries binaries, PostgreSqlNode node, string script) => binaries.RunAsync(
        "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", node.Port.ToString(CultureInfo.InvariantCulture), "-U", "postgres", "-d", "postgres", "-f", script);

    private async Task<PostgreSqlBinaries?> FindUpgradeAsync(int major)
    {
        var version = await AskAsync("SHOW server_version");
        if (!(version ?? string.Empty).StartsWith($"{UpgradedFrom}.", StringComparison.Ordinal))
        {
            Miss($"An upgrade from {UpgradedFrom} needs a whole installation of it as the machine's own; this one is {version}.");
            return null;
        }

        var later = PostgreSqlBinaries.OfMajor(major);
        if (later.Missing is { } missing)
        {
            Miss(missing);
            return null;
        }

        return later;
    }

    private PostgreSqlNode NodeOf(PostgreSqlBinaries binaries, int major)
    {
        var folder = Path.Combine(_folder, major.ToString(CultureInfo.InvariantCulture));
        Directory.CreateDirectory(folder);
        return new PostgreSqlNode(binaries, folder, _folder);
    }

    private async Task BecomeWriterAsync(PostgreSqlNode node)
    {
        await File.AppendAllTextAsync(Path.Combine(node.Data, "postgresql.conf"), _shape.Configuration);
        await File.WriteAllTextAsync(Path.Combine(node.Data, "pg_hba.conf"), _shape.HostRules);
        Writer = node;
        await node.StartAsync();
    }
}
