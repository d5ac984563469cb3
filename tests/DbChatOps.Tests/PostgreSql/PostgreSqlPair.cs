using System.Globalization;
using DbChatOps.Host.Engines.PostgreSql;
using DbChatOps.Targets;
using Npgsql;
using Xunit;

namespace DbChatOps.Tests.PostgreSql;

/// <summary>
/// A real primary with a streaming standby, in a folder and on ports of its own. Roles, start-up backends and reconcilers are cluster-wide, so every test class
/// has one. Without server programs its tests are skipped on a laptop and fail in CI.
/// </summary>
public sealed partial class PostgreSqlPair : IAsyncLifetime
{
    public const string AdminDatabase = "dbchatops_admin";
    private const string BotPassword = "bot-password-of-the-tests";

    private readonly string _folder = Directory.CreateTempSubdirectory("dbco").FullName;

    private readonly ClusterShape _shape;

    private readonly PostgreSqlBinaries _binaries;

    private int _further;

    public PostgreSqlPair(ClusterShape? shape = null)
    {
        _shape = shape ?? new ClusterShape();
        _binaries = _shape.Major is { } major ? PostgreSqlBinaries.OfMajor(major) : PostgreSqlBinaries.Default;
        var localeFolder = _shape.Locale is null ? null : _folder;
        Writer = new PostgreSqlNode(_binaries, Path.Combine(_folder, "w"), _folder, localeFolder);
        Standby = new PostgreSqlNode(_binaries, Path.Combine(_folder, "s"), _folder, localeFolder);
    }

    public PostgreSqlNode Writer { get; private set; }

    /// <summary>Never started when the shape has no standby.</summary>
    public PostgreSqlNode Standby { get; }

    public int WriterPort => Writer.Port;

    public int StandbyPort => Standby.Port;

    /// <summary>Set when there are no server programs: the reason to skip.</summary>
    public string? Missing { get; private set; }

    /// <summary>Starts the pair with what <paramref name="setUp"/> makes on a writer that was just initialised; most are copies of a cluster on which that was done before.</summary>
    public async ValueTask InitializeAsync(Func<PostgreSqlPair, Task> setUp)
    {
        if (_binaries.Missing is not null || _shape.Locale is not null || _shape.HasOwnIdentity)
        {
            await InitializeAsync();
            if (Missing is null)
            {
                await setUp(this);
            }

            return;
        }

        var template = await ClusterTemplates.OfAsync(_shape, setUp);
        foreach (var node in _shape.HasStandby ? new[] { Writer, Standby } : [Writer])
        {
            Directory.CreateDirectory(Path.GetDirectoryName(node.Data)!);
            await PostgreSqlBinaries.CopyAsync(template, node.Data);
        }

        await PostgreSqlBinaries.GiveToServerAsync(_folder);
        await Writer.StartAsync();
        if (_shape.HasStandby)
        {
            await FollowWriterAsync(Standby);
            await Standby.StartAsync();
            await WaitForAsync("SELECT count(*) > 0 FROM pg_stat_replication WHERE replay_lsn IS NOT NULL");
        }
    }

