using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using DbChatOps.Playground;
using DbChatOps.Playground.Driving;

namespace DbChatOps.Tests.Playground;

/// <summary>A workspace, a bot that can be told what to answer, and a client with the bot's token.</summary>
internal sealed class SlackRig : IAsyncDisposable
{
    private SlackRig(SlackWorkspace slack, FakeBot bot, SteppingClock clock, CancellationToken ct)
    {
        (Slack, Bot, Clock) = (slack, bot, clock);
        Driver = new SlackDriver(slack, ct);
        Slack.Bot.Address = bot.Address;
        Http = new HttpClient { BaseAddress = slack.ApiBaseUrl };
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", slack.Settings.BotToken);
    }

    public SlackWorkspace Slack { get; }

    public FakeBot Bot { get; }

    public SteppingClock Clock { get; }

    public SlackDriver Driver { get; }

    public HttpClient Http { get; }

    public static async Task<SlackRig> StartAsync(CancellationToken ct, Func<SlackWorkspaceSettings, SlackWorkspaceSettings>? with = null)
    {
        var clock = new SteppingClock();
        var settings = new SlackWorkspaceSettings { Clock = clock };
        return new SlackRig(await SlackWorkspace.StartAsync(with?.Invoke(settings) ?? settings, ct), await FakeBot.StartAsync(ct), clock, ct);
    }

    /// <summary>Calls a method with form fields; nested values travel as JSON text.</summary>
    public async Task<JsonObject> CallAsync(string method, object arguments, CancellationToken ct)
    {
        var fields = JsonSerializer.SerializeToNode(arguments)!.AsObject().Select(field => new KeyValuePair<string, string>(
            field.Key, field.Value is JsonValue value ? value.ToString() : field.Value!.ToJsonString()));
        using var content = new FormUrlEncodedContent(fields);
        using var response = await Http.PostAsync(new Uri(method, UriKind.Relative), content, ct);
        return (JsonObject)(await response.Content.ReadFromJsonAsync<JsonNode>(ct))!;
    }

    /// <summary>The error code of a call, or "ok".</summary>
    public async Task<string> ErrorOfAsync(string method, object arguments, CancellationToken ct) =>
        (await CallAsync(method, arguments, ct))["error"]?.ToString() ?? "ok";

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Slack.DisposeAsync();
        await Bot.DisposeAsync();
    }
}

/// <summary>Blocks and views that tests post.</summary>
internal static class Kit
{
    public static object Plain(string text) => new { type = "plain_text", text };

    public static object Section(string text) => new { type = "section", text = new { type = "mrkdwn", text } };

    public static object Button(string text, string action, string value = "v") => new { type = "button", text = Plain(text), action_id = action, value };

    public static object Actions(params object[] elements) => new { type = "actions", block_id = "act", elements };

    public static object Input(string block, string label) =>
        new { type = "input", block_id = block, label = Plain(label), element = new { type = "plain_text_input", action_id = block } };

    public static object Modal(string title, params object[] blocks) =>
        new { type = "modal", callback_id = "form", private_metadata = "m", title = Plain(title), submit = Plain("Send"), blocks };
}
