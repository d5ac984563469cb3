using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using DbChatOps.Playground.Demo;
using Microsoft.Data.Sqlite;

namespace DbChatOps.Benchmarks;

/// <summary>
/// How long a slash command waits for its acknowledgement when 64 arrive at a time: <c>serve</c>, which has stored the row by then, and the same
/// load on a small app of Slack's own framework that stores nothing. By signed HTTP and by socket, in turns, each twice.
/// </summary>
public static class AckBenchmark
{
    private const int Connections = 64;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(10);

    public static async Task RunAsync(TimeSpan each, TextWriter output, CancellationToken ct)
    {
        await using var slack = await AckSlack.StartAsync(ct);
        foreach (var bySocket in new[] { false, true })
        {
            var ours = await MeasureAsync(bySocket, isOurs: true, slack, each, output, ct);
            var theirs = await MeasureAsync(bySocket, isOurs: false, slack, each, output, ct);
            ours = Better(ours, await MeasureAsync(bySocket, isOurs: true, slack, each, output, ct));
            theirs = Better(theirs, await MeasureAsync(bySocket, isOurs: false, slack, each, output, ct));
            await SayAsync(output, $"{Way(bySocket)}: {ours.PerSecond / theirs.PerSecond:F2} times the throughput of Bolt (the better run of each); our p99 {ours.P99:F1} ms");
        }
    }

