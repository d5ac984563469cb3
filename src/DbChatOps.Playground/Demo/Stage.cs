using DbChatOps.Playground.Driving;

namespace DbChatOps.Playground.Demo;

/// <summary>Everything a demo needs, started in order and taken down in reverse: servers, workspace, bot.</summary>
public sealed class Stage : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("dbchatops-demo-").FullName;

    private Stage(PostgreSqlServers servers, SlackWorkspace slack, CancellationToken ct)
    {
        Servers = servers;
        Slack = slack;
        Driver = new SlackDriver(slack, ct);
    }

    public PostgreSqlServers Servers { get; }

    public SlackWorkspace Slack { get; }

    public SlackDriver Driver { get; }

    public BotProcess Bot { get; private set; } = null!;

    public Uri BotAddress { get; private set; } = null!;

    /// <summary>Where the bot keeps its configuration, store and log.</summary>
    public string Folder => _folder;

    /// <summary>Starts all but the bot's process, which the caller starts when the story says so.</summary>
    /// <param name="bot">The bot's program, a .dll.</param>
    /// <param name="setUp">The script that installs the facade on a server.</param>
    /// <param name="port">Where the workspace listens; 0 for a free port.</param>
    /// <param name="ct">Ends the start and every gesture of the driver.</param>
    public static async Task<Stage> SetAsync(string bot, string setUp, int port, CancellationToken ct)
    {
        var servers = await PostgreSqlServers.StartAsync(ct);
        SlackWorkspace? slack = null;
        try
        {
            slack = await SlackWorkspace.StartAsync(
                new SlackWorkspaceSettings
                {
                    Port = port,
                    BotToken = "xoxb-" + BotConfiguration.NewSecret(),
                    SigningSecret = BotConfiguration.NewSecret(),
                    Pacing = ChannelPacing.AsSlack,
                },
                ct);
            var stage = new Stage(servers, slack, ct);
            await stage.ConfigureAsync(bot, setUp, ct);
            return stage;
        }
        catch
        {
            if (slack is not null) await slack.DisposeAsync();
            await servers.DisposeAsync();
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

    private async Task ConfigureAsync(string bot, string setUp, CancellationToken ct)
    {
        var configuration = new BotConfiguration
        {
            Workspace = Slack, Guarded = Servers, Folder = _folder, ListensOn = FreePort.Next(), ProductionPassword = BotConfiguration.NewSecret(), StagingPassword = BotConfiguration.NewSecret(),
        };
        await configuration.WriteAsync(ct);
        BotAddress = Slack.Bot.Address = configuration.Address;
        Bot = new BotProcess(bot, configuration.File, configuration.Address, Path.Combine(_folder, "bot.log"));
        await GuardedServers.InstallAsync(Servers, setUp, configuration, ct);
    }
}
