using System.CommandLine;
using DbChatOps.Host.Configuration;
using DbChatOps.Host.Operations;
using DbChatOps.Host.Operations.Alerts;

namespace DbChatOps.Host.Commands;

/// <summary><c>alerts test</c>: sends one alert and its all-clear to <c>Alerts.WebhookUrl</c>, as the bot would.</summary>
public static class AlertsCommand
{
    public static System.CommandLine.Command Create(Option<FileInfo> config) => new("alerts", "Alerts that leave chat.") { Test(config) };

    private static System.CommandLine.Command Test(Option<FileInfo> config)
    {
        var command = new System.CommandLine.Command("test", "Sends a test alert and its all-clear to Alerts.WebhookUrl. Exit code 1 when it is not taken.");
        command.SetAction(async (arguments, ct) =>
        {
            var settings = await SettingsLoader.ForProcess(arguments.GetRequiredValue(config).FullName).LoadAsync(ct);
            using var http = AlertPost.CreateClient();
            return await SendAsync(settings, http, Console.Out, ct);
        });
        return command;
    }

    internal static async Task<int> SendAsync(Settings settings, HttpClient http, TextWriter output, CancellationToken ct)
    {
        if (Composition.AlertsOf(settings) is not { } address)
        {
            await output.WriteLineAsync("Alerts.WebhookUrl is not set: alerts stay in chat.");
            return ExitCode.CouldNotRun;
        }

        var post = new AlertPost(http, () => address);
        var alert = new AlertMessage
        {
            Key = $"test:{settings.Instance.Id}",
            Summary = $"Test alert of DbChatOps ({settings.Instance.Id}). Nothing is wrong.",
            Source = "dbchatops",
            Component = "alerts test",
            At = TimeProvider.System.GetUtcNow(),
        };
        foreach (var message in new[] { alert, alert with { Resolves = true } })
        {
            if (await post.SendAsync(message, ct) is { } why)
            {
                await output.WriteLineAsync($"The {(message.Resolves ? "all-clear" : "alert")} was not taken: {why}.");
                return ExitCode.Findings;
            }
        }

        await output.WriteLineAsync("The alert and its all-clear were taken.");
        return ExitCode.Fine;
    }
}
