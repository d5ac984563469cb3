using DbChatOps.Playground.Deliveries;
using DbChatOps.Playground.Driving;
using DbChatOps.Playground.Faults;
using DbChatOps.Playground.Page;
using DbChatOps.Playground.WebApi;
using DbChatOps.Playground.World;

namespace DbChatOps.Playground;

/// <summary>
/// A workspace that speaks Slack's documented protocols on 127.0.0.1: Web API under <see cref="ApiBaseUrl"/>, signed deliveries to the bot,
/// response URLs, file uploads. Written from the documentation alone, and sharing no code with the bot it plays against.
/// </summary>
public sealed class SlackWorkspace : IAsyncDisposable
{
    private static readonly TimeSpan PingEvery = TimeSpan.FromSeconds(10);

    private readonly WebApplication _app;

    private SlackWorkspace(WebApplication app, SlackWorkspaceSettings settings, SlackWorld world, FaultPlan faults, Journal journal, SocketHub sockets)
    {
        _app = app;
        Settings = settings;
        World = world;
        Faults = faults;
        Journal = journal;
        Bot = new BotDoorway(settings, journal, sockets);
        Address = new Uri(app.Urls.Single());
        Sights = new SlackSights(world);
        Commands = new SlashCommands(world, Bot, Address);
        Clicks = new Clicks(world, Bot, Address);
        Submissions = new Submissions(world, Bot);
        Shortcuts = new Shortcuts(world, Bot, Address);
        Events = new EventDeliveries(world, Bot, settings);
        Gestures = new Gestures(this);
    }

    public SlackWorkspaceSettings Settings { get; }

    public SlackWorld World { get; }

    public FaultPlan Faults { get; }

    public Journal Journal { get; }

    /// <summary>The bot; tell it where to listen by <see cref="BotDoorway.Address"/> before the first gesture.</summary>
    public BotDoorway Bot { get; }

    public Uri Address { get; }

    /// <summary>What takes the place of <c>https://slack.com/api/</c>.</summary>
    public Uri ApiBaseUrl => new(Address, "api/");

    internal SlackSights Sights { get; }

    internal Gestures Gestures { get; }

    internal SlashCommands Commands { get; }

    internal Clicks Clicks { get; }

    internal Submissions Submissions { get; }

    internal Shortcuts Shortcuts { get; }

    internal EventDeliveries Events { get; }

    public static async Task<SlackWorkspace> StartAsync(SlackWorkspaceSettings settings, CancellationToken ct)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"http://127.0.0.1:{settings.Port}"));
        var app = builder.Build();

        var world = new SlackWorld(settings.Clock, settings.Pacing);
        var (faults, journal) = (new FaultPlan(), new Journal(settings.Clock, world.Signal));
        var api = new WebApiEndpoint(world, settings, faults, journal);
        var responses = new ResponseUrlEndpoint(world, journal);
        var uploads = new UploadEndpoint(world, journal);
        app.MapMethods("/api/{method}", ["GET", "POST"], (HttpContext http, string method) => api.HandleAsync(http, method));
        app.MapPost("/commands/{team}/{ticket}", (HttpContext http, string ticket) => responses.HandleAsync(http, ticket));
        app.MapPost("/actions/{team}/{ticket}", (HttpContext http, string ticket) => responses.HandleAsync(http, ticket));
        app.MapPost("/upload/v1/{ticket}", (HttpContext http, string ticket) => uploads.HandleAsync(http, ticket));
        var sockets = new SocketHub(world, settings, journal);
        // Slack pings its sockets; this server does where it has heard nothing.
        app.UseWebSockets(new WebSocketOptions { KeepAliveInterval = PingEvery, KeepAliveTimeout = PingEvery * 2 });
        app.Map("/link/", sockets.AcceptAsync);
        PlaygroundPage? page = null;
        PlaygroundPage.Map(app, () => page ?? throw new InvalidOperationException("The workspace has not opened yet."));
        await app.StartAsync(ct);
        var slack = new SlackWorkspace(app, settings, world, faults, journal, sockets);
        page = new PlaygroundPage(slack, app.Lifetime.ApplicationStopping);
        return slack;
    }

    public async ValueTask DisposeAsync()
    {
        Events.Dispose();
        // Held calls must not keep the server from stopping.
        using var hurry = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await _app.StopAsync(hurry.Token);
        await _app.DisposeAsync();
        Bot.Dispose();
    }
}
