using DbChatOps.Access;
using DbChatOps.Chat;
using DbChatOps.Host.Configuration;
using DbChatOps.Host.Flow;
using DbChatOps.Host.Operations;
using DbChatOps.Host.Slack;
using DbChatOps.Host.Storage;
using DbChatOps.Ledger;
using DbChatOps.Policies;
using DbChatOps.Targets;
using DbChatOps.Tests.Slack;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using static DbChatOps.Tests.Access.AccessGiven;

namespace DbChatOps.Tests.Flow;

/// <summary>
/// The bot as <c>serve</c> composes it, on a real store, before a server and a chat in memory and a clock that stands still: for what one part does with
/// one state, without waiting for the others. The people and targets are those of <see cref="Access.AccessGiven"/>.
/// </summary>
internal sealed class FlowScene : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dbchatops-flow-").FullName;
    private readonly string _path;
    private readonly SqliteStore _store;
    private readonly ServiceProvider _services;

    public FlowScene(DateTimeOffset? now = null)
    {
        _path = Path.Combine(_folder, "ledger.db");
        Clock = new StoppedClock(now ?? At(3));
        Engine = new ScriptedEngine(Clock);
        foreach (var person in new[] { Asker, Approver, OnCall, Business })
        {
            Chat.People[person.Id] = person;
        }

        var known = Facts(Principal.Bot);
        Rules = new Rules
        {
            Policies = known.Policies, Targets = known.Targets, ApprovalChannel = known.ApprovalChannel, AuditChannel = "C0AUDIT000", SecurityGroups = known.SecurityGroups,
        };
        _store = SqliteStore.Open(_path, Clock);
        var source = new SettingsSource(new SettingsLoader("unused", []), SettingsOf(_path));
        _services = new ServiceCollection().AddLogging().AddFlow(source, _store, Clock).AddChat(source)
            .AddSingleton<ILoginEngine>(Engine).AddSingleton<IChatPlatform>(Chat).AddSingleton<IDirectory>(Chat).AddSingleton<Func<Rules>>(() => Rules)
            .BuildServiceProvider();
    }

    public StoppedClock Clock { get; }

    public ScriptedEngine Engine { get; }

    public ScriptedChat Chat { get; } = new();

    /// <summary>What the configuration says now.</summary>
    public Rules Rules { get; set; }

    public ILedger Ledger => _store.Ledger;

    public SqliteStore Store => _store;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public T Lane<T>()
        where T : ILaneWorker => _services.GetServices<ILaneWorker>().OfType<T>().Single();

    /// <summary>Stores states as they are: the aggregates of a story, without its entries.</summary>
    public async Task HasAsync(params IReadOnlyList<IAggregate> states)
    {
        foreach (var state in states)
        {
            var version = state switch
            {
                DbChatOps.Access.Grant => (await Ledger.LoadAsync<Grant>(state.Subject.Key, Ct))?.Version,
                AccessRequest => (await Ledger.LoadAsync<AccessRequest>(state.Subject.Key, Ct))?.Version,
                _ => (await Ledger.LoadAsync<ServerRecord>(state.Subject.Key, Ct))?.Version,
            };
            await Ledger.CommitAsync(
                new Change { Snapshots = [new SnapshotWrite { Subject = state.Subject, ExpectedVersion = version ?? 0, Index = state.Index, Body = LedgerJson.Write((object)state) }] }, Ct);
        }
    }

    /// <summary>The server as it was pinned.</summary>
    public Task HasServerAsync() => HasAsync(Facts(Principal.Bot).Server!);

    public async Task<Grant> GrantAsync(GrantId? id = null) => (await Ledger.LoadAsync<Grant>((id ?? TheGrant).ToString(), Ct))!.State;

    public async Task<AccessRequest> RequestAsync(RequestId? id = null) => (await Ledger.LoadAsync<AccessRequest>((id ?? TheRequest).ToString(), Ct))!.State;

    /// <summary>Lets one lane work one row, as if it had claimed it for so long.</summary>
    public async Task<RowResult> WorksAsync<T>(AgendaItem item, TimeSpan? claimedFor = null, int attempts = 0)
        where T : ILaneWorker
    {
        var row = new AgendaRow { Key = "row", Lane = "lane", Priority = AgendaPriority.Revoke, Due = Clock.GetUtcNow(), Item = item };
        var claim = new LaneClaim("lane", Clock.GetUtcNow() + (claimedFor ?? Agenda.ClaimFor), [new ClaimedRow(row, 1, attempts)]);
        return (await Lane<T>().WorkAsync(claim, Ct)).Single();
    }

    /// <summary>The codes of what was refused to people, the oldest first.</summary>
    public async Task<IReadOnlyList<string>> RefusalsAsync()
    {
        List<string> codes = [];
        await using var reader = SqliteLedgerReader.Open(_path);
        await foreach (var entry in reader.ReadEntriesAsync(new EntryFilter { Kind = "refused" }, Ct))
        {
            codes.Add((string)System.Text.Json.Nodes.JsonNode.Parse(entry.Body!)!["code"]!);
        }

        return codes;
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await _store.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static Settings SettingsOf(string path) => new()
    {
        Instance = new InstanceSettings { Id = "tests", Key = new Secret("an instance key of the tests, long enough") },
        SlackMode = SlackMode.Http,
        Slack = SlackWorld.Settings(),
        Security = new SecuritySettings { AcceptChatOnly = true, CutOffGroups = ["security"] },
        Store = new StoreSettings { ConnectionString = new Secret($"Data Source={path}"), Path = path },
        Targets = new TargetBook([], []),
        Policies = PolicyBook.Empty,
        SectionHashes = new Dictionary<string, string>(StringComparer.Ordinal),
        Warnings = [],
    };
}
