using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using DbChatOps.Playground.World;

namespace DbChatOps.Tests.Playground;

/// <summary>Asks the page's endpoints as the page itself does.</summary>
internal sealed class PageRig(SlackRig rig, CancellationToken ct) : IDisposable
{
    private readonly HttpClient _http = new() { BaseAddress = rig.Slack.Address };

    public HttpClient Http => _http;

    public async Task<JsonObject> ScreenAsync(SlackUser who, string channelId = "", string threadTs = "") =>
        (JsonObject)(await _http.GetFromJsonAsync<JsonNode>($"/playground/screen?as={who.Id}&in={channelId}&thread={threadTs}", ct))!;

    /// <summary>The texts of the messages in a conversation as this person sees it.</summary>
    public async Task<IReadOnlyList<string>> TextsAsync(SlackUser who, string channelId) =>
        [.. (await ScreenAsync(who, channelId))["conversation"]!["messages"]!.AsArray().Select(message => message!["text"]!.ToString())];

    public async Task<(HttpStatusCode Status, JsonObject Answer)> PostAsync(string path, object body)
    {
        using var response = await _http.PostAsJsonAsync("/playground/" + path, body, ct);
        return (response.StatusCode, (JsonObject)(await response.Content.ReadFromJsonAsync<JsonNode>(ct))!);
    }

    /// <summary>Does a gesture that is possible.</summary>
    public async Task<JsonObject> DoAsync(string gesture, object wish)
    {
        var (status, answer) = await PostAsync("gestures/" + gesture, wish);
        return status is HttpStatusCode.OK ? answer : throw new InvalidOperationException(answer["error"]!.ToString());
    }

    /// <summary>The sentence with which a gesture is refused.</summary>
    public async Task<string> RefusalOfAsync(string gesture, object wish)
    {
        var (status, answer) = await PostAsync("gestures/" + gesture, wish);
        return status is HttpStatusCode.Conflict ? answer["error"]!.ToString() : throw new InvalidOperationException($"{status}: {answer}");
    }

    public void Dispose() => _http.Dispose();
}
