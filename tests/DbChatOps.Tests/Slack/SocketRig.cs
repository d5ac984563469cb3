using DbChatOps.Alerts;
using DbChatOps.Host.Flow;
using DbChatOps.Host.Operations.CommandLine;
using DbChatOps.Host.Slack;
using DbChatOps.Host.Slack.Socket;
using DbChatOps.Host.Storage;
using DbChatOps.Policies;
using DbChatOps.Targets;
using Microsoft.Extensions.Logging;
using Xunit;

namespace DbChatOps.Tests.Slack;

/// <summary>Socket Mode as the bot has it, before a scripted Slack: a real store for its alarms, a handler that remembers, a clock that skips.</summary>
internal sealed class SocketRig : IAsyncDisposable
{
    private readonly string _folder;
    private readonly SqliteStore _store;
    private readonly HttpClient _http = SlackWebApi.CreateClient();
    private readonly ILoggerFactory _logging;

    private SocketRig(SocketScript script, string folder, SqliteStore store, SocketPacing pacing)
    {
        (Script, _folder, _store) = (script, folder, store);
        _logging = LoggerFactory.Create(builder => builder.AddProvider(Log).SetMinimumLevel(LogLevel.Trace));
        var settings = SlackWorld.Settings(script.ApiBaseUrl) with { AppToken = new Secret("xapp-1-tests") };
        var api = new SlackWebApi(_http, settings, () => settings.BotToken, TimeProvider.System, _logging.CreateLogger<SlackWebApi>());
        var rules = new Rules { Policies = PolicyBook.Empty, Targets = new TargetBook([], []), ApprovalChannel = "", SecurityGroups = [] };
        var facts = new FactGathering(store.Ledger, new NoDirectory(), () => rules, TimeProvider.System);
        var alarms = new Alarms(new Decider(store.Ledger, facts, () => rules, TimeProvider.System), store.Ledger, () => rules, _logging.CreateLogger<Alarms>());
        var reception = new SlackReception(settings, Handler, Replies, TimeProvider.System, Process, _logging.CreateLogger<SlackReception>());
        Mode = new SocketMode(api, reception, settings, alarms, Health, pacing, new WayIn(), Clock, _logging.CreateLogger<SocketMode>());
    }

    public SocketScript Script { get; }

    public SocketMode Mode { get; }

    public RecordingHandler Handler { get; } = new();

    public RecordingReplies Replies { get; } = new();

    public SkippingClock Clock { get; } = new();

    public Health Health { get; } = new();

    /// <summary>The process, which outlives its sockets.</summary>
    public ProcessLifetime Process { get; } = new();

    public LogBook Log { get; } = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>Starts nothing yet; <see cref="SocketMode.StartAsync"/> of <see cref="Mode"/> does.</summary>
    public static async Task<SocketRig> CreateAsync(SocketPacing? pacing = null)
    {
        var folder = Directory.CreateTempSubdirectory("dbchatops-socket-").FullName;
        var store = SqliteStore.Open(Path.Combine(folder, "ledger.db"), new SteadyClock(TimeProvider.System));
        return new SocketRig(await SocketScript.StartAsync(), folder, store, pacing ?? new SocketPacing());
    }

    /// <summary>Both sockets, greeted.</summary>
    public async Task<(SocketScriptLine First, SocketScriptLine Second)> OpensAsync()
    {
        await Mode.StartAsync(Ct);
        return (await Script.NextAsync(), await Script.NextAsync());
    }

    public async Task<AlertState?> AlarmAsync() => (await _store.Ledger.LoadAsync<Alert>("slack_socket", Ct))?.State.State;

    public async ValueTask DisposeAsync()
    {
        await Mode.StopAsync(CancellationToken.None);
        Mode.Dispose();
        Process.Dispose();
        await Script.DisposeAsync();
        await _store.DisposeAsync();
        _http.Dispose();
        _logging.Dispose();
        Directory.Delete(_folder, recursive: true);
    }
}
