using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using DbChatOps.Access;
using DbChatOps.Chat;
using DbChatOps.Host.Commands;
using DbChatOps.Host.Configuration;
using DbChatOps.Host.Desk;
using DbChatOps.Host.Flow;
using DbChatOps.Host.Operations;
using DbChatOps.Host.Slack;
using DbChatOps.Host.Slack.Socket;
using DbChatOps.Host.Storage;
using DbChatOps.Ledger;
using DbChatOps.Playground;
using DbChatOps.Playground.Deliveries;
using DbChatOps.Playground.Driving;
using DbChatOps.Playground.World;
using DbChatOps.Policies;
using DbChatOps.Targets;
using DbChatOps.Tests.PostgreSql;
using DbChatOps.Tests.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.Data.Sqlite;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;

namespace DbChatOps.Tests.Journeys;

/// <summary>
/// The whole bot, composed as <c>serve</c> composes it, on a real store, in front of real PostgreSQL servers and the Slack look-alike. Only the
/// pulse is replaced: <see cref="SettlesAsync"/> pumps until nothing is due. It can be stopped, crashed and started again on the same store.
/// </summary>
public sealed class BotUnderTest : IAsyncDisposable
{
    public static readonly SlackUser Ana = Seed.Ana;
    public static readonly SlackUser Bo = Seed.Bo;
    public static readonly SlackUser Cy = Seed.Cy;
    public static readonly SlackUser Dee = Seed.Dee;

    /// <summary>The clock is moved on to rows that are due within this time: a server is asked again, or chat is paced.</summary>
    private static readonly TimeSpan Near = TimeSpan.FromSeconds(3);

    private const int FirstLooks = 10;

    private readonly string _folder;
    private readonly PostgreSqlStage _stage;
    private readonly ConcurrentDictionary<string, Task> _answering = new(StringComparer.Ordinal);
    private Action<IServiceCollection>? _compose;
    private WebApplication? _app;
    private SqliteStore? _store;

    private BotUnderTest(PostgreSqlStage stage, SlackWorkspace slack, ShiftedClock clock, string? folder)
    {
        _folder = folder ?? Directory.CreateTempSubdirectory("dbchatops-bot-").FullName;
        (_stage, Slack, Clock, Wall) = (stage, slack, clock, new JumpingClock(clock));
        Driver = new SlackDriver(slack, TestContext.Current.CancellationToken);
        Settings = FirstSettings();
    }

    public SlackWorkspace Slack { get; }

    public SlackDriver Driver { get; }

    public SlackSights Sights => Driver.Sights;

    /// <summary>True time, also for the servers and for Slack.</summary>
    public ShiftedClock Clock { get; }

    /// <summary>The clock of the bot's own machine, which can be set wrong.</summary>
    public JumpingClock Wall { get; }

    /// <summary>May be replaced before a (re)start, or swapped while running: what the bot reads is always this.</summary>
    public Settings Settings { get; set; }

    public string StorePath => Path.Combine(_folder, "ledger.db");

    public PostgreSqlPair Servers => _stage.Pair;

    /// <summary>Everything the bot logged, one line an entry.</summary>
    public LogLines Log { get; } = new();

    public ILedger Ledger => _store!.Ledger;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <param name="folder">Where the store lies, such as a disk that is to be full; removed with the bot.</param>
    /// <param name="compose">Changes the composition of every process of this bot, below the crashing.</param>
    public static async Task<BotUnderTest> StartAsync(
        PostgreSqlStage stage, Func<Settings, Settings>? with = null, CrashPlan? crash = null, Action<IServiceCollection>? compose = null, bool bySocket = false, string? folder = null)
    {
        stage.Pair.Require();
        var clock = new ShiftedClock();
        var slack = await SlackWorkspace.StartAsync(new SlackWorkspaceSettings { Clock = clock, SigningSecret = "signing-secret-of-the-tests", AnswerBudget = TimeSpan.FromSeconds(10), SocketMode = bySocket, App = new AppListing { MessageShortcuts = [new("request_access", "Request access")] } }, Ct);
        var bot = new BotUnderTest(stage, slack, clock, folder);
        bot.Settings = with?.Invoke(bot.Settings) ?? bot.Settings;
        bot._compose = compose;
        await bot.StartAsync(crash);
        return bot;
    }

