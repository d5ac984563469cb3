using System.CommandLine;

namespace DbChatOps.Playground.Demo;

/// <summary>The verbs of the program: <c>demo</c> waits for people, <c>tour</c> plays them.</summary>
internal static class DemoCommands
{
    private static readonly Option<FileInfo> Bot = new("--bot") { Description = "The bot's program, DbChatOps.Host.dll.", Required = true };

    private static readonly Option<FileInfo> SetUp = new("--setup") { Description = "The set-up script of a PostgreSQL server.", Required = true };

    private static readonly Option<int> Port = new("--port") { Description = "Where the Slack look-alike listens; 0 takes a free port.", DefaultValueFactory = _ => 4170 };

    private static readonly Option<bool> Socket = new("--socket") { Description = "The bot opens sockets to the look-alike (Socket Mode) in place of being called by signed HTTP." };

    public static RootCommand Root()
    {
        var demo = new Command("demo", "Starts servers, workspace and bot, and waits for Ctrl-C.") { Bot, SetUp, Port, Socket };
        demo.SetAction(DemoAsync);
        var tour = new Command("tour", "Plays the whole story; ends with 0 only if everything held.") { Bot, SetUp, Socket };
        tour.SetAction(TourAsync);
        return new RootCommand("A Slack look-alike on this machine, real PostgreSQL servers, and DbChatOps between them.") { demo, tour, ChatCommand.Chat(Port) };
    }

    private static async Task<int> DemoAsync(ParseResult arguments, CancellationToken ct)
    {
        try
        {
            await using var stage = await SetAsync(arguments, arguments.GetValue(Port), ct);
            await stage.Bot.StartAsync(ct);
            await stage.Bot.IsWellAsync(ct);
            await Console.Out.WriteLineAsync($"""

                Open {stage.Slack.Address} and follow the steps at the top of the page.

                DbChatOps          {stage.Slack.Bot.Address}   log {stage.Bot.Log}
                production         127.0.0.1:{stage.Servers.Production.Port}, hot standby 127.0.0.1:{stage.Servers.Standby.Port}
                staging            127.0.0.1:{stage.Servers.Staging.Port}

                Ctrl-C stops everything and removes it.
                """);
            await Task.Delay(Timeout.Infinite, ct);
            return 0;
        }
        catch (OperationCanceledException)
        {
            return 0;
        }
        catch (ProgramFailedException error)
        {
            await Console.Error.WriteLineAsync(error.Message);
            return 2;
        }
    }

    private static async Task<int> TourAsync(ParseResult arguments, CancellationToken ct)
    {
        var transcript = new Transcript(Console.Out);
        try
        {
            await using var stage = await SetAsync(arguments, port: 0, ct);
            await new Tour(stage, transcript, ct).PlayAsync();
        }
        catch (StoryEndedException error)
        {
            await Console.Error.WriteLineAsync(error.Message);
        }
        catch (Exception error) when (error is ProgramFailedException or OperationCanceledException)
        {
            await Console.Error.WriteLineAsync(error.Message);
            return 2;
        }

        await Console.Out.WriteLineAsync(transcript.Failures == 0 ? "\nEverything held." : $"\n{transcript.Failures} did not hold.");
        return transcript.Failures == 0 ? 0 : 1;
    }

    private static Task<Stage> SetAsync(ParseResult arguments, int port, CancellationToken ct) =>
        Stage.SetAsync(arguments.GetRequiredValue(Bot).FullName, arguments.GetRequiredValue(SetUp).FullName, port, arguments.GetValue(Socket), ct);
}
