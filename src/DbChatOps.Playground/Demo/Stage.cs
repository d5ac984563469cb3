using DbChatOps.Playground.Driving;
using Microsoft.AspNetCore.Connections;

namespace DbChatOps.Playground.Demo;

/// <summary>Everything a demo needs, started in order and taken down in reverse: servers, workspace, bot.</summary>
public sealed class Stage : IAsyncDisposable
{
    private readonly string _folder;

    private Stage(PostgreSqlServers servers, SlackWorkspace slack, BotProcess bot, string folder, CancellationToken ct)
    {
        (Servers, Slack, Bot, _folder) = (servers, slack, bot, folder);
        Driver = new SlackDriver(slack, ct);
    }

    public PostgreSqlServers Servers { get; }

    public SlackWorkspace Slack { get; }

    public SlackDriver Driver { get; }

    public BotProcess Bot { get; }

    /// <summary>Where the bot keeps its configuration, store and log.</summary>
    public string Folder => _folder;

    /// <summary>Starts all but the bot's process, which the caller starts when the story says so.</summary>
    /// <param name="bot">The bot's program, a .dll.</param>
    /// <param name="setUp">The script that installs the facade on a server.</param>
    /// <param name="port">Where the workspace listens; 0 for a free port.</param>
    /// <param name="bySocket">The bot opens sockets to the workspace; else the workspace calls the bot.</param>
    /// <param name="ct">Ends the start and every gesture of the driver.</param>
    /// <exception cref="ProgramFailedException">The port is taken, or something did not start.</exception>
    public static async Task<Stage> SetAsync(string bot, string setUp, int port, bool bySocket, CancellationToken ct)
    {
        var folder = Directory.CreateTempSubdirectory("dbchatops-demo-").FullName;
        PostgreSqlServers? servers = null;
        SlackWorkspace? slack = null;
        try
        {
            servers = await PostgreSqlServers.StartAsync(ct);
            slack = await SlackWorkspace.StartAsync(
                new SlackWorkspaceSettings
                {
                    Port = port,
                    BotToken = "xoxb-" + BotConfiguration.NewSecret(),
                    SigningSecret = BotConfiguration.NewSecret(),
                    AppToken = "xapp-" + BotConfiguration.NewSecret(),
                    SocketMode = bySocket,
                    Pacing = ChannelPacing.AsSlack,
                    App = DemoListing.App,
                },
                ct);
            DemoTalk.Tell(slack);
            return new Stage(servers, slack, await PrepareAsync(servers, slack, bot, setUp, folder, ct), folder, ct);
        }
        catch (Exception error)
        {
            if (slack is not null) await slack.DisposeAsync();
            if (servers is not null) await servers.DisposeAsync();
            Directory.Delete(folder, recursive: true);
            if (error is IOException { InnerException: AddressInUseException })
            {
                throw new ProgramFailedException($"Cannot listen on http://127.0.0.1:{port}: the port is in use, perhaps by another demo (--port chooses another, --port 0 a free one).");
            }

            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Bot.DisposeAsync();
        await Slack.DisposeAsync();
        await Servers.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static async Task<BotProcess> PrepareAsync(
        PostgreSqlServers servers, SlackWorkspace slack, string bot, string setUp, string folder, CancellationToken ct)
    {
        var configuration = new BotConfiguration
        {
            Workspace = slack,
            Guarded = servers,
            Folder = folder,
            ListensOn = FreePort.Next(),
            ProductionPassword = BotConfiguration.NewSecret(),
            StagingPassword = BotConfiguration.NewSecret(),
        };
        await configuration.WriteAsync(ct);
        await GuardedServers.InstallAsync(servers, setUp, configuration, ct);
        slack.Bot.Address = configuration.Address;
        return new BotProcess(bot, configuration.File, configuration.Address, Path.Combine(folder, "bot.log"));
    }
}