    public IServiceProvider Provider => _app!.Services;

    public T Get<T>()
        where T : notnull => _app!.Services.GetRequiredService<T>();

    /// <summary>Starts a process on the store as it is; with a plan, it dies where the plan says.</summary>
    public async Task StartAsync(CrashPlan? crash = null)
    {
        var steady = new SteadyClock(Wall);
        _store = SqliteStore.Open(StorePath, steady);
        await _store.Agenda.VoidClaimsAsync(Ct);
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders().AddProvider(Log);
        builder.Services.AddFlow(new SettingsSource(new SettingsLoader("unused", []), Settings), _store, steady);
        builder.Services.AddSingleton<Func<Rules>>(() => Composition.RulesOf(Settings, _store));
        builder.Services.AddChat(new SettingsSource(new SettingsLoader("unused", []), Settings)).AddSingleton<Readiness>()
            .AddSingleton(new ChannelPace(new HurryingClock(Clock)))
            .AddSingleton(provider => new Backlog(
                provider.GetRequiredService<IInbox>(), provider.GetRequiredService<Turns>(), new HurryingClock(Clock), provider.GetRequiredService<ILogger<Backlog>>()))
            .AddSingleton(new SocketPacing { Apart = TimeSpan.Zero, AfterLoss = TimeSpan.Zero });
        _compose?.Invoke(builder.Services);
        if (crash is not null)
        {
            Crashable<ILedger>(builder.Services, crash);
            Crashable<IInbox>(builder.Services, crash);
            Crashable<IAgendaStore>(builder.Services, crash);
            Crashable<IMessageBook>(builder.Services, crash);
            Crashable<ILoginEngine>(builder.Services, crash);
            Crashable<IChatPlatform>(builder.Services, crash);
        }

        _app = builder.Build();
        _app.Use(AnswerAsync);
        _app.MapSlack();
        await _app.StartAsync(Ct);
        if (Slack.Settings.SocketMode)
        {
            await Get<SocketMode>().StartAsync(Ct);
            await Driver.WaitsFor(_ => Slack.Bot.Sockets.Count == 2, "both sockets");
        }

        Slack.Bot.Address = new Uri(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        if (crash is null)
        {
            await TakesUpAsync();
        }
    }

    /// <summary>What a process does before it is ready: it finds out who it is, looks at its servers, and takes up what was left undecided.</summary>
    public async Task TakesUpAsync()
    {
        await Get<SlackPlatform>().ConnectAsync(Ct);
        await LooksFirstAsync();
        await Get<FrontDesk>().TakeUpAsync(Ct);
        await Task.WhenAll(Get<FrontDesk>().UnderWay);
    }

    /// <summary>As the bot itself does after a server that did not answer; on a busy machine a look may take longer than its patience.</summary>
    private async Task LooksFirstAsync()
    {
        for (var look = 1; !await Get<Surveys>().LookAsync(Ct); look++)
        {
            look.ShouldBeLessThan(FirstLooks, string.Join('\n', Get<Health>().Reasons));
        }
    }

    /// <summary>Ends the process; politely or not makes no difference to what is on disk.</summary>
    public async Task StopAsync()
    {
        if (_app is { } app)
        {
            await app.StopAsync(CancellationToken.None);
            await app.DisposeAsync();
            await _store!.DisposeAsync();
        }

        _app = null;
    }

    /// <summary>A backup of the store as it is now, as <c>sqlite3 .backup</c> makes one beside a running bot.</summary>
    public async Task<string> CopyStoreAsync()
    {
        var copy = Path.Combine(_folder, $"copy-{Guid.NewGuid():N}.db");
        await using var from = new SqliteConnection($"Data Source={StorePath}");
        await using var to = new SqliteConnection($"Data Source={copy};Pooling=False");
        await from.OpenAsync(Ct);
        await to.OpenAsync(Ct);
        from.BackupDatabase(to);
        return copy;
    }

    /// <summary>Stops the process and puts a copy in place of the store; without one the store is lost. The next start is the caller's.</summary>
    public async Task ReplaceStoreAsync(string? copy)
    {
        await StopAsync();
        SqliteConnection.ClearAllPools();
        foreach (var file in Directory.GetFiles(_folder, Path.GetFileName(StorePath) + "*"))
        {
            File.Delete(file);
        }

        if (copy is not null)
        {
            File.Copy(copy, StorePath);
        }
    }

    public async Task RestartAsync()
    {
        await StopAsync();
        await StartAsync();
        await SettlesAsync();
    }

    public async Task<BotAnswer?> Says(SlackUser who, string text, SlackChannel? where = null, string? threadTs = null)
    {
        var answer = await Driver.Says(who, text, where, threadTs);
        await SettlesAsync();
        return answer;
    }

    public async Task<BotAnswer> Presses(SlackUser who, string button, SlackChannel? where = null)
    {
        var answer = await Driver.Presses(who, button, where);
        await SettlesAsync();
        return answer;
    }

    public async Task<BotAnswer> Submits(SlackUser who, params (string Field, string Value)[] fields)
    {
        var answer = await Driver.Submits(who, fields);
        await SettlesAsync();
        return answer;
    }

    /// <summary>Presses a button of a message as it was seen, whatever became of it.</summary>
    public async Task<BotAnswer> PressesOn(SlackUser who, SlackMessage seen, string button)
    {
        var answer = await Driver.PressesOn(who, seen, button);
        await SettlesAsync();
        return answer;
    }

    /// <summary>Works the agenda until nothing is due, and moves the clock where the bot would wait a little.</summary>
    public async Task SettlesAsync()
    {
        var agenda = Get<Agenda>();
        await Task.WhenAll(_answering.Values);
        await Task.WhenAll([.. Get<FrontDesk>().UnderWay, .. Get<SlackReception>().UnderWay]);
        while (true)
        {
            var started = await agenda.StartDueAsync(Ct);
            await Task.WhenAll([.. Get<FrontDesk>().UnderWay, .. Get<SlackReception>().UnderWay, .. agenda.UnderWay]);
            if (started > 0)
            {
                continue;
            }

            var wait = await Get<IAgendaStore>().NextDueAsync(Ct) - Get<TimeProvider>().GetUtcNow();
            if (wait is not { } soon || soon > Near)
            {
                return;
            }

            if (soon > TimeSpan.Zero)
            {
                Clock.Advance(soon);
            }
        }
    }

    /// <summary>Moves the clock and works what came due.</summary>
    public async Task PassesAsync(TimeSpan time)
    {
        Clock.Advance(time);
        await SettlesAsync();
    }

    /// <summary>What somebody reads, all conversations and the dialog in front.</summary>
    public string Screen(SlackUser who) => Sights.Screen(who);

    /// <summary>The newest private answer to somebody, without the invisible fences around outside text.</summary>
    public string LastAnswer(SlackUser who) => Sights.Ephemerals(who) is [.., var last] ? Unfenced(Sights.Read(last)) : "";

    /// <summary>The dialog in front of somebody; empty when none is open.</summary>
    public string Dialog(SlackUser who) => Sights.TopModal(who) is { } view ? Unfenced(Sights.Read(view)) : "";

    public string Approvals => Sights.Read(Seed.Approvals);

    /// <summary>What is typed to approve a request, with the digest that its card shows.</summary>
    public static string ApprovalLine(AccessRequest request) => $"/db approve {request.Id.Handle} {request.Digest[..8]}";

    /// <summary>Opens the approval dialog from the newest card and confirms it.</summary>
    public async Task ApprovesAsync(SlackUser who, params (string Field, string Value)[] fields)
    {
        await Presses(who, "Approve…", Seed.Approvals);
        await Submits(who, fields);
    }

    /// <summary>The logins of ours that a node has, the oldest first.</summary>
    public async Task<string> LoginsAsync(PostgreSqlNode? node = null) =>
        await Servers.AskAsync("SELECT coalesce(string_agg(rolname, ',' ORDER BY oid), '') FROM pg_roles WHERE rolname LIKE 'dbco\\_%'", node: node) ?? "";

    public async Task<IReadOnlyList<Grant>> GrantsAsync(bool? open = null) =>
        [.. (await Ledger.FindAsync<Grant>(new SnapshotQuery { Kind = "grant", Open = open }, Ct)).Select(stored => stored.State)];

    public async Task<IReadOnlyList<AccessRequest>> RequestsAsync() =>
        [.. (await Ledger.FindAsync<AccessRequest>(new SnapshotQuery { Kind = "request" }, Ct)).Select(stored => stored.State)];

    /// <summary>Asked, approved and revealed: login and password as the dialog showed them.</summary>
    public async Task<(string Login, Secret Password)> HasAccessAsync(string line = "/db access orders-prod read 30m checking INC-42")
    {
        await Says(Ana, line);
        await Presses(Bo, "Approve…", Seed.Approvals);
        await Submits(Bo);
        return await RevealsAsync(Ana);
    }

    public async Task<(string Login, Secret Password)> RevealsAsync(SlackUser who, string button = "Show credentials")
    {
        await Presses(who, button);
        return Credentials.In(Sights.TopModal(who) ?? throw new InvalidOperationException("No dialog is open.\n" + Screen(who)));
    }

    /// <summary>The chain holds, and folding every aggregate's events gives its snapshot.</summary>
    public async Task LedgerHoldsAsync()
    {
        await using var reader = SqliteLedgerReader.Open(StorePath);
        await using var output = new StringWriter();
        (await new AuditVerify(reader, LedgerVocabulary.Core, output).RunAsync(replay: true, Ct)).ShouldBe(0, output.ToString());
    }

    /// <summary>The codes of what was refused to people, the oldest first.</summary>
    public async Task<IReadOnlyList<string>> RefusalsAsync()
    {
        List<string> codes = [];
        await using var reader = SqliteLedgerReader.Open(StorePath);
        await foreach (var entry in reader.ReadEntriesAsync(new EntryFilter { Kind = "refused" }, Ct))
        {
            codes.Add((string)JsonNode.Parse(entry.Body!)!["code"]!);
        }

        return codes;
    }

    /// <summary>What <c>audit export</c> writes, a line an entry.</summary>
    public async Task<IReadOnlyList<string>> RecordAsync()
    {
        await using var reader = SqliteLedgerReader.Open(StorePath);
        await using var output = new StringWriter();
        await new AuditExport(reader, output).WriteJsonLinesAsync(EntryFilter.Everything, Ct);
        return output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>The kinds of all entries, the oldest first.</summary>
    public async Task<IReadOnlyList<string>> StoryAsync()
    {
        List<string> kinds = [];
        await using var reader = SqliteLedgerReader.Open(StorePath);
        await foreach (var entry in reader.ReadEntriesAsync(EntryFilter.Everything, Ct))
        {
            kinds.Add(entry.Kind);
        }

        return kinds;
    }

    /// <summary>Until when the server itself lets a login in by password.</summary>
    public async Task<DateTimeOffset> ValidUntilAsync(string login) => DateTimeOffset.FromUnixTimeSeconds(long.Parse(
        await Servers.AskAsync($"SELECT extract(epoch FROM rolvaliduntil)::bigint FROM pg_roles WHERE rolname = '{login}'") ?? "no such login",
        CultureInfo.InvariantCulture));

    /// <summary>Every story ends with a ledger that holds, whatever was told in it.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        await Slack.DisposeAsync();
        await SweepAsync();
        try
        {
            await LedgerHoldsAsync();
        }
        finally
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    /// <summary>The next bot begins with an empty ledger: what the server remembers of this one's logins would look like a lost store.</summary>
    private async Task SweepAsync()
    {
        await Servers.PsqlAsync(
            """
            DO $$ DECLARE r record; BEGIN
              PERFORM pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename LIKE 'dbco\_%';
              FOR r IN SELECT rolname FROM pg_roles WHERE rolname LIKE 'dbco\_%' LOOP EXECUTE format('DROP ROLE IF EXISTS %I', r.rolname); END LOOP;
            END $$
            """);
        await Servers.PsqlAsync("DO $$ BEGIN IF to_regclass('dbchatops.login') IS NOT NULL THEN DELETE FROM dbchatops.login; END IF; END $$", PostgreSqlPair.AdminDatabase);
    }

    /// <summary>The answer to a press follows Slack's 200, so a delivery is over only when its handler is.</summary>
    private async Task AnswerAsync(HttpContext http, RequestDelegate next)
    {
        var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _answering[http.TraceIdentifier] = over.Task;
        try
        {
            await next(http);
        }
        finally
        {
            _answering.TryRemove(http.TraceIdentifier, out _);
            over.SetResult();
        }
    }

    private static string Unfenced(string text) => text.Replace("\u2060", "", StringComparison.Ordinal);

    private static void Crashable<T>(IServiceCollection services, CrashPlan plan)
        where T : class
    {
        var inner = services.Last(descriptor => descriptor.ServiceType == typeof(T));
        services.Remove(inner);
        services.AddSingleton(provider => Crashing.Wrap(
            inner.ImplementationInstance as T ?? (T)inner.ImplementationFactory!(provider), plan));
    }

    private Settings FirstSettings()
    {
        var server = _stage.Pair.ToServer() with { ServerTimeOffset = () => Clock.Offset };
        return new Settings
        {
            Instance = new InstanceSettings { Id = "tests", Key = new Secret("an instance key of the tests, long enough") },
            SlackMode = SlackMode.Http,
            Slack = new SlackSettings
            {
                ApiBaseUrl = Slack.ApiBaseUrl,
                BotToken = new Secret(Slack.Settings.BotToken),
                SigningSecret = new Secret(Slack.Settings.SigningSecret),
                AppToken = new Secret(Slack.Settings.AppToken),
                AppId = Seed.AppId,
                TeamIds = [Seed.TeamId],
                ApprovalChannel = Seed.Approvals.Id,
                AuditChannel = Seed.Audit.Id,
                DirectoryTimeout = TimeSpan.FromSeconds(20),
            },
            Security = new SecuritySettings { AcceptChatOnly = true, CutOffGroups = ["admins"] },
            Store = new StoreSettings { ConnectionString = new Secret($"Data Source={StorePath}"), Path = StorePath },
            Targets = new TargetBook([server], [PostgreSqlStage.Orders with { Id = new TargetId("orders-prod"), Server = server.Id, Tags = ["payments"] }]),
            Policies = new PolicyBook(
                [
                    Policy("prod-read", [AccessLevel.Read], [new Seat { Name = "tech", Groups = ["dba"] }]),
                    Policy("prod-write", [AccessLevel.Write, AccessLevel.Ddl], [new Seat { Name = "tech", Groups = ["dba"] }, new Seat { Name = "business", Groups = ["business"] }]),
                ],
                [
                    Group("developers", Ana, Bo, Cy),
                    Group("dba", Bo, Dee) with { ChatGroup = Seed.DbaGroup.Id },
                    Group("business", Cy, Dee),
                    Group("admins", Dee),
                ],
                People.Unlinked),
            SectionHashes = new Dictionary<string, string>(StringComparer.Ordinal),
            Warnings = [],
        };
    }

    public static PersonId IdOf(SlackUser user) => new("slack", user.TeamId, user.Id);

    private static AccessPolicy Policy(string name, IReadOnlyList<AccessLevel> levels, IReadOnlyList<Seat> seats) => new()
    {
        Name = name,
        Covers = new PolicyScope { Environments = [TargetEnvironment.Production], Levels = levels },
        Requesters = ["developers"],
        MaximumWindow = TimeSpan.FromHours(2),
        DefaultWindow = TimeSpan.FromMinutes(30),
        Rule = new ApprovalRule { Seats = seats, PendingFor = TimeSpan.FromHours(4), ClaimWithin = TimeSpan.FromHours(1) },
        Extension = new ExtensionRule { Allowed = true, MaximumTotal = TimeSpan.FromHours(4), MaximumTimes = 2 },
    };

    private static Group Group(string name, params IReadOnlyList<SlackUser> people) => new() { Name = name, Roster = [.. people.Select(IdOf)] };
}