    private static async Task<Outcome> MeasureAsync(bool bySocket, bool isOurs, AckSlack slack, TimeSpan each, TextWriter output, CancellationToken ct)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Root(), "artifacts", "acks", Guid.NewGuid().ToString("N"))).FullName;
        try
        {
            var secret = BotConfiguration.NewSecret();
            var port = FreePort.Next();
            var address = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/"));
            await using var app = isOurs
                ? await StartOursAsync(folder, address, slack, secret, bySocket, ct)
                : await StartBoltAsync(port, slack, secret, bySocket, ct);
            while (bySocket && slack.Lines == 0) await Task.Delay(20, ct);

            using var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = Connections });
            var to = new Uri(address, "slack/commands");
            async Task OneAsync()
            {
                if (bySocket)
                {
                    await slack.AskAsync(ct);
                    return;
                }

                using var request = AckCommand.Signed(AckCommand.Next(slack.Api), to, secret);
                using var answer = await http.SendAsync(request, ct);
                answer.EnsureSuccessStatusCode();
            }

            await LoadAsync(OneAsync, WarmUp);
            var outcome = await LoadAsync(OneAsync, each);
            await SayAsync(output, $"{Way(bySocket)}, {(isOurs ? "serve" : "Bolt ")}: {outcome.PerSecond:F0}/s, p50 {outcome.P50:F1} ms, p99 {outcome.P99:F1} ms, max {outcome.Slowest:F1} ms{(isOurs ? Stored(folder) : "")}");
            return outcome;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<Outcome> LoadAsync(Func<Task> one, TimeSpan length)
    {
        var waits = new ConcurrentBag<double>();
        var all = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => Task.Run(async () =>
        {
            while (all.Elapsed < length)
            {
                var started = Stopwatch.GetTimestamp();
                await one();
                waits.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            }
        })));
        var seconds = all.Elapsed.TotalSeconds;
        var sorted = waits.Order().ToArray();
        return new Outcome(sorted.Length / seconds, sorted[sorted.Length / 2], sorted[sorted.Length * 99 / 100], sorted[^1]);
    }

    private static async Task<IAsyncDisposable> StartOursAsync(string folder, Uri address, AckSlack slack, string secret, bool bySocket, CancellationToken ct)
    {
        var file = Path.Combine(folder, "appsettings.json");
        await File.WriteAllTextAsync(file, Configuration(folder, slack, secret, bySocket).ToJsonString(), ct);
        var bot = new BotProcess(Path.Combine(Root(), "artifacts/bin/DbChatOps.Host/release/DbChatOps.Host.dll"), file, address, Path.Combine(folder, "bot.log"));
        await bot.StartAsync(ct);
        return bot;
    }

    private static async Task<IAsyncDisposable> StartBoltAsync(int port, AckSlack slack, string secret, bool bySocket, CancellationToken ct)
    {
        var start = new ProcessStartInfo("node", [Path.Combine(Root(), "tests/browser/strangers/ack-app.mjs")]) { RedirectStandardOutput = true, UseShellExecute = false };
        foreach (var (name, value) in bySocket
            ? new[] { ("SLACK_API", slack.Api.AbsoluteUri), ("APP_TOKEN", "xapp-acks") }
            : [("PORT", port.ToString(CultureInfo.InvariantCulture)), ("SIGNING_SECRET", secret)])
        {
            start.Environment[name] = value;
        }

        var process = Process.Start(start)!;
        if (await process.StandardOutput.ReadLineAsync(ct) is not "ready") throw new InvalidOperationException("The Bolt app did not start; tests/browser/run.sh prepare brings its packages.");
        return new Ending(process);
    }

    private static JsonObject Configuration(string folder, AckSlack slack, string secret, bool bySocket) => new()
    {
        ["Instance"] = new JsonObject { ["Id"] = "acks", ["Key"] = BotConfiguration.NewSecret() },
        ["Slack"] = new JsonObject
        {
            ["Mode"] = bySocket ? "Socket" : "Http",
            ["ApiBaseUrl"] = slack.Api.AbsoluteUri,
            ["BotToken"] = "xoxb-acks",
            [bySocket ? "AppToken" : "SigningSecret"] = bySocket ? "xapp-acks" : secret,
            ["AppId"] = AckCommand.App,
            ["TeamIds"] = new JsonArray(AckCommand.Team),
            ["ApprovalChannel"] = "C0ACKS0001",
        },
        ["Security"] = new JsonObject { ["AcceptChatOnly"] = true },
        ["Store"] = new JsonObject { ["Provider"] = "Sqlite", ["ConnectionString"] = "Data Source=" + Store(folder) },
        ["People"] = new JsonArray(new JsonObject { ["Name"] = "ana", ["Identities"] = new JsonArray($"slack:{AckCommand.Team}:{AckCommand.Person}") }),
        ["Groups"] = new JsonObject { ["developers"] = new JsonArray("ana") },
        // Nobody asks for it; it only has to be one that can be configured.
        ["Servers"] = new JsonArray(new JsonObject
        {
            ["Id"] = "none",
            ["Engine"] = "PostgreSql",
            ["Flavour"] = "Plain",
            ["Environment"] = "Development",
            ["AdminDatabase"] = "postgres",
            ["Nodes"] = new JsonArray(new JsonObject { ["Host"] = "127.0.0.1", ["Port"] = 1, ["Kind"] = "Writer" }),
            ["Minter"] = new JsonObject { ["User"] = "dbchatops_bot", ["Password"] = BotConfiguration.NewSecret() },
            ["Databases"] = new JsonArray(new JsonObject { ["Name"] = "orders", ["Target"] = "orders" }),
            ["Levels"] = new JsonObject { ["read"] = new JsonObject() },
        }),
        ["Policies"] = new JsonArray(),
    };

    /// <summary>What the bot really stored: a row for each command, warm-up included.</summary>
    private static string Stored(string folder)
    {
        using var store = new SqliteConnection($"Data Source={Store(folder)};Mode=ReadOnly");
        store.Open();
        using var count = store.CreateCommand();
        count.CommandText = "SELECT count(*) FROM inbox";
        return string.Create(CultureInfo.InvariantCulture, $"; {count.ExecuteScalar()} rows in the inbox");
    }

    /// <summary>Beside the configuration's folder and not in it, as installed: whoever watches that folder for changes is not woken by each commit.</summary>
    private static string Store(string folder) => Path.Combine(Directory.CreateDirectory(Path.Combine(folder, "data")).FullName, "dbchatops.db");

    private static Outcome Better(Outcome one, Outcome other) => one.PerSecond > other.PerSecond ? one : other;

    private static string Way(bool bySocket) => bySocket ? "by socket" : "by HTTP  ";

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "DbChatOps.sln"))) folder = folder.Parent;
        return (folder ?? throw new InvalidOperationException("Run it inside the checkout.")).FullName;
    }

    private static Task SayAsync(TextWriter output, FormattableString line) => output.WriteLineAsync(line.ToString(CultureInfo.InvariantCulture));

    /// <summary>Milliseconds, but for the first.</summary>
    private sealed record Outcome(double PerSecond, double P50, double P99, double Slowest);

    private sealed class Ending(Process process) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }
    }
}