    /// <summary>Starts the pair on a cluster of its own, with nothing on it.</summary>
    public async ValueTask InitializeAsync()
    {
        if (_binaries.Missing is { } missing)
        {
            Miss(missing);
            return;
        }

        if (_shape.Locale is { } locale && !await PostgreSqlBinaries.DefineLocaleAsync(locale, _folder))
        {
            Missing = $"The locale {locale} cannot be made; install the package locales.";
            return;
        }

        foreach (var name in new[] { "w", "s" })
        {
            Directory.CreateDirectory(Path.Combine(_folder, name));
        }

        await PostgreSqlBinaries.GiveToServerAsync(_folder);
        await _binaries.RunAsync("initdb", "-D", Writer.Data, "-U", "postgres", "-A", "trust", "--no-sync", "--locale=C", "-E", "UTF8");
        await File.AppendAllTextAsync(Path.Combine(Writer.Data, "postgresql.conf"), _shape.Configuration);
        await File.WriteAllTextAsync(Path.Combine(Writer.Data, "pg_hba.conf"), _shape.HostRules);
        await Writer.StartAsync();
        if (_shape.HasStandby)
        {
            await CopyWriterAsync(Standby);
            await Standby.StartAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in new[] { Standby, Writer }.Where(static n => n.IsRunning))
        {
            await node.ResumeAsync();
            await node.StopAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>A further standby that streams from the writer; whoever asks for it stops it.</summary>
    public async Task<PostgreSqlNode> AddStandbyAsync(string? application = null)
    {
        var folder = Path.Combine(_folder, $"x{_further++}");
        var node = new PostgreSqlNode(_binaries, folder, _folder);
        Directory.CreateDirectory(folder);
        await PostgreSqlBinaries.GiveToServerAsync(folder);
        await CopyWriterAsync(node);
        if (application is not null)
        {
            await File.AppendAllTextAsync(
                Path.Combine(node.Data, "postgresql.auto.conf"),
                string.Create(CultureInfo.InvariantCulture, $"primary_conninfo = 'user=postgres host=127.0.0.1 port={WriterPort} application_name={application}'\n"));
        }

        await node.StartAsync();
        return node;
    }

    /// <summary>A real <c>pg_receivewal</c> that receives WAL from a node, under any name; it reports every second.</summary>
    public async Task<WalArchiver> StartArchiverAsync(string application, PostgreSqlNode? node = null, bool withSlot = false)
    {
        var folder = Path.Combine(_folder, $"a{_further++}");
        Directory.CreateDirectory(folder);
        await PostgreSqlBinaries.GiveToServerAsync(folder);
        string[] slot = [];
        if (withSlot)
        {
            await AskAsync($"SELECT pg_create_physical_replication_slot('{application}')", node: node);
            slot = ["-S", application, "--synchronous"];
        }

        var process = _binaries.Start(
            "pg_receivewal",
            ["-d", string.Create(CultureInfo.InvariantCulture, $"host=127.0.0.1 port={(node ?? Writer).Port} user=postgres application_name={application}"), "-D", folder, "-s", "1", "--no-loop", .. slot]);
        var archiver = new WalArchiver(process, withSlot ? DropSlotAsync : static () => Task.CompletedTask);
        await WaitForAsync($"SELECT count(*) > 0 FROM pg_stat_replication WHERE application_name = '{application}' AND write_lsn IS NOT NULL", node: node);
        return archiver;

        // The server notices a moment later that the receiver is gone.
        async Task DropSlotAsync()
        {
            await WaitForAsync($"SELECT NOT active FROM pg_replication_slots WHERE slot_name = '{application}'", node: node);
            await AskAsync($"SELECT pg_drop_replication_slot('{application}')", node: node);
        }
    }

    /// <summary>Changes a setting of a running node that a reload takes over.</summary>
    public async Task SetAsync(string setting, string value, PostgreSqlNode? node = null)
    {
        await AskAsync($"ALTER SYSTEM SET {setting} = '{value}'", node: node);
        await (node ?? Writer).ReloadAsync();
        await WaitForAsync($"SELECT current_setting('{setting}') = '{value}'", node: node);
    }

    /// <summary>Lets a standby stream from another node, and waits until it does.</summary>
    public async Task FollowAsync(PostgreSqlNode standby, PostgreSqlNode upstream)
    {
        await AskAsync($"ALTER SYSTEM SET primary_conninfo = 'user=postgres host=127.0.0.1 port={upstream.Port}'", node: standby);
        await standby.ReloadAsync();
        await WaitForAsync($"SELECT count(*) > 0 FROM pg_stat_wal_receiver WHERE status = 'streaming' AND sender_port = {upstream.Port}", node: standby);
    }

    /// <summary>Skips the calling test when there is no server.</summary>
    public void Require() => Assert.SkipWhen(Missing is not null, Missing ?? string.Empty);

    public string SuperuserConnectionString(string database = "postgres", PostgreSqlNode? node = null) =>
        ConnectionString("postgres", password: null, database, node);

    public string ConnectionString(string user, string? password, string database, PostgreSqlNode? node = null, string? options = null) =>
        new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1",
            Port = (node ?? Writer).Port,
            Username = user,
            Password = password,
            Database = database,
            Pooling = false,
            Timeout = 10,
            CommandTimeout = 30,
            Options = options,
            GssEncryptionMode = GssEncryptionMode.Disable,
        }.ConnectionString;

    /// <summary>Runs a script of any length as superuser.</summary>
    public async Task PsqlAsync(string script, string database = "postgres", PostgreSqlNode? node = null)
    {
        var file = Path.Combine(_folder, $"script-{Guid.NewGuid():N}.sql");
        await File.WriteAllTextAsync(file, script);
        await PostgreSqlBinaries.GiveToServerAsync(file);
        await _binaries.RunAsync(
            "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", (node ?? Writer).Port.ToString(CultureInfo.InvariantCulture),
            "-U", "postgres", "-d", database, "-f", file);
    }

    /// <summary>One statement as superuser; its first column of the first row as text.</summary>
    public async Task<string?> AskAsync(string sql, string database = "postgres", PostgreSqlNode? node = null)
    {
        await using var connection = new NpgsqlConnection(SuperuserConnectionString(database, node));
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return Convert.ToString(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture);
    }

    /// <summary>Waits for the server to show something; a test that waits for a server's deed names it by a query.</summary>
    public async Task WaitForAsync(string condition, string database = "postgres", PostgreSqlNode? node = null)
    {
        for (var attempt = 0; attempt < 500; attempt++)
        {
            if (await AskAsync(condition, database, node) is "True")
            {
                return;
            }

            await Task.Delay(10);
        }

        throw new TimeoutException($"The server never showed: {condition}");
    }

    public Task CreateDatabaseAsync(string name) =>
        AskAsync($"CREATE DATABASE \"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"");

    /// <summary>Makes the admin database, runs the set-up script that <c>check --print-setup</c> prints and gives the bot its password.</summary>
    public async Task InstallFacadeAsync(IReadOnlyList<Target> targets, TimeSpan? maximumWindow = null)
    {
        if (await AskAsync($"SELECT 1 FROM pg_database WHERE datname = '{AdminDatabase}'") is not "1")
        {
            await CreateDatabaseAsync(AdminDatabase);
        }

        var script = PostgreSqlSetUp.Render(ToServer(), targets, maximumWindow ?? TimeSpan.FromDays(3650));
        // An edited script on trial (tests/mutants/try.sh), without building the program anew.
        if (Environment.GetEnvironmentVariable("DBCHATOPS_TRIED_FACADE") is { } edited)
        {
            script = script.Replace(PostgreSqlSetUp.Facade(), await File.ReadAllTextAsync(edited), StringComparison.Ordinal);
        }

        await PsqlAsync(script, AdminDatabase);
        await PsqlAsync($"ALTER ROLE dbchatops_bot PASSWORD '{BotPassword}'");
    }

    /// <summary>As the configuration describes it; without its standby on request.</summary>
    public Server ToServer(string id = "orders", TargetEnvironment environment = TargetEnvironment.Production, bool listStandby = true) => new()
    {
        Id = new ServerId(id),
        Environment = environment,
        Nodes = listStandby && _shape.HasStandby
            ? [new ServerNode { Host = "127.0.0.1", Port = WriterPort }, new ServerNode { Host = "127.0.0.1", Port = StandbyPort, Kind = NodeKind.Standby }]
            : [new ServerNode { Host = "127.0.0.1", Port = WriterPort }],
        AdminDatabase = AdminDatabase,
        Minter = new Credential { User = "dbchatops_bot", Password = static _ => ValueTask.FromResult(new Secret(BotPassword)) },
        MaximumLiveGrants = 2000,
    };

    /// <summary>A reason to skip on a laptop; in CI everything has to be there.</summary>
    private void Miss(string reason)
    {
        Missing = reason;
        if (string.Equals(Environment.GetEnvironmentVariable("CI"), "true", StringComparison.OrdinalIgnoreCase))
        {
            throw new InvalidOperationException(reason);
        }
    }

    // pg_basebackup would write the connection with -R, and a newer one names settings that an older standby refuses.
    private async Task CopyWriterAsync(PostgreSqlNode node)
    {
        var port = WriterPort.ToString(CultureInfo.InvariantCulture);
        await _binaries.RunAsync("pg_basebackup", "-h", "127.0.0.1", "-p", port, "-U", "postgres", "-D", node.Data, "-X", "stream", "-c", "fast", "--no-sync");
        await FollowWriterAsync(node);
    }

    private async Task FollowWriterAsync(PostgreSqlNode node)
    {
        await File.AppendAllTextAsync(
            Path.Combine(node.Data, "postgresql.auto.conf"), string.Create(CultureInfo.InvariantCulture, $"primary_conninfo = 'user=postgres host=127.0.0.1 port={WriterPort}'\n"));
        await File.WriteAllTextAsync(Path.Combine(node.Data, "standby.signal"), string.Empty);
    }
}
