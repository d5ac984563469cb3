using System.CommandLine;
using System.CommandLine.Parsing;

namespace DbChatOps.Playground.Demo;

/// <summary>The verb <c>chat</c>: the workspace alone, for a bot that runs elsewhere on this machine.</summary>
internal static class ChatCommand
{
    private static readonly Option<Uri> DeliverTo = new("--deliver-to")
    {
        Description = "Where that bot listens, for example http://127.0.0.1:5005/.", Required = true, CustomParser = ReadAddress,
    };

    private static readonly Option<string> BotToken = new("--bot-token") { Description = "The token that bot calls with.", DefaultValueFactory = _ => new SlackWorkspaceSettings().BotToken };

    private static readonly Option<string> SigningSecret = new("--signing-secret")
    {
        Description = "What deliveries to it are signed with.", DefaultValueFactory = _ => new SlackWorkspaceSettings().SigningSecret,
    };

    public static Command Chat(Option<int> port)
    {
        var chat = new Command("chat", "Starts the workspace alone, for a bot that runs elsewhere, and waits for Ctrl-C.") { DeliverTo, BotToken, SigningSecret, port };
        chat.SetAction(async (arguments, ct) =>
        {
            await using var slack = await SlackWorkspace.StartAsync(
                new SlackWorkspaceSettings
                {
                    Port = arguments.GetValue(port),
                    BotToken = arguments.GetRequiredValue(BotToken),
                    SigningSecret = arguments.GetRequiredValue(SigningSecret),
                    Pacing = ChannelPacing.AsSlack,
                    App = DemoListing.App,
                },
                ct);
            slack.Bot.Address = arguments.GetRequiredValue(DeliverTo);
            await Console.Out.WriteLineAsync($"Open {slack.Address}");
            try
            {
                await Task.Delay(Timeout.Infinite, ct);
            }
            catch (OperationCanceledException)
            {
                // Ctrl-C is how it ends.
            }

            return 0;
        });
        return chat;
    }

    private static Uri? ReadAddress(ArgumentResult written)
    {
        var text = written.Tokens is [var token, ..] ? token.Value : "";
        if (Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https") return address;
        written.AddError($"--deliver-to: '{text}' is no address; write http://127.0.0.1:5005/.");
        return null;
    }
}
