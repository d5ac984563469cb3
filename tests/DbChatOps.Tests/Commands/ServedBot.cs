using System.Globalization;
using System.Net;
using System.Net.Sockets;
using DbChatOps.Access;
using DbChatOps.Host.Storage;
using DbChatOps.Ledger;
using DbChatOps.Playground;
using DbChatOps.Playground.World;
using DbChatOps.Tests.Access;
using DbChatOps.Tests.Configuration;
using Xunit;
using static DbChatOps.Tests.Access.AccessGiven;

namespace DbChatOps.Tests.Commands;

/// <summary>
/// One night in the life of the real program, played once and looked at by many tests: it serves, is stopped, its configuration breaks, it serves
/// again. The look-alike stands in for Slack; no server answers.
/// </summary>
public sealed class ServedBot : IAsyncLifetime
{
    /// <summary>Three processes start and end one after another, on a machine that runs everything else meanwhile.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);
    private readonly SettingsFolder _folder = new();
    private readonly int _port = FreePort();
    private SlackWorkspace? _slack;

    public string Folder => Path.GetDirectoryName(_folder.File) ?? "/";

    public string Url => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_port}");

    public string Good { get; private set; } = "";

    public string Log { get; private set; } = "";

    public int Ended { get; private set; }

    public IReadOnlyDictionary<string, UnixFileMode> Modes { get; private set; } = new Dictionary<string, UnixFileMode>(StringComparer.Ordinal);

    public (int ExitCode, string Output, string Errors) Second { get; private set; }

    public string HealthWhenBroken { get; private set; } = "";

    public int EndedWhenBroken { get; private set; }

    public async ValueTask InitializeAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        var ct = patience.Token;
        _slack = await SlackWorkspace.StartAsync(new SlackWorkspaceSettings(), ct);
        Directory.CreateDirectory(_folder.Path("store"));
        Good = _folder.Write("good.json", await ConfigurationAsync(ct));
        _folder.Write("appsettings.json", await File.ReadAllTextAsync(Good, ct));
        await SeedAsync(_folder.Path("store/ledger.db"), ct);
        _folder.Write("other.json", (await File.ReadAllTextAsync(Good, ct)).Replace("store/ledger.db", "other.db", StringComparison.Ordinal));

        await using (var bot = HostProgram.Start(Folder, "serve", "--urls", Url))
        {
            await HealthAsync(text => text != "starting", ct);
            Second = await HostProgram.RunAsync(Folder, ["serve", "--urls", Url, "-c", "other.json"], ct);
            Modes = Directory.EnumerateFiles(_folder.Path("store")).ToDictionary(path => Path.GetFileName(path), File.GetUnixFileMode);
            Ended = await bot.TerminateAsync(ct);
            Log = bot.Output;
        }

        // A comma is gone from the very file that stands in the working directory.
        _folder.Write("appsettings.json", (await File.ReadAllTextAsync(Good, ct)).Replace("\"Slack\"", " \"x\": 1 \"Slack\"", StringComparison.Ordinal));
        await using (var bot = HostProgram.Start(Folder, "serve", "--urls", Url))
        {
            HealthWhenBroken = await HealthAsync(_ => true, ct);
            EndedWhenBroken = await bot.TerminateAsync(ct);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_slack is not null)
        {
            await _slack.DisposeAsync();
        }

        _folder.Dispose();
    }

    private async Task<string> ConfigurationAsync(CancellationToken ct)
    {
        var closed = FreePort();
        _folder.With("Slack.ApiBaseUrl", $"\"{_slack!.ApiBaseUrl}\"").With("Slack.BotToken", $"\"{_slack.Settings.BotToken}\"")
            .With("Slack.AppId", $"\"{Seed.AppId}\"").With("Slack.TeamIds", $"[\"T0\", \"{Seed.TeamId}\"]")
            .With("Servers[0].Nodes", $$"""[{ "Host": "localhost", "Port": {{closed}} }]""")
            .With("Servers[1].Nodes", $$"""[{ "Host": "localhost", "Port": {{closed + 1}} }]""")
            .With("Store.ConnectionString", $"\"Data Source={_folder.Path("store/ledger.db")}\"")
            .With("People", """[{ "Name": "ana", "Identities": ["slack:T0:U1"] }]""");
        return await File.ReadAllTextAsync(_folder.File, ct);
    }

    /// <summary>A grant that was over before the night began.</summary>
    private static async Task SeedAsync(string path, CancellationToken ct)
    {
        var grant = Revoked();
        await using var store = SqliteStore.Open(path, TimeProvider.System);
        await store.Ledger.CommitAsync(
            new Change
            {
                Snapshots = [new SnapshotWrite { Subject = grant.Subject, ExpectedVersion = 0, Index = grant.Index, Body = LedgerJson.Write(grant) }],
                Entries = [AccessStory.Steps.Select(step => step.Change).OfType<GrantOpened>().First().ToDraft()],
            },
            ct);
    }

    private async Task<string> HealthAsync(Func<string, bool> enough, CancellationToken ct)
    {
        using var http = new HttpClient { BaseAddress = new Uri(Url) };
        while (true)
        {
            try
            {
                if (await http.GetAsync(new Uri("/healthz/ready", UriKind.Relative), ct) is { StatusCode: HttpStatusCode.OK } answer
                    && await answer.Content.ReadAsStringAsync(ct) is var text && enough(text))
                {
                    return text;
                }
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), ct);
        }
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
