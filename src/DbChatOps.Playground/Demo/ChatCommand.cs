using System.CommandLine;
using System.CommandLine.Parsing;

namespace DbChatOps.Playground.Demo;

/// <summary>The verb <c>chat</c>: the workspace alone, for a bot that runs elsewhere on this machine.</summary>
internal static class ChatCommand
{
    private static readonly Option<Uri> DeliverTo = new("--deliver-to")
    {
        Description = "Where that bot listens, for example http://127.0.0.1:5005/.", CustomParser = ReadAddress,
    };

    private static readonly Option<string> AppToken = new("--app-token")
    {
        Description = "In place of --deliver-to: Socket Mode; the token with which that bot opens its sockets.",
    };

    private static readonly Option<string> BotToken = new("--bot-token") { Description = "The token that bot calls with.", DefaultValueFactory = _ => new SlackWorkspaceSettings().BotToken };

    private static readonly Option<string> SigningSecret = new("--signing-secret")
    {
        Description = "What deliveries to it are signed with.", DefaultValueFactory = _ => new SlackWorkspaceSettings().SigningSecret,
    };

    private static readonly Option<string[]> Shortcuts = new("--message-shortcut")
    {
        Description = "A shortcut of the app in the menu of each message, as callback_id=Name; may be repeated.", AllowMultipleArgumentsPerToken = false,
    };

    public static Command Chat(Option<int> port)
    {
        var chat = new Command("chat", "Starts the workspace alone, for a bot that runs elsewhere, and waits for Ctrl-C.") { DeliverTo, AppToken, BotToken, SigningSecret, Shortcuts, port };
        chat.Validators.Add(written =>
        {
            if ((written.GetResult(DeliverTo) is null) == (written.GetResult(AppToken) is null))
                written.AddError("Say how the bot is reached: --deliver-to its address, or --app-token for Socket Mode.");
        });
        chat.SetAction(async (arguments, ct) =>
        {
            await using var slack = await SlackWorkspace.StartAsync(Settings(arguments, arguments.GetValue(port)), ct);
            slack.Bot.Address = arguments.GetValue(DeliverTo);
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

    private static SlackWorkspaceSettings Settings(ParseResult arguments, int port)
    {
        var settings = new SlackWorkspaceSettings
        {
            Port = port,
            BotToken = arguments.GetRequiredValue(BotToken),
            SigningSecret = arguments.GetRequiredValue(SigningSecret),
            Pacing = ChannelPacing.AsSlack,
            App = DemoListing.App with { MessageShortcuts = [.. DemoListing.App.MessageShortcuts, .. (arguments.GetValue(Shortcuts) ?? []).Select(ReadShortcut)] },
        };
        return arguments.GetValue(AppToken) is { } token ? settings with { SocketMode = true, AppToken = token } : settings;
    }

    private static MessageShortcut ReadShortcut(string written) => written.Split('=', 2) is [var id, var name] ? new(id, name) : new(written, written);

    private static Uri? ReadAddress(ArgumentResult written)
    {
        var text = written.Tokens is [var token, ..] ? token.Value : "";
        if (Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https") return address;
        written.AddError($"--deliver-to: '{text}' is no address; write http://127.0.0.1:5005/.");
        return null;
    }
}
