using System.Diagnostics;
using System.Globalization;
using DbChatOps.Chat;
using DbChatOps.Host.Storage;
using DbChatOps.Ledger;

namespace DbChatOps.Benchmarks;

/// <summary>How fast the embedded store takes deliveries, and what one decision costs in a small and in a large ledger.</summary>
public static class LedgerBenchmark
{
    private const int Writers = 64;
    private const int Decisions = 2_000;
    private const int EntriesPerTicket = 10;

    private static readonly DateTimeOffset Noon = new(2026, 3, 14, 12, 0, 0, TimeSpan.Zero);

    public static async Task RunAsync(TextWriter output, CancellationToken ct)
    {
        var folder = Directory.CreateTempSubdirectory("dbchatops-bench-");
        try
        {
            await using var store = SqliteStore.Open(Path.Combine(folder.FullName, "store.db"), TimeProvider.System);
            await AcceptAsync(store, output, ct);

            await GrowAsync(store, 0, 1_000, ct);
            await DecideAsync(store, 500, ct);
            var small = await DecideAsync(store, Decisions, ct);
            await SayAsync(output, $"decision at ~1,000 entries: {small.Alone:F1} us alone, {small.Shared:F1} us with {Writers} at once (medians)");

            var growing = Stopwatch.StartNew();
            await GrowAsync(store, 1_000, 1_000_000, ct);
            await SayAsync(output, $"grown to 1,000,000 entries in {growing.Elapsed.TotalSeconds:F1} s");
            await DecideAsync(store, 500, ct);
            var large = await DecideAsync(store, Decisions, ct);
            await SayAsync(output, $"decision at ~1,000,000 entries: {large.Alone:F1} us alone, {large.Shared:F1} us with {Writers} at once");
            await SayAsync(output, $"ratio: {large.Alone / small.Alone:F2} alone, {large.Shared / small.Shared:F2} at once");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task AcceptAsync(SqliteStore store, TextWriter output, CancellationToken ct)
    {
        const int each = 500;
        var waits = new double[Writers * each];
        var all = Stopwatch.StartNew();
        var processor = Environment.CpuUsage.TotalTime;
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(
            async () =>
            {
                for (var i = 0; i < each; i++)
                {
                    var started = Stopwatch.GetTimestamp();
                    await store.Inbox.AcceptAsync(Delivery($"{writer}-{i}"), ct);
                    waits[(writer * each) + i] = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
                }
            },
            ct)));
        var seconds = all.Elapsed.TotalSeconds;
        var cost = (Environment.CpuUsage.TotalTime - processor).TotalMicroseconds / waits.Length;
        Array.Sort(waits);
        await SayAsync(output, $"inbox, {Writers} writers: {waits.Length / seconds:F0} accepts/s, p50 {waits[waits.Length / 2]:F2} ms, p99 {waits[waits.Length * 99 / 100]:F2} ms, {cost:F0} us of processor each");
    }

    /// <summary>Ended aggregates with their history, a hundred entries a change.</summary>
    private static async Task GrowAsync(SqliteStore store, int from, int to, CancellationToken ct)
    {
        for (var first = from; first < to; first += 100)
        {
            var keys = Enumerable.Range(0, 100 / EntriesPerTicket).Select(i => string.Create(CultureInfo.InvariantCulture, $"old-{first + i:D8}")).ToList();
            await store.Ledger.CommitAsync(
                new Change
                {
                    Snapshots = [.. keys.Select(key => Snapshot(key, open: false, version: 0))],
                    Entries = [.. keys.SelectMany(key => Enumerable.Repeat(Entry(key), EntriesPerTicket))],
                },
                ct);
        }
    }

    /// <summary>A whole decision each: an arrival, a guarded new aggregate, its event, a card to redraw; then its end.</summary>
    private static async Task<(double Alone, double Shared)> DecideAsync(SqliteStore store, int count, CancellationToken ct)
    {
        var run = Guid.NewGuid().ToString("N");
        var alone = new double[count];
        for (var i = 0; i < count; i++)
        {
            var started = Stopwatch.GetTimestamp();
            await DecideOneAsync(store, $"{run}-{i}", ct);
            alone[i] = Stopwatch.GetElapsedTime(started).TotalMicroseconds;
        }

        var rounds = new double[9];
        for (var round = 0; round < rounds.Length; round++)
        {
            var started = Stopwatch.GetTimestamp();
            await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(
                async () =>
                {
                    for (var i = 0; i < count / Writers; i++)
                    {
                        await DecideOneAsync(store, $"{run}-{round}-{writer}-{i}", ct);
                    }
                },
                ct)));
            rounds[round] = Stopwatch.GetElapsedTime(started).TotalMicroseconds / (count / Writers * Writers);
        }

        Array.Sort(alone);
        Array.Sort(rounds);
        return (alone[count / 2], rounds[rounds.Length / 2]);
    }

    private static async Task DecideOneAsync(SqliteStore store, string key, CancellationToken ct)
    {
        await store.Ledger.FindAsync<BenchTicket>(new SnapshotQuery { Kind = "bench", Person = "nobody", Open = true }, ct);
        await store.Ledger.CommitAsync(
            new Change
            {
                Snapshots = [Snapshot(key, open: true, version: 0)],
                Entries = [Entry(key)],
                Guards = [new Guard("cap", new SnapshotQuery { Kind = "bench", Server = "pg1", Exposed = true }, 0, new Refusal("cap", "Too many."))],
                Agenda = [new AgendaRow { Key = "show:" + key, Lane = "chat:C1", Priority = AgendaPriority.Rest, Due = Noon.AddYears(1), Item = new AgendaItem.Show(key) }],
            },
            ct);
        await store.Ledger.CommitAsync(new Change { Snapshots = [Snapshot(key, open: false, version: 1)], Entries = [Entry(key)] }, ct);
    }

    private static SnapshotWrite Snapshot(string key, bool open, long version) => new()
    {
        Subject = new Subject("bench", key),
        ExpectedVersion = version,
        Index = new SnapshotIndex { Open = open, State = open ? "active" : "revoked", Person = "slack:T:U" + key[^1], Server = "pg1", Target = "orders", Handle = key, Login = key },
        Body = new byte[800],
    };

    private static DraftEntry Entry(string key) => new() { At = Noon, Kind = "bench.counted/1", Subject = "bench:" + key, Body = new byte[400] };

    private static Delivery Delivery(string key) => new()
    {
        Key = key,
        Kind = DeliveryKind.SlashCommand,
        ReceivedAt = Noon,
        Person = new PersonId("slack", "T0ACME", "U1"),
        Text = "access orders-prod read 30m checking INC-42",
        Action = "/db",
        Channel = "C1",
        TriggerId = "1234567890.1234567890.abcdef0123456789abcdef0123456789",
        ResponseUrl = new Secret("https://hooks.example/commands/T0ACME/1234567890/abcdefghijklmnop"),
    };

    private static Task SayAsync(TextWriter output, FormattableString line) => output.WriteLineAsync(line.ToString(CultureInfo.InvariantCulture));

    private sealed record BenchTicket : IAggregate<BenchTicket>
    {
        public static string Kind => "bench";

        public Subject Subject => new(Kind, "");

        public SnapshotIndex Index => new() { Open = true, State = "active" };

        public static BenchTicket Apply(BenchTicket? state, DomainEvent change) => state ?? new BenchTicket();
    }
}
